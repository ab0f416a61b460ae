import { Fragment } from 'react'
import { Link } from 'react-router'
import type { Share } from '../api/model'
import { useCompleteness, usePrisons } from '../api/queries'
import { Bursts } from '../calendar/Bursts'
import { HeatMap } from '../calendar/HeatMap'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../score/score.css'

/** How much of what was due is filled: areas across, ledgers down. */
export default function Completeness() {
  const t = useT()
  const prisons = usePrisons()
  return (
    <>
      <PageTitle title={t('menu.completeness')} />
      {prisons.map((prison) => (
        <Fragment key={prison}>
          <Heat prison={prison} />
          <HeatMap prison={prison} />
          <Bursts prison={prison} />
        </Fragment>
      ))}
    </>
  )
}

function Heat({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useCompleteness(prison)
  return (
    <section className="panel">
      <h2>{names.prison(prison) || t('menu.completeness')}</h2>
      <Ready
        query={query}
        empty={(data) => data.shares.length === 0}
        whenEmpty={t('completeness.empty')}
      >
        {({ from, to, shares }) => {
          const areas = [...new Set(shares.map((s) => s.area))]
          const ledgers = [...new Set(shares.map((s) => s.ledger))].sort()
          const at = new Map(shares.map((s) => [`${s.area} ${s.ledger}`, s]))
          return (
            <>
              <p className="quiet">{t('completeness.about', { from, to })}</p>
              <section
                className="heat-frame"
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
                tabIndex={0}
                aria-label={t('menu.completeness')}
              >
                <table className="plain heat">
                  <thead>
                    <tr>
                      <th scope="col">{t('entry.ledger')}</th>
                      {areas.map((area) => (
                        <th key={area} scope="col">
                          {names.area(area)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {ledgers.map((ledger) => (
                      <tr key={ledger}>
                        <th scope="row">{names.ledger(ledger)}</th>
                        {areas.map((area) => (
                          <Cell
                            key={area}
                            share={at.get(`${area} ${ledger}`)}
                            from={from}
                            to={to}
                          />
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            </>
          )
        }}
      </Ready>
    </section>
  )
}

function Cell(props: { share: Share | undefined; from: string; to: string }) {
  const { share, from, to } = props
  const t = useT()
  const due = Number(share?.sums.due ?? 0)
  if (!share || due === 0) return <td className="quiet">·</td>
  const filled = Number(share.sums.filled ?? 0)
  const late = Number(share.sums.late ?? 0)
  const percent = Math.floor((filled / due) * 100)
  return (
    <td className={percent === 100 ? 'full' : percent >= 80 ? 'some' : 'few'}>
      <Link
        to={`/ledgers/${share.ledger}?area=${share.area}&from=${from}&to=${to}`}
        title={t('completeness.cell', { due, filled, late })}
      >
        {percent}%
      </Link>
    </td>
  )
}
