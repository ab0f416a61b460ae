import { Link } from 'react-router'
import { usePrisons, useScores } from '../api/queries'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

export default function Scores() {
  const t = useT()
  const prisons = usePrisons()
  return (
    <>
      <PageTitle title={t('menu.scores')} />
      {prisons.map((prison) => (
        <Standings key={prison} prison={prison} />
      ))}
    </>
  )
}

/** The areas of a prison by their live score. */
export function Standings({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useScores(prison)
  return (
    <section className="panel">
      <h2>{names.prison(prison) || t('menu.scores')}</h2>
      <Ready
        query={query}
        empty={({ areas, unjudged }) => areas.length + unjudged.length === 0}
        whenEmpty={t('score.empty')}
      >
        {({ areas, unjudged }) => (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('entry.area')}</th>
                <th scope="col" className="num">
                  {t('score.total')}
                </th>
                <th scope="col">{t('score.passes')}</th>
                <th scope="col">{t('readiness.open')}</th>
                <th scope="col">{t('score.proof')}</th>
              </tr>
            </thead>
            <tbody>
              {areas.map((s) => (
                <tr key={s.area.id}>
                  <td>
                    <Link to={`/prisons/${prison}/areas/${s.area.id}/score`}>
                      {names.area(s.area.id)}
                    </Link>
                  </td>
                  <td className="num">{s.display || shown(s.score)}</td>
                  <td>
                    <span className={`status ${s.passes ? 'approved' : 'overdue'}`}>
                      {t(s.passes ? 'score.pass' : 'score.fail')}
                    </span>
                  </td>
                  <td>
                    <Link
                      to={`/prisons/${prison}/areas/${s.area.id}/readiness`}
                      aria-label={`${t('readiness.open')} ${names.area(s.area.id)}`}
                    >
                      {t('readiness.open')}
                    </Link>
                  </td>
                  <td>
                    <Link
                      to={`/prisons/${prison}/areas/${s.area.id}/proof`}
                      aria-label={`${t('score.proof')} ${names.area(s.area.id)}`}
                    >
                      {t('score.proof')}
                    </Link>
                  </td>
                </tr>
              ))}
              {unjudged.map((a) => (
                <tr key={a.id}>
                  <td>
                    <Link to={`/prisons/${prison}/areas/${a.id}/score`}>{names.area(a.id)}</Link>
                  </td>
                  <td className="num">—</td>
                  <td colSpan={3} className="quiet">
                    {t('score.noStandard')}
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
