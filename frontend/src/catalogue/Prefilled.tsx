import { lazy, Suspense } from 'react'
import { useSearchParams } from 'react-router'
import type { FilledBy, Prefilled as Shares } from '../api/model'
import { useShares } from '../api/queries'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { Loading, Ready } from '../ui/States'
import './catalogue.css'

const SharesChart = lazy(() => import('./SharesChart'))

/** Who fills a field, nobody's part first. */
export const parts = ['taken', 'computed', 'begun', 'typed'] as const

const weights = ['fields', 'keys'] as const

/** How much of every form nobody types, against the target, and plainly where it is missed. */
export function Prefilled() {
  const t = useT()
  const query = useShares()
  return (
    <section className="panel">
      <h2>{t('burden.prefilled')}</h2>
      <Ready query={query}>{(shares) => <Figures shares={shares} />}</Ready>
    </section>
  )
}

function Figures({ shares }: { shares: Shares }) {
  const t = useT()
  const names = useNames()
  const [params, setParams] = useSearchParams()
  const by = weights.find((w) => w === params.get('by')) ?? 'fields'
  const sum = shares[by]
  const all = parts.reduce((n, p) => n + sum[p], 0)
  const reached = sum.percent >= shares.target
  const percent = (n: number) => `${Math.round((n / Math.max(1, all)) * 100)}%`
  const ledgers = [...shares.ledgers].sort((a, b) => a[by].percent - b[by].percent)
  const short = ledgers.filter((l) => l[by].percent < shares.target).length
  return (
    <>
      <label>
        {t('burden.countedBy')}{' '}
        <select
          value={by}
          onChange={(e) =>
            setParams((old) => {
              const next = new URLSearchParams(old)
              next.set('by', e.target.value)
              return next
            })
          }
        >
          {weights.map((w) => (
            <option key={w} value={w}>
              {t(`burden.by_${w}`)}
            </option>
          ))}
        </select>
      </label>
      <p role="status" className={reached ? undefined : 'danger'}>
        <strong>
          {t(reached ? 'burden.reached' : 'burden.missed', {
            percent: sum.percent,
            target: shares.target,
          })}
        </strong>{' '}
        {t('burden.split', {
          taken: percent(sum.taken),
          computed: percent(sum.computed),
          begun: percent(sum.begun),
          typed: percent(sum.typed),
        })}{' '}
        {short > 0 && t('burden.short', { n: short, of: ledgers.length })}
      </p>
      <Suspense fallback={<Loading />}>
        <SharesChart ledgers={ledgers} by={by} target={shares.target} />
      </Suspense>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <section className="wide-table" tabIndex={0} aria-label={t('burden.prefilled')}>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('entry.ledger')}</th>
              {parts.map((p) => (
                <th key={p} scope="col" className="num">
                  {t(`burden.part_${p}`)}
                </th>
              ))}
              <th scope="col" className="num">
                {t('burden.untyped')}
              </th>
            </tr>
          </thead>
          <tbody>
            <Line name={t('consolidation.together')} share={sum} />
            {ledgers.map((l) => (
              <Line key={l.ledger} name={names.ledger(l.ledger)} share={l[by]} />
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">{t('burden.prefilledAbout')}</p>
    </>
  )
}

function Line({ name, share }: { name: string; share: FilledBy }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {parts.map((p) => (
        <td key={p} className="num">
          {share[p]}
        </td>
      ))}
      <td className="num">{share.percent}%</td>
    </tr>
  )
}
