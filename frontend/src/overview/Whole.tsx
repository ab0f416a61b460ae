import { useState } from 'react'
import { Link } from 'react-router'
import { useWholePrison, type WholePrison } from '../api/overview'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { Tree } from '../score/Tree'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import '../score/score.css'
import { Figure } from './Figure'
import { num, Table } from './Table'

type Department = WholePrison['departments'][number]

/** The prison by its own standard, and its departments by what they answer for. */
export function Whole({ prison }: { prison: string }) {
  const t = useT()
  const [opened, open] = useState(false)
  return (
    <section className="panel" aria-labelledby="whole">
      <h2 id="whole">{t('overview.whole')}</h2>
      <Ready query={useWholePrison(prison)}>
        {({ sheet, departments }) => (
          <>
            {sheet ? (
              <>
                <p>
                  {t('overview.wholeScore')}{' '}
                  <strong>
                    <Figure open={opened} onOpen={() => open(!opened)}>
                      {sheet.display}
                    </Figure>
                  </strong>{' '}
                  <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
                    {t(sheet.passes ? 'score.pass' : 'score.fail')}
                  </span>{' '}
                  <span className="quiet">{t('overview.wholeMeans')}</span>
                </p>
                <details open={opened}>
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
  const [opened, open] = useState('')
  return (
    <Table
      head={[
        t('overview.department'),
        num(t('overview.departmentScore')),
        num(t('overview.departmentLost')),
        t('overview.departmentItems'),
      ]}
    >
      {list.map((d) => {
        const figure = (said: string) => (
          <Figure
            open={opened === d.department}
            onOpen={() => open(opened === d.department ? '' : d.department)}
          >
            {said}
          </Figure>
        )
        return (
          <tr key={d.department}>
            <th scope="row">{names.department(d.department)}</th>
            <td className="num">{figure(d.display)}</td>
            <td className="num">{figure(`${shown(d.lost)} / ${shown(d.points)}`)}</td>
            <td>
              <Items prison={prison} department={d} open={opened === d.department} />
            </td>
          </tr>
        )
      })}
    </Table>
  )
}

function Items(props: { prison: string; department: Department; open: boolean }) {
  const { prison, department, open } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const losing = department.items.filter((i) => i.losing.length > 0)
  const all = department.items.length
  if (losing.length === 0) return <span className="quiet">{t('overview.itemsAll', { all })}</span>
  return (
    <details open={open}>
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
