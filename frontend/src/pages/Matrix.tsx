import { useId } from 'react'
import { Link, useParams } from 'react-router'
import { usePrison } from '../api/queries'
import {
  type StewardMark,
  type StewardMatrix,
  type StewardRow,
  useMatrix,
} from '../api/stewardship'
import { PageTabs } from '../app/PageTabs'
import { useT } from '../i18n'
import { holds, useFilter } from '../stewardship/filter'
import { Report } from '../stewardship/Report'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../stewardship/stewardship.css'

const filters = ['q', 'department', 'only', 'show'] as const
const kinds = ['any', 'gap', 'overlap'] as const

/** Whether a list of the report tells what is missing, or what is double. */
const ofKind = (kind: string, list: StewardRow['problems'][number]) => {
  const double = list === 'two_owners' || list === 'overlaps'
  return kind === 'any' || (kind === 'overlap' && double) || (kind === 'gap' && !double)
}

/** Which department owns, approves and reads each ledger, and where nobody does or two do. */
export default function Matrix() {
  const t = useT()
  const own = usePrison()
  const { prison = own } = useParams()
  return (
    <>
      <PageTitle title={t('matrix.title')} />
      <PageTabs of="/ledgers" />
      <p className="quiet">{t('matrix.about')}</p>
      <Ready query={useMatrix(prison)}>{(data) => <Whole data={data} />}</Ready>
    </>
  )
}

function Whole({ data }: { data: StewardMatrix }) {
  const t = useT()
  const names = useNames()
  const { now, to, set } = useFilter(filters)
  const rows = data.ledgers.filter(
    (r) =>
      holds(`${names.ledger(r.ledger)} ${r.ledger}`, now.q) &&
      (now.department === '' || r.marks.some((m) => m.unit === now.department)) &&
      r.problems.some((p) => ofKind(now.only, p)) === (now.only !== ''),
  )
  const units = ['area', 'prison', ...data.departments].filter(
    (u) => now.department === '' || u === now.department || u === 'area' || u === 'prison',
  )
  return (
    <>
      <Report of={data.report} show={now.show} to={(show) => to({ show })} />
      <section className="panel" aria-labelledby="matrix">
        <h2 id="matrix">{t('matrix.table')}</h2>
        <p className="calendar-tools">
          <label>
            {t('matrix.text')}{' '}
            <input
              type="search"
              defaultValue={now.q}
              onChange={(e) => set({ q: e.target.value })}
            />
          </label>
          <label>
            {t('matrix.department')}{' '}
            <select
              defaultValue={now.department}
              onChange={(e) => set({ department: e.target.value })}
            >
              <option value="">{t('matrix.all')}</option>
              {data.departments.map((d) => (
                <option key={d} value={d}>
                  {names.department(d)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('matrix.only')}{' '}
            <select defaultValue={now.only} onChange={(e) => set({ only: e.target.value })}>
              <option value="">{t('matrix.all')}</option>
              {kinds.map((k) => (
                <option key={k} value={k}>
                  {t(`matrix.only_${k}`)}
                </option>
              ))}
            </select>
          </label>
          <span role="status" className="quiet">
            {t('matrix.found', { n: rows.length })}
          </span>
        </p>
        <Legend />
        {rows.length === 0 ? (
          <Empty>{t('matrix.none')}</Empty>
        ) : (
          <Cells rows={rows} units={units} to={(show) => to({ show })} />
        )}
      </section>
    </>
  )
}

const marks = ['owner', 'approver', 'when', 'reader', 'takes'] as const

function Legend() {
  const t = useT()
  return (
    <p className="quiet wide-matrix">
      {marks.map((m) => (
        <span key={m}>
          <span className={`mark ${m === 'when' ? 'approver' : m}`}>{t(`matrix.mark_${m}`)}</span>{' '}
          {t(`matrix.means_${m}`)}
          {'　'}
        </span>
      ))}
      <span className="status overdue">{t('matrix.vacant')}</span> {t('matrix.report_vacant')}
    </p>
  )
}

interface CellsProps {
  rows: StewardRow[]
  units: string[]
  to: (show: string) => string
}

function Cells({ rows, units, to }: CellsProps) {
  const t = useT()
  const id = useId()
  const names = useNames()
  const nameOf = (unit: string) =>
    unit === 'area' || unit === 'prison' ? t(`matrix.unit_${unit}`) : names.department(unit)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled by keyboard
    <section className="wide-matrix" tabIndex={0} aria-labelledby={id}>
      <table className="plain">
        <caption id={id} className="sr-only">
          {t('matrix.table')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('matrix.ledger')}</th>
            {units.map((u) => (
              <th key={u} scope="col">
                {nameOf(u)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.ledger}>
              <th scope="row">
                <Link to={`/ledgers/${r.ledger}`}>{names.ledger(r.ledger)}</Link>{' '}
                {r.problems.map((p) => (
                  <Link key={p} to={to(p)} className="status overdue">
                    {t(`matrix.tag_${p}`)}
                  </Link>
                ))}
              </th>
              {units.map((u) => (
                <td key={u}>
                  <Marks of={r.marks.find((m) => m.unit === u)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Marks({ of }: { of?: StewardMark }) {
  const t = useT()
  if (!of) return null
  return (
    <>
      {marks
        .filter((m) => (m === 'approver' ? of.approver && !of.when : of[m]))
        .map((m) => (
          <span
            key={m}
            className={`mark ${m === 'when' ? 'approver' : m}`}
            title={t(`matrix.means_${m}`)}
          >
            {t(`matrix.mark_${m}`)}
          </span>
        ))}
      {of.vacant && <span className="status overdue">{t('matrix.vacant')}</span>}
    </>
  )
}
