import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { now } from '../api/clock'
import { createEntry, nilReturn } from '../api/entries'
import { newKey } from '../api/http'
import type { Duty, LedgerHead, Me } from '../api/model'
import { isProblem, ProblemError } from '../api/problem'
import {
  useDuties,
  useEntries,
  useLedgers,
  useMe,
  useOrganisation,
  usePrison,
  usePrisons,
} from '../api/queries'
import { fillable, pending } from '../app/duties'
import { mayApprove, mayFill, mayRead } from '../app/posts'
import { Lacking } from '../calendar/Lacking'
import { LockNote } from '../calendar/LockNote'
import { periodName } from '../calendar/period'
import { Tasks } from '../calendar/Tasks'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { useSync } from '../offline/context'
import { ledgerMayStay } from '../offline/kept'
import { keyOf, newId } from '../offline/work'
import { text } from '../schema/types'
import { EntryTable } from '../ui/EntryTable'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import { Standings } from './Scores'

/** What waits for this person, the most urgent first. */
export default function Workbench() {
  const t = useT()
  const me = useMe().data!
  const prison = usePrison()
  const prisons = usePrisons()
  const area = me.postings.find((p) => p.area)?.area
  return (
    <>
      <PageTitle title={t('menu.workbench')} />
      {!mayApprove(me) && !mayFill(me) && !mayRead(me) && (
        <Empty>{t('workbench.nothingDue')}</Empty>
      )}
      {mayApprove(me) && <ToApprove prison={prison} />}
      {mayFill(me) && area && <Duties me={me} prison={prison} area={area} />}
      {mayFill(me) && !area && prison && <BeginFor me={me} prison={prison} />}
      <Tasks prison={prison} />
      {mayFill(me) && <Unfinished prison={prison} />}
      {!area && mayRead(me) && prisons.map((id) => <Standings key={id} prison={id} />)}
    </>
  )
}

function ToApprove({ prison }: { prison: string }) {
  const t = useT()
  const query = useEntries({ prison, inbox: true, limit: 99 })
  const page = query.data?.pages[0]
  if (!page) return null
  const count = page.next ? '99+' : page.entries.length
  return (
    <section className="panel">
      <h2>{t('menu.inbox')}</h2>
      {page.entries.length === 0 ? (
        <span className="quiet">{t('inbox.empty')}</span>
      ) : (
        <Link to="/inbox">{t('workbench.toApprove', { count })}</Link>
      )}
    </section>
  )
}

function Duties({ me, prison, area }: { me: Me; prison: string; area: string }) {
  const t = useT()
  const duties = useDuties(prison, { area, unfilled: true })
  const ledgers = useLedgers()
  const organisation = useOrganisation()
  const own = organisation.data?.prisons.flatMap((p) => p.areas).find((a) => a.id === area)
  const mine = fillable(ledgers.data ?? [], me, own)
  const { begin, nil, busy } = useBegin(prison, area)
  return (
    <>
      <section className="panel" aria-labelledby="duties">
        <h2 id="duties">{t('workbench.duties')}</h2>
        <Ready query={duties}>
          {({ duties: list, more }) => {
            const all = pending(list).filter((d) => mine.some((l) => l.id === d.ledger))
            // What has not begun yet cannot be filled in.
            const due = all.filter((d) => Date.parse(d.starts_at) <= now().getTime())
            if (due.length === 0) return <Empty>{t('workbench.nothingDue')}</Empty>
            return (
              <>
                {more && <p className="quiet">{t('workbench.more')}</p>}
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('entry.ledger')}</th>
                      <th scope="col">{t('workbench.period')}</th>
                      <th scope="col">{t('workbench.due')}</th>
                      <th scope="col">{t('entry.state')}</th>
                      <th scope="col">{t('workbench.fill')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {due.map((duty, index) => (
                      <DutyRow
                        key={duty.id}
                        duty={duty}
                        first={index === 0}
                        busy={busy}
                        begin={() => void begin(duty.ledger, middle(duty))}
                        nil={
                          mine.find((l) => l.id === duty.ledger)?.nil
                            ? () => void nil(duty.ledger, middle(duty))
                            : undefined
                        }
                      />
                    ))}
                  </tbody>
                </table>
              </>
            )
          }}
        </Ready>
      </section>
      <section className="panel" aria-labelledby="begin">
        <h2 id="begin">{t('workbench.begin')}</h2>
        <Beginnings ledgers={mine} busy={busy} begin={begin} />
      </section>
    </>
  )
}

/** For those of a department who fill in for areas: the area is chosen first. */
function BeginFor({ me, prison }: { me: Me; prison: string }) {
  const t = useT()
  const lang = useLang()
  const ledgers = useLedgers()
  const organisation = useOrganisation()
  const areas = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const [chosen, choose] = useState('')
  const area = areas.find((a) => a.id === chosen) ?? areas[0]
  const { begin, busy } = useBegin(prison, area?.id ?? '')
  if (!area || fillable(ledgers.data ?? [], me, undefined).length === 0) return null
  return (
    <section className="panel" aria-labelledby="begin">
      <h2 id="begin">{t('workbench.begin')}</h2>
      <p>
        <label>
          {t('workbench.forArea')}{' '}
          <select value={area.id} onChange={(e) => choose(e.target.value)}>
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {lang === 'en' ? a.name_en : a.name_zh}
              </option>
            ))}
          </select>
        </label>
      </p>
      <Beginnings ledgers={fillable(ledgers.data ?? [], me, area)} busy={busy} begin={begin} />
    </section>
  )
}

