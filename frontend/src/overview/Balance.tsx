import { Link } from 'react-router'
import { type StandardBalance, useBalance } from '../api/overview'
import { useTitled } from '../api/standards'
import type { GuidedUnit } from '../api/together'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useUnitName } from '../together/Units'
import { Ready } from '../ui/States'
import { Figure } from './Figure'
import { num, Table } from './Table'
import { boardOf } from './Units'
import { percentOf } from './words'

/** How evenly the areas of each standard stand in its domains. */
export function Balance() {
  const t = useT()
  const lang = useLang()
  const titled = useTitled()
  const query = useBalance()
  return (
    <Ready query={query}>
      {({ standards }) =>
        standards.map((s) => (
          <section
            key={s.standard}
            className="panel table-scroll"
            aria-label={`${t('overview.balance')} ${titled(s)}`}
          >
            <h2>
              {t('overview.balance')} · {titled(s)}
            </h2>
            <p className="quiet">{t('overview.balanceAbout')}</p>
            <Table
              head={[
                t('overview.domain'),
                num(t('overview.mean')),
                t('overview.low'),
                t('overview.high'),
                num(t('overview.between')),
              ]}
            >
              {s.domains.map((d) => (
                <tr key={d.id}>
                  <th scope="row">
                    {text(d.title, lang)}{' '}
                    {d.reform && <span className="status">{t('overview.reform')}</span>}
                  </th>
                  <td className="num">
                    <Figure show={() => <Shares areas={s.areas} domain={d.id} />}>
                      {percentOf(d.mean)}
                    </Figure>
                  </td>
                  <td>
                    {percentOf(d.low)} <At of={d} place={d.low_at} />
                  </td>
                  <td>
                    {percentOf(d.high)} <At of={d} place={d.high_at} />
                  </td>
                  <td className="num">
                    <Figure show={() => <Shares areas={s.areas} domain={d.id} />}>
                      {percentOf(d.between)}
                    </Figure>
                  </td>
                </tr>
              ))}
            </Table>
          </section>
        ))
      }
    </Ready>
  )
}

/** The areas that the figures of a domain count, the lowest first. */
function Shares({ areas, domain }: { areas: StandardBalance['areas']; domain: string }) {
  const nameOf = useUnitName()
  const list = areas.flatMap(({ rates, ...place }) => {
    const percent = rates[domain]
    return percent === undefined ? [] : [{ place, percent }]
  })
  list.sort((a, b) => Number(a.percent) - Number(b.percent))
  return (
    <ul>
      {list.map(({ place, percent }) => (
        <li key={place.area}>
          <Link to={boardOf(place)}>{nameOf(place)}</Link> {percentOf(percent)}
        </li>
      ))}
    </ul>
  )
}

/** The unit behind a figure; nothing where no unit counts. */
function At({ of, place }: { of: { units: number }; place: GuidedUnit }) {
  const nameOf = useUnitName()
  return of.units > 0 && <Link to={boardOf(place)}>{nameOf(place)}</Link>
}
