import { lazy, Suspense } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { BurdenChange, BurdenHistory as History, Weight } from '../api/model'
import { useBurdenHistory } from '../api/queries'
import { useT } from '../i18n'
import { useNames, useSystemName } from '../ui/names'
import { Loading, Ready } from '../ui/States'
import { ExtentNote } from './ExtentNote'
import { known, type Measure, measureNames, measures, shown, signed } from './measures'
import './catalogue.css'

const HistoryChart = lazy(() => import('./HistoryChart'))

const kinds = ['ordinary', 'kitchen', 'hospital', 'functional'] as const

/** How what is asked of an area changed with every change of the catalogue in force. */
export function BurdenHistory({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  const [params, setParams] = useSearchParams()
  const query = useBurdenHistory(prison, area)
  const kind = kinds.find((k) => k === params.get('kind')) ?? kinds[0]
  const measure = measureNames.find((m) => m === params.get('measure')) ?? 'fields'
  const set = (name: string, value: string) =>
    setParams((old) => {
      const next = new URLSearchParams(old)
      next.set(name, value)
      return next
    })
  const history = query.data?.[area ? 'area' : kind]
  return (
    <section className="panel history">
      <h2>{t('burden.history')}</h2>
      <div className="filters">
        {!area && (
          <label>
            {t('burden.kind')}{' '}
            <select value={kind} onChange={(e) => set('kind', e.target.value)}>
              {kinds.map((k) => (
                <option key={k} value={k}>
                  {t(`consolidation.${k}`)}
                </option>
              ))}
            </select>
          </label>
        )}{' '}
        <label>
          {t('burden.inChart')}{' '}
          <select value={measure} onChange={(e) => set('measure', e.target.value)}>
            {measureNames.map((m) => (
              <option key={m} value={m}>
                {t(`burden.measure_${m}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Ready
        query={{ ...query, data: history }}
        empty={(h) => h.changes.length === 0}
        whenEmpty={t('burden.noChanges')}
      >
        {(h) => <Changes history={h} measure={measure} />}
      </Ready>
    </section>
  )
}

function Changes({ history, measure }: { history: History; measure: Measure }) {
  const t = useT()
  const last = history.changes.at(-1)?.after ?? history.base
  const { unmeasured } = last
  return (
    <>
      <Suspense fallback={<Loading />}>
        <HistoryChart history={history} measure={measure} />
      </Suspense>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <section className="wide-table" tabIndex={0} aria-label={t('burden.history')}>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t('burden.on')}
              </th>
              <th scope="col" rowSpan={2}>
                {t('burden.what')}
              </th>
              {measureNames.map((m) => (
                <th key={m} scope="colgroup" colSpan={3} className="group">
                  {t(`burden.measure_${m}`)}
                </th>
              ))}
            </tr>
            <tr>
              {measureNames.map((m) => (
                <Heads key={m} />
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>{t('burden.beginning')}</td>
              <th scope="row">
                <Link to="/consolidation">{t('burden.consolidated')}</Link>
              </th>
              {measureNames.map((m) => (
                <Cells key={m} measure={m} after={history.base} />
              ))}
            </tr>
            {history.changes.map((c) => (
              <tr key={`${c.ledger} ${c.version}`}>
                <td className="day">{c.on}</td>
                <th scope="row">
                  <Named change={c} />
                </th>
                {measureNames.map((m) => (
                  <Cells key={m} measure={m} {...c} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">
        {t('burden.historyAbout')} <ExtentNote extent={history.extent} />
        {unmeasured > 0 && ` ${t('burden.unmeasured', { n: unmeasured })}`}
      </p>
    </>
  )
}

function Heads() {
  const t = useT()
  return (
    <>
      <th scope="col" className="num group">
        {t('burden.beforeAfter')}
      </th>
      <th scope="col" className="num">
        {t('burden.net')}
      </th>
      <th scope="col" className="num">
        {t('burden.running')}
      </th>
    </>
  )
}

/** What changed, leading to its proposal where the reader may see it, else to the ledger. */
function Named({ change: c }: { change: BurdenChange }) {
  const t = useT()
  const names = useNames()
  const system = useSystemName()
  const to = c.proposal
    ? `/prisons/${c.proposal.prison}/proposals/${c.proposal.id}`
    : `/ledgers/${c.ledger}`
  return (
    <>
      {t(`burden.kind_${c.kind}`)} <Link to={to}>{names.ledger(c.ledger)}</Link>
      {c.version > 1 && ` v${c.version}`}
      {c.target && ` → ${c.target.startsWith('ext:') ? system(c.target) : names.ledger(c.target)}`}
    </>
  )
}

/** One measure of one row; the beginning has nothing before it. */
function Cells(props: {
  measure: Measure
  before?: Weight
  after: Weight
  net?: Weight
  total?: Weight
}) {
  const { measure, before, after, net, total } = props
  const { of, digits } = measures[measure]
  const sure = known(measure, after) || (before !== undefined && known(measure, before))
  const change = (w: Weight | undefined) => (w && sure ? signed(of(w), digits) : '')
  return (
    <>
      <td className="num group">
        {sure && before && `${shown(measure, before)} → `}
        {sure ? shown(measure, after) : '·'}
      </td>
      <td className="num">{change(net)}</td>
      <td className="num">{change(total)}</td>
    </>
  )
}