function Beginnings(props: {
  ledgers: LedgerHead[]
  busy: boolean
  begin: (ledger: string) => Promise<void>
}) {
  const lang = useLang()
  return (
    <p className="beginnings">
      {props.ledgers.map((l) => (
        <Button key={l.id} disabled={props.busy} onClick={() => void props.begin(l.id)}>
          {text(l.title, lang)}
        </Button>
      ))}
    </p>
  )
}

function DutyRow(props: {
  duty: Duty
  first: boolean
  busy: boolean
  begin: () => void
  nil?: () => void
}) {
  const { duty, first, busy, begin, nil } = props
  const t = useT()
  const names = useNames()
  const overdue = duty.state === 'missing'
  const name = names.ledger(duty.ledger)
  return (
    <tr>
      <td>{name}</td>
      <td>
        {periodName(duty.period, t)}
        {duty.target > 1 && ` (${duty.have}/${duty.target})`}
        <Lacking duty={duty} />
      </td>
      <td className={overdue ? 'late' : ''}>
        {showTime(duty.due_at)} <Left due={duty.due_at} />
      </td>
      <td>
        <span className={`status ${overdue ? 'overdue' : 'submitted'}`}>
          {t(overdue ? 'workbench.overdue' : 'workbench.open')}
        </span>
      </td>
      <td>
        {/* Enter begins the most urgent one as soon as the page is there. */}
        <LockNote lock={duty.lock} />
        <Button
          type={first ? 'primary' : 'default'}
          autoFocus={first}
          data-key={first ? 'Enter' : undefined}
          disabled={busy || duty.lock !== null}
          onClick={begin}
          aria-label={t('workbench.fillNamed', { name, period: periodName(duty.period, t) })}
        >
          {t('workbench.fill')}
        </Button>{' '}
        {nil && (
          <Button
            disabled={busy || duty.lock !== null}
            onClick={nil}
            aria-label={t('workbench.nilNamed', { name, period: periodName(duty.period, t) })}
          >
            {t('workbench.nil')}
          </Button>
        )}
      </td>
    </tr>
  )
}

function Left({ due }: { due: string }) {
  const t = useT()
  const minutes = Math.round((Date.parse(due) - now().getTime()) / 60_000)
  const far = Math.abs(minutes) >= 120
  const amount = far ? Math.round(Math.abs(minutes) / 60) : Math.abs(minutes)
  const key = minutes < 0 ? (far ? 'hoursOver' : 'minutesOver') : far ? 'hoursLeft' : 'minutesLeft'
  return <span className="quiet">{t(`workbench.${key}`, { count: amount })}</span>
}

/** A time that lies in the duty's period, whatever its length. */
function middle({ starts_at, ends_at }: Duty): string {
  return new Date((Date.parse(starts_at) + Date.parse(ends_at)) / 2).toISOString()
}

/** Begins an entry and opens it, or files a nil return, one act each. */
function useBegin(prison: string, area: string) {
  const t = useT()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const ledgers = useLedgers().data
  const { works } = useSync()
  /** Without the server it is begun on this computer, under the same id and key: never twice. */
  const here = async (id: string, ledger: string, period?: string) => {
    const head = ledgers?.find((l) => l.id === ledger)
    if (!head || !ledgerMayStay(head)) return false
    const place = { id, prison, area, ledger, version: head.version }
    await works.begin({ ...place, begun: true, etag: 0, doc: {}, period })
    await navigate(`/offline/${id}`)
    return true
  }
  const guarded = async (act: () => Promise<void>) => {
    setBusy(true)
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast([error.message, ...error.errors.map((e) => e.message)].join(' '))
    } finally {
      setBusy(false)
    }
  }
  return {
    busy,
    begin: (ledger: string, period?: string) =>
      guarded(async () => {
        const id = newId()
        try {
          await createEntry(prison, area, ledger, keyOf(id, 'create'), { id, period })
        } catch (error) {
          if (isProblem(error, 'unreachable') && (await here(id, ledger, period))) return
          throw error
        }
        navigate(`/prisons/${prison}/entries/${id}/edit`)
      }),
    nil: (ledger: string, at: string) =>
      guarded(async () => {
        await nilReturn(prison, area, ledger, at, newKey())
        toast(t('workbench.nilDone'))
        await queries.invalidateQueries()
      }),
  }
}

function Unfinished({ prison }: { prison: string }) {
  const t = useT()
  const query = useEntries({
    prison,
    mine: true,
    state: ['returned', 'draft'],
    sort: 'changed_at',
    limit: 20,
  })
  const entries = query.data?.pages[0]?.entries ?? []
  if (entries.length === 0) return null
  // What came back is more urgent than what was never finished.
  const sorted = [
    ...entries.filter((e) => e.state === 'returned'),
    ...entries.filter((e) => e.state !== 'returned'),
  ]
  return (
    <section className="panel">
      <h2>{t('workbench.unfinished')}</h2>
      <EntryTable entries={sorted} />
    </section>
  )
}
