import { lazy, Suspense } from 'react'
import { Link, useParams } from 'react-router'
import { useScore, useTrend } from '../api/queries'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { History } from '../score/History'
import { Tree } from '../score/Tree'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'
import '../score/score.css'

// ECharts weighs more than the rest of the page: it comes when it is needed.
const DomainRadar = lazy(async () => ({ default: (await import('../score/Charts')).DomainRadar }))
const Trend = lazy(async () => ({ default: (await import('../score/Charts')).Trend }))

export default function AreaScore() {
  const { prison = '', area = '' } = useParams()
  const t = useT()
  const names = useNames()
  const score = useScore(prison, area)
  const trend = useTrend(prison, area)
  return (
    <>
      <PageTitle title={t('score.title', { area: names.area(area) })}>
        <Link to={`/prisons/${prison}/areas/${area}/readiness`}>{t('readiness.open')}</Link>{' '}
        <Link to={`/prisons/${prison}/areas/${area}/proof`}>{t('score.proof')}</Link>
      </PageTitle>
      <Ready query={score}>
        {(sheet) => (
          <>
            <section className="panel score-head">
              <div>
                <div className="score-total">{sheet.display}</div>
                <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
                  {t(sheet.passes ? 'score.pass' : 'score.fail')}
                </span>
                <p className="quiet">
                  {t('score.of', { points: shown(sheet.points), line: shown(sheet.line) })}
                  <br />
                  {t('score.window', { from: sheet.from, to: sheet.to })}
                </p>
              </div>
              <Suspense fallback={<Loading />}>
                <DomainRadar domains={sheet.domains} />
                {trend.data && trend.data.length > 0 && (
                  <Trend points={trend.data} line={sheet.line} />
                )}
              </Suspense>
            </section>
            <section className="panel">
              <h2>{t('score.where')}</h2>
              <Tree sheet={sheet} prison={prison} area={area} />
            </section>
            <History prison={prison} area={area} />
          </>
        )}
      </Ready>
    </>
  )
}
