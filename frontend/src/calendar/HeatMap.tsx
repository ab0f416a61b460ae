import { Button } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { type HeatCell, useHeat } from '../api/calendar'
import { now } from '../api/clock'
import { useDuties, useLedgers, useMe, useOrganisation } from '../api/queries'
import { showTime, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import { HeatChart } from './HeatChart'
import { countsOf, daysBetween, monthOn, type Row, rowsOf, spanOf, standingOf } from './heat'
import { Lacking } from './Lacking'
import { LockNote } from './LockNote'
import { periodName } from './period'

/** A month of one area's ledgers, or of one ledger in every area, day by day; it begins with an area, if one is named. */
export function HeatMap({ prison, of = '' }: { prison: string; of?: string }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const organisation = useOrganisation()
  const ledgers = useLedgers()
  const areas = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const [month, setMonth] = useState(today(now()).slice(0, 7))
  const [by, setBy] = useState<'area' | 'ledger'>('ledger')
  const [area, setArea] = useState(of)
  const [ledger, setLedger] = useState('duty-log')
  const [asTable, setAsTable] = useState(false)
  const [cell, open] = useState<HeatCell>()
  // Without a choice the reader's own area, which may be the only one they see.
  const own = useMe().data?.postings.find((p) => p.area)?.area
  const shown = by === 'ledger' ? area || own || areas[0]?.id || '' : ledger
  const query = useHeat(prison, {
    month,
    ...(by === 'ledger' ? { area: shown } : { ledger }),
  })
  const nameOf = useCallback((id: string) => names.area(id) || names.ledger(id), [names])
  const turn = (by: number) => {
    setMonth((m) => monthOn(m, by))
    open(undefined)
  }
  return (
    <section className="panel" aria-labelledby={`heat-${prison}`}>
      <h2 id={`heat-${prison}`}>{t('calendar.heat')}</h2>
      <p className="calendar-tools">
        <Button onClick={() => turn(-1)} aria-label={t('calendar.before')}>
          ‹
        </Button>
        <label>
          {t('calendar.month')}{' '}
          <input
            type="month"
            value={month}
            required
            onChange={(e) => e.target.value && setMonth(e.target.value)}
          />
        </label>
        <Button onClick={() => turn(1)} aria-label={t('calendar.after')}>
          ›
        </Button>
        <label>
          {t('calendar.rows')}{' '}
          <select value={by} onChange={(e) => setBy(e.target.value as 'area' | 'ledger')}>
            <option value="ledger">{t('calendar.byLedger')}</option>
            <option value="area">{t('calendar.byArea')}</option>
          </select>
        </label>
        {by === 'ledger' ? (
          <label>
            {t('calendar.area')}{' '}
            <select value={shown} onChange={(e) => setArea(e.target.value)}>
              {areas.map((a) => (
                <option key={a.id} value={a.id}>
                  {names.area(a.id)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <label>
            {t('entry.ledger')}{' '}
            <select value={shown} onChange={(e) => setLedger(e.target.value)}>
              {(ledgers.data ?? []).map((l) => (
                <option key={l.id} value={l.id}>
                  {text(l.title, lang)}
                </option>
              ))}
            </select>
          </label>
        )}
        <Button aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t(asTable ? 'calendar.asChart' : 'calendar.asTable')}
        </Button>
      </p>
      <Ready
        query={query}
        empty={(data) => data.cells.length === 0}
        whenEmpty={t('calendar.nothingDue')}
      >
        {(data) => (
          <Month
            cells={data.cells}
            by={by}
            from={data.from}
            to={data.to}
            asTable={asTable}
            nameOf={nameOf}
            open={open}
          />
        )}
      </Ready>
      {cell && (
        <CellDetail
          key={`${cell.area} ${cell.ledger} ${cell.day}`}
          prison={prison}
          cell={cell}
          close={() => open(undefined)}
        />
      )}
    </section>
  )
}

function Month(props: {
  cells: HeatCell[]
  by: 'area' | 'ledger'
  from: string
  to: string
  asTable: boolean
  nameOf: (id: string) => string
  open: (cell: HeatCell) => void
}) {
  const { cells, by, from, to, asTable, nameOf, open } = props
  const rows = useMemo(() => rowsOf(cells, by), [cells, by])
  const days = useMemo(() => daysBetween(from, to), [from, to])
  return asTable ? (
    <HeatTable rows={rows} days={days} nameOf={nameOf} open={open} />
  ) : (
    <HeatChart rows={rows} days={days} nameOf={nameOf} open={open} />
  )
}

/** The same in words, every cell a button. */
function HeatTable(props: {
  rows: Row[]
  days: string[]
  nameOf: (id: string) => string
  open: (cell: HeatCell) => void
}) {
  const { rows, days, nameOf, open } = props
  const t = useT()
  return (
    <section
      className="heat-frame table-scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
      tabIndex={0}
      aria-label={t('calendar.chart')}
    >
      <table className="plain heat days">
        <thead>
          <tr>
            <th scope="col">{t('calendar.row')}</th>
            {days.map((day) => (
              <th key={day} scope="col">
                {Number(day.slice(8))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">{nameOf(row.id)}</th>
              {days.map((day) => {
                const cell = row.cells.get(day)
                if (!cell) return <td key={day} />
                const standing = standingOf(cell)
                return (
                  <td key={day} className={standing}>
                    <button
                      type="button"
                      onClick={() => open(cell)}
                      title={t('calendar.counts', countsOf(cell))}
                      aria-label={`${nameOf(row.id)} ${day} ${t(`calendar.standing.${standing}`)}`}
                    >
                      {t(`calendar.mark.${standing}`)}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What one cell counts: its duties, with the entry or the reason why there is none. */
function CellDetail(props: { prison: string; cell: HeatCell; close: () => void }) {
  const { prison, cell, close } = props
  const t = useT()
  const names = useNames()
  const head = useRef<HTMLHeadingElement>(null)
  const query = useDuties(prison, {
    area: cell.area,
    day: cell.day,
    ledger: cell.ledger,
    unfilled: false,
  })
  useEffect(() => head.current?.focus(), [])
  const { from, to } = spanOf(query.data?.duties ?? [], cell.day)
  return (
    <section aria-labelledby="cell" className="cell-detail">
      <div className="page-title">
        <h3 id="cell" ref={head} tabIndex={-1}>
          {cell.day} {names.area(cell.area)} {names.ledger(cell.ledger)}
        </h3>
        <div className="actions">
          <Link to={`/ledgers/${cell.ledger}?area=${cell.area}&from=${from}&to=${to}`}>
            {from === to ? t('calendar.entriesOfDay') : t('calendar.entriesOfPeriod', { from, to })}
          </Link>{' '}
          <Button onClick={close}>{t('calendar.close')}</Button>
        </div>
      </div>
      <p className="quiet">{t('calendar.counts', countsOf(cell))}</p>
      <Ready
        query={query}
        empty={({ duties }) => duties.length === 0}
        whenEmpty={t('calendar.nothingDue')}
      >
        {({ duties }) => (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('calendar.period')}</th>
                <th scope="col">{t('calendar.due')}</th>
                <th scope="col">{t('entry.state')}</th>
                <th scope="col">{t('calendar.filed')}</th>
              </tr>
            </thead>
            <tbody>
              {duties.map((duty) => (
                <tr key={duty.id}>
                  <td>
                    {periodName(duty.period, t)}
                    {duty.target > 1 && ` (${duty.target})`}
                    <Lacking duty={duty} />
                  </td>
                  <td>
                    {showTime(duty.due_at)}
                    {duty.due_at !== duty.planned_due_at && (
                      <span className="quiet">
                        {' '}
                        {t('calendar.moved', { at: showTime(duty.planned_due_at) })}
                      </span>
                    )}
                  </td>
                  <td>
                    <span className={`status ${duty.state}`}>
                      {t(`calendar.state.${duty.state}`)}
                    </span>
                    {duty.entry && !duty.approved && !duty.waiting && (
                      <span className="status returned"> {t('calendar.standing.returned')}</span>
                    )}
                  </td>
                  <td>
                    {duty.entry ? (
                      <Link to={`/prisons/${prison}/entries/${duty.entry}`}>
                        {showTime(duty.submitted_at)}
                      </Link>
                    ) : (
                      <LockNote lock={duty.lock} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  )
}
