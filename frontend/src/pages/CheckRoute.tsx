import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link, useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { type OnRoute, useCheck, useCheckSheet, useRoute, type WholeCheck } from '../api/checks'
import type { Sheet } from '../api/model'
import { RouteLine, type Said } from '../checks/RouteLine'
import { methods } from '../checks/words'
import { useLang, useT } from '../i18n'
import { connection } from '../offline/connection'
import { useSync, useUnsent } from '../offline/context'
import { Answers } from '../plans/Answers'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../checks/checks.css'
import '../checks/route.css'

/** The route of a check: line by line in the standard's order or the weak ones first, for one who walks with a phone. */
export default function CheckRoute() {
  const { prison = '', check = '' } = useParams()
  const t = useT()
  const names = useNames()
  const query = useCheck(prison, check)
  const sheet = useCheckSheet(prison, check)
  const route = useRoute(prison, check)
  return (
    <Ready query={query}>
      {(c) => (
        <>
          <PageTitle
            title={t('looks.of', { unit: c.area ? names.area(c.area) : names.prison(prison) })}
            beside={<Link to="..">{t('looks.back')}</Link>}
          />
          <Ready query={sheet}>
            {(s) => (
              <Ready query={route}>
                {(r) => (
                  <>
                    {r.opens_on && <Note>{t('looks.opensOn', { day: r.opens_on })}</Note>}
                    {r.closed_after && (
                      <Note>{t('looks.closedAfter', { day: r.closed_after })}</Note>
                    )}
                    <Lines prison={prison} check={c} sheet={s} lines={r.lines} may={r.may_look} />
                  </>
                )}
              </Ready>
            )}
          </Ready>
        </>
      )}
    </Ready>
  )
}

const Note = ({ children }: { children: string }) => (
  <p className="panel" role="note">
    {children}
  </p>
)

/** Under it the device remembers the order. */
const remembered = 'taizhang.route-order'

/** Lines that follow one another, by indicator. */
function groups(list: OnRoute[]) {
  const all: OnRoute[][] = []
  for (const l of list) {
    const last = all.at(-1)
    if (last?.[0]?.indicator === l.indicator) last.push(l)
    else all.push([l])
  }
  return all
}

/** The line that an address names; whatever else stands there names none. */
function lineOf(hash: string) {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ''
  }
}

interface Props {
  prison: string
  check: WholeCheck
  sheet: Sheet
  lines: OnRoute[]
  may: boolean
}

