import { Link } from 'react-router'
import { useWholePrison, type WholePrison } from '../api/overview'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { Tree } from '../score/Tree'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import '../score/score.css'
import { num, Table } from './Table'

type Department = WholePrison['departments'][number]

/** The prison by its own standard, and its departments by what they answer for. */
export function Whole({ prison }: { prison: string }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="whole">
      <h2 id="whole">{t('overview.whole')}</h2>
      <Ready query={useWholePrison(prison)}>
        {({ sheet, departments }) => (
          <>
            {sheet ? (
              <>
                <p>
                  {t('overview.wholeScore')} <strong>{sheet.display}</strong>{' '}
                  <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
                    {t(sheet.passes ? 'score.pass' : 'score.fail')}
                  </span>{' '}
                  <span className="quiet">{t('overview.wholeMeans')}</span>
                </p>
                <details>
                  <summary>{t('overview.wholeSheet')}</summary>
                  <Tree sheet={sheet} prison={prison} />
                </details>
              </>
            ) : (
              <p className="quiet">{t('overview.wholeNone')}</p>
            )}
            <h3>{t('overview.departments')}</h3>
            <p className="quiet">{t('overview.departmentsMean')}</p>
            <Departments prison={prison} list={departments} />
          </>
        )}
      </Ready>
    </section>
  )
}

function Departments({ prison, list }: { prison: string; list: Department[] }) {
  const t = useT()
  const names = useNames()
  return (
    <Table
      head={[
        t('overview.department'),
        num(t('overview.departmentScore')),
        num(t('overview.departmentLost')),
        t('overview.departmentItems'),
      ]}
    >
      {list.map((d) => (
        <tr key={d.department}>
          <th scope="row">{names.department(d.department)}</th>
          <td className="num">{d.display}</td>
          <td className="num">
            {shown(d.lost)} / {shown(d.points)}
          </td>
          <td>
            <Items prison={prison} department={d} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

function Items({ prison, department }: { prison: string; department: Department }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const losing = department.items.filter((i) => i.losing.length > 0)
  const all = department.items.length
  if (losing.length === 0) return <span className="quiet">{t('overview.itemsAll', { all })}</span>
  return (
    <details>
      <summary>{t('overview.itemsLosing', { all, count: losing.length })}</summary>
      <ul>
        {losing.map((i) => (
          <li key={`${i.standard} ${i.version} ${i.code}`}>
            {i.code} {text(i.title, lang)}{' '}
            {i.losing.map((l) => (
              <span key={l.area ?? ''}>
                {l.area ? (
                  <Link
                    to={`/prisons/${prison}/areas/${l.area}/proof?item=${encodeURIComponent(i.code)}`}
                  >
                    {names.area(l.area)}
                  </Link>
                ) : (
                  t('overview.wholeUnit')
                )}{' '}
                −{shown(l.lost)}{' '}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  )
}
