import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import {
  Link,
  Navigate,
  NavLink,
  Outlet,
  useLocation,
  useNavigate,
  useNavigation,
} from 'react-router'
import { choosePrison } from '../api/chosen'
import { useLoginEnded } from '../api/login'
import type { Me } from '../api/model'
import { isProblem } from '../api/problem'
import { useEntries, useMe, usePrison, usePrisons, useProgress } from '../api/queries'
import { signOut } from '../api/session'
import { Notices } from '../approval/Notices'
import { changeLang, useLang, useT } from '../i18n'
import { useConnection } from '../offline/connection'
import { OfflineWork } from '../offline/context'
import { forgetAnswers, onlyHere } from '../offline/kept'
import { OfflineBar } from '../offline/OfflineBar'
import { CommandBox } from '../retrieval/CommandBox'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Failed, Loading } from '../ui/States'
import { toast } from '../ui/toast'
import { useKeys } from '../ui/useKeys'
import { menuFor } from './menu'
import { Shortcuts } from './Shortcuts'
import { SignInAgain } from './SignInAgain'
import type { Line } from './subject'

/** Header, menu and the page; nobody gets past it without a session, and nobody is put out of a page by its end. */
export function Shell() {
  const me = useMe()
  const location = useLocation()
  const ended = useLoginEnded()
  const over = isProblem(me.error) && me.error.status === 401
  // Nobody is signed in: what others may not read goes from this computer.
  const whose = me.data?.person
  useEffect(() => {
    if (over || ended) void forgetAnswers(whose).catch(() => {})
  }, [over, ended, whose])
  if (me.isPending) return <Loading />
  if (over && !me.data) {
    return <Navigate to="/sign-in" replace state={{ from: location.pathname + location.search }} />
  }
  if (!me.data) return <Failed error={me.error} retry={() => void me.refetch()} />
  return (
    <OfflineWork key={me.data.person} me={me.data}>
      <SignedIn />
      {ended && <SignInAgain me={me.data} />}
    </OfflineWork>
  )
}

function SignedIn() {
  const t = useT()
  const lang = useLang()
  const me = useMe().data!
  const navigate = useNavigate()
  const navigation = useNavigation()
  const queries = useQueryClient()
  const [help, setHelp] = useState(false)
  const [command, setCommand] = useState(false)
  useKeys({
    '?': () => setHelp(true),
    'Ctrl+k': () => setCommand(true),
    'Alt+1': () => navigate('/'),
    'Alt+2': () => navigate('/inbox'),
    'Alt+3': () => navigate('/mine'),
  })

  const away = useConnection() === 'offline'
  const leave = async () => {
    if (away) {
      toast(t('offline.noSignOut'))
      return
    }
    const lost = await onlyHere(me.person)
    if (lost > 0 && !window.confirm(t('offline.signOutAsk', { count: lost }))) return
    await signOut(me.person)
    queries.clear()
    navigate('/sign-in')
  }

  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <header>
        <Link className="name" to="/">
          {t('app.name')}
        </Link>
        <span className="posting">
          {me.postings.map((p) => text(p.title, lang)).join(t('marks.list'))}
        </span>
        <LookedInto />
        <button type="button" onClick={() => setCommand(true)}>
          {t('menu.search')} <kbd>Ctrl K</kbd>
        </button>
        <span className="who">
          {me.name} {me.number}
        </span>
        <Notices />
        <button
          type="button"
          onClick={() => void changeLang(lang === 'zh' ? 'en' : 'zh')}
          lang={lang === 'zh' ? 'en' : 'zh-CN'}
        >
          {lang === 'zh' ? 'English' : '中文'}
        </button>
        <button type="button" onClick={() => void leave()}>
          {t('shell.signOut')}
        </button>
      </header>
      <div className="body">
        <Menu me={me} />
        <main id="main" tabIndex={-1} aria-busy={navigation.state === 'loading'}>
          <OfflineBar />
          <Filling />
          <Outlet />
        </main>
      </div>
      {command && <CommandBox close={() => setCommand(false)} />}
      <Shortcuts open={help} close={() => setHelp(false)} />
    </div>
  )
}

/** Which prison the pages show, for those who look into several. */
function LookedInto() {
  const t = useT()
  const names = useNames()
  const prisons = usePrisons()
  const prison = usePrison()
  if (prisons.length < 2) return null
  return (
    <select
      className="prison-choice"
      aria-label={t('retrieval.prison')}
      value={prison}
      onChange={(e) => choosePrison(e.target.value)}
    >
      {prisons.map((id) => (
        <option key={id} value={id}>
          {names.prison(id)}
        </option>
      ))}
    </select>
  )
}

/** So many lines are seen at a glance; of more, what is not for every day is folded. */
const atAGlance = 12
const everyDay = 2

function Menu({ me }: { me: Me }) {
  const t = useT()
  const { pathname } = useLocation()
  const groups = menuFor(me)
  const few = groups.reduce((sum, { lines }) => sum + lines.length, 0) <= atAGlance
  const here = (to: string) => to !== '/' && (pathname === to || pathname.startsWith(`${to}/`))
  const hereOrUnder = ({ to, under }: Line) => here(to) || (under ?? []).some((l) => here(l.to))
  return (
    <nav aria-label={t('shell.menu')}>
      {groups.map(({ label, lines }, at) => (
        <details key={label} open={few || at < everyDay || lines.some(hereOrUnder)}>
          <summary>{t(label)}</summary>
          {lines.map(({ to, label, under }) => (
            <NavLink
              key={to}
              to={to}
              end={lines.some((l) => below(l.to, to))}
              className={({ isActive }) =>
                isActive || (under ?? []).some((l) => here(l.to)) ? 'active' : undefined
              }
            >
              {t(label)}
              {to === '/inbox' && <InboxCount />}
            </NavLink>
          ))}
        </details>
      ))}
    </nav>
  )
}

/** A line whose page has others of the menu below it is marked on its own alone. */
const below = (page: string, of: string) =>
  page !== of && page.startsWith(of.endsWith('/') ? of : `${of}/`)

const countUpTo = 99

function InboxCount() {
  const prison = usePrison()
  const { data } = useEntries({ prison, inbox: true, limit: countUpTo })
  const page = data?.pages[0]
  if (!page || page.entries.length === 0) return null
  return <strong className="count"> {page.next ? `${countUpTo}+` : page.entries.length}</strong>
}

/** While the demonstration province is still being filled. */
function Filling() {
  const t = useT()
  const { data } = useProgress()
  if (!data?.demonstration || data.finished) return null
  if (data.failed) return <div className="panel danger">{t('shell.fillingFailed')}</div>
  return (
    <div className="panel" role="status">
      <label>
        {t('shell.filling', { done: data.done, total: data.total, prison: data.prison })}{' '}
        <progress value={data.done} max={Math.max(1, data.total)} />
      </label>
    </div>
  )
}