function Lines({ prison, check, sheet, lines, may }: Props) {
  const t = useT()
  const lang = useLang()
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const { hash } = useLocation()
  const queries = useQueryClient()
  const { looks } = useSync()
  const unsent = useUnsent().filter((u) => u.check === check.id)
  const [place, setPlace] = useState('') // where they are: the next line begins with it
  const method = search.get('method') ?? ''
  const onlyLeft = search.get('left') === 'true'
  const opened = lineOf(hash)
  const titles = useMemo(
    () =>
      new Map(
        sheet.domains.flatMap((d) =>
          (d.indicators ?? []).flatMap((i) =>
            i.lines.map((l) => [l.id, text(l.title, lang)] as [string, string]),
          ),
        ),
      ),
    [sheet, lang],
  )
  const at = search.get('at') ?? ''
  const [weakFirst, setWeakFirst] = useState(() => localStorage.getItem(remembered) === 'weak')
  const weak = weakFirst && lines.some((l) => l.weak)
  const indicators = new Map(
    sheet.domains.flatMap((d) =>
      (d.indicators ?? []).map((i) => [i.code, text(i.title, lang)] as [string, string]),
    ),
  )
  const mine = lines
    .filter((l) => method === '' || l.method === method)
    .filter((l) => at === '' || l.remote === (at === 'remote'))
  if (weak) mine.sort((a, b) => (a.weak?.rank ?? 0) - (b.weak?.rank ?? 0))
  const said = (l: OnRoute) =>
    l.state !== undefined || unsent.some((u) => u.line === l.line && u.waits && !u.refused)
  const left = mine.filter((l) => !said(l))
  // Where somebody stands, and where somebody is wanted, whatever is filtered.
  const keeps = (l: OnRoute) =>
    l.line === opened || unsent.some((u) => u.line === l.line && u.refused)
  const next = left[0]
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        if (value) old.set(name, value)
        else old.delete(name)
        return old
      },
      { replace: true },
    )
  const open = (line: string) =>
    void navigate({ search: search.toString(), hash: line }, { replace: true })
  // What changed with a look. How the line stands is waited for, so that the next word is said of what is shown.
  const changed = () => {
    for (const of of ['check', 'check sheet'])
      void queries.invalidateQueries({ queryKey: [of, prison, check.id] })
    return queries.invalidateQueries({ queryKey: ['route', prison, check.id] })
  }
  // A line that was said leaves the filtered list, and the focus goes on to the next one.
  const follow = useRef<{ gone: string; next: string | undefined }>(undefined)
  useEffect(() => {
    if (!follow.current || document.getElementById(follow.current.gone)) return
    const next = document.getElementById(follow.current.next ?? '')
    follow.current = undefined
    if (document.activeElement === document.body) next?.querySelector('a')?.focus()
  })
  const say = async (said: Said) => {
    const next = left[left.findIndex((l) => l.line === said.line) + 1]
    follow.current = { gone: said.line, next: next?.line }
    const refused = await looks.say({ ...said, prison, check: check.id })
    if (connection.state === 'online') await changed()
    return refused
  }
  const away = unsent.filter((u) => u.waits && !u.refused)
  const before = useRef(away.length)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when some have gone by themselves
  useEffect(() => {
    if (away.length < before.current) void changed()
    before.current = away.length
  }, [away.length])
  const refused = unsent.filter((u) => u.refused)
  const unkept = unsent.some((u) => u.unkept)
  const shownOf = (list: OnRoute[]) => list.filter((l) => !onlyLeft || !said(l) || keeps(l))
  /** Lines of one indicator that follow one another. */
  const panel = (own: OnRoute[]) => {
    const [{ line: first, indicator: code } = { line: '', indicator: '' }] = own
    return (
      <div key={first} className="panel">
        <h3>
          <span className="mono">{code}</span> {indicators.get(code)}
        </h3>
        {/* Nobody is named for what another field asks. */}
        {check.kind !== 'other' && (
          <Answers
            prison={prison}
            kind="indicator"
            what={`${check.standard}/${code}`}
            {...(check.area ? { area: check.area } : {})}
          />
        )}
        {own.map((line) => (
          <RouteLine
            key={line.line}
            prison={prison}
            check={check}
            sheet={sheet}
            line={line}
            weak={weak}
            title={titles.get(line.line) ?? line.line}
            may={may}
            unsent={unsent.filter((u) => u.line === line.line)}
            say={say}
            drop={(key) => looks.drop(key)}
            place={place}
            setPlace={setPlace}
            opened={opened === line.line}
            open={(is) => open(is ? line.line : '')}
          />
        ))}
      </div>
    )
  }
  // Where the address names a line one stands there at once.
  useEffect(() => {
    if (opened) document.getElementById(opened)?.scrollIntoView({ block: 'start' })
  }, [opened])
  return (
    <>
      <div className="route-bar panel">
        <span role="status">
          {t('looks.coverage')}{' '}
          <strong>
            {t('looks.progress', { looked: mine.length - left.length, of: mine.length })}
          </strong>
        </span>
        <select
          aria-label={t('looks.method')}
          value={method}
          onChange={(e) => set('method', e.target.value)}
        >
          <option value="">{t('looks.allMethods')}</option>
          {methods.map((m) => (
            <option key={m} value={m}>
              {t(`checks.method.${m}`)}
            </option>
          ))}
        </select>
        <select aria-label={t('looks.at')} value={at} onChange={(e) => set('at', e.target.value)}>
          <option value="">{t('looks.anywhere')}</option>
          <option value="remote">{t('looks.remote')}</option>
          <option value="onsite">{t('looks.onsite')}</option>
        </select>
        {lines.some((l) => l.weak) && (
          <select
            aria-label={t('looks.order')}
            value={weak ? 'weak' : ''}
            onChange={(e) => {
              localStorage.setItem(remembered, e.target.value)
              setWeakFirst(e.target.value === 'weak')
            }}
          >
            <option value="">{t('looks.byStandard')}</option>
            <option value="weak">{t('looks.weakFirst')}</option>
          </select>
        )}
        <label className="inline">
          <input
            type="checkbox"
            checked={onlyLeft}
            onChange={(e) => set('left', e.target.checked ? 'true' : '')}
          />{' '}
          {t('looks.left', { n: left.length })}
        </label>
        <Button type="primary" disabled={!next} onClick={() => next && open(next.line)}>
          {t(next ? 'looks.next' : 'looks.allLooked')}
        </Button>
        {away.length > 0 && (
          <p className="late" role="alert">
            {t(unkept ? 'looks.unkept' : 'looks.unsent', { n: away.length })}{' '}
            <Button size="small" onClick={() => void looks.deliver()}>
              {t('looks.again')}
            </Button>
          </p>
        )}
        {refused[0] && (
          <p className="late" role="alert">
            {t('looks.someRefused', { n: refused.length })}{' '}
            <Link to={{ search: search.toString(), hash: refused[0].line }}>
              {t('looks.seeRefused')}
            </Link>
          </p>
        )}
      </div>
      {weak && groups(shownOf(mine)).map((own) => panel(own))}
      {!weak &&
        sheet.domains.map((domain) => {
          const here = mine.filter((l) => l.domain === domain.id)
          const looked = here.filter(said).length
          const shown = shownOf(here)
          if (shown.length === 0) return null
          return (
            <section
              key={domain.id}
              className="route-domain"
              aria-labelledby={`route-${domain.id}`}
            >
              <h2 id={`route-${domain.id}`}>
                {text(domain.title, lang)}{' '}
                <span className="num">{t('looks.progress', { looked, of: here.length })}</span>
              </h2>
              {groups(shown).map((own) => panel(own))}
            </section>
          )
        })}
      {mine.length === 0 && <p className="quiet">{t('looks.none')}</p>}
    </>
  )
}
