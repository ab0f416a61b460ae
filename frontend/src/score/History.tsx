import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { type ScoreHistory, useHistory } from '../api/readiness'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Loading, Ready } from '../ui/States'
import { amount, shown } from './decimal'

const HistoryChart = lazy(async () => ({ default: (await import('./HistoryChart')).HistoryChart }))

/** A line wants two points. */
const few = 2

/** What was kept of an area, by the domains of today: how it went over versions of the standard. */
export function History({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="history">
      <h2 id="history">{t('score.history')}</h2>
      <Ready query={useHistory(prison, area)}>
        {(history) =>
          history.points.length === 0 ? (
            <p className="quiet">{t('score.historyNone')}</p>
          ) : (
            <>
              <p className="quiet">{t('score.historyOf', { version: history.version })}</p>
              {history.points.length >= few && (
                <Suspense fallback={<Loading />}>
                  <HistoryChart history={history} />
                </Suspense>
              )}
              <Table prison={prison} history={history} />
            </>
          )
        }
      </Ready>
    </section>
  )
}

function Table({ prison, history }: { prison: string; history: ScoreHistory }) {
  const t = useT()
  const lang = useLang()
  return (
    <div className="history">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('score.domain')}</th>
            {history.points.map((p) => (
              <th key={p.id} scope="col" className="num">
                <Link to={`/prisons/${prison}/runs/${p.id}`}>{p.as_of}</Link>
                <br />
                {t(`readiness.run.${p.kind}`)}
                {p.version !== history.version && (
                  <span className="quiet"> {t('score.byVersion', { version: p.version })}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {history.domains.map((d, at) => (
            <tr key={d.id}>
              <th scope="row">{text(d.title, lang)}</th>
              {history.points.map((p) => (
                <td key={p.id} className="num">
                  <Rate of={p.domains[at]} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t('score.total')}</th>
            {history.points.map((p) => (
              <td key={p.id} className="num">
                {shown(p.score)}{' '}
                <span className={`status ${p.passes ? 'approved' : 'overdue'}`}>
                  {t(p.passes ? 'score.pass' : 'score.fail')}
                </span>
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

function Rate({ of }: { of?: ScoreHistory['points'][number]['domains'][number] }) {
  const t = useT()
  if (!of || of.coverage === 'none') return <span title={t('score.noPast')}>—</span>
  return (
    <>
      {percent(of.rate)}%
      {of.coverage === 'partial' && <span className="quiet"> {t('score.partly')}</span>}
    </>
  )
}

const percent = (rate: string) => Math.round(amount(rate) * 1000) / 10
