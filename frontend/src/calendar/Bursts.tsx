import { Link } from 'react-router'
import { useBursts } from '../api/calendar'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'

/** Floods of back-dated entries: a reason to look, no finding. */
export function Bursts({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useBursts(prison)
  return (
    <section className="panel" aria-labelledby={`bursts-${prison}`}>
      <h2 id={`bursts-${prison}`}>{t('calendar.bursts')}</h2>
      <Ready
        query={query}
        empty={(data) => data.bursts.length === 0}
        whenEmpty={
          query.data
            ? t('calendar.noBursts', { n: query.data.entries, hours: query.data.hours })
            : ''
        }
      >
        {(data) => (
          <>
            <p className="quiet">
              {t('calendar.burstsAbout', {
                from: data.from,
                to: data.to,
                n: data.entries,
                hours: data.hours,
              })}
            </p>
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('calendar.area')}</th>
                  <th scope="col">{t('entry.ledger')}</th>
                  <th scope="col">{t('calendar.filed')}</th>
                  <th scope="col">{t('calendar.speaksOf')}</th>
                  <th scope="col">{t('calendar.number')}</th>
                </tr>
              </thead>
              <tbody>
                {data.bursts.map((b) => (
                  <tr key={`${b.area} ${b.ledger} ${b.from}`}>
                    <td>{names.area(b.area)}</td>
                    <td>{names.ledger(b.ledger)}</td>
                    <td>
                      {showTime(b.from)} – {showTime(b.to)}
                    </td>
                    <td>{b.days.join(' – ')}</td>
                    <td className="num">
                      <Link
                        to={`/ledgers/${b.ledger}?area=${b.area}&from=${b.days[0]}&to=${b.days[1]}`}
                      >
                        {b.entries.length}
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Ready>
    </section>
  )
}
