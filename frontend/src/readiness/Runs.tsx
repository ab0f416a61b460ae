import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import { keepRun, useRuns } from '../api/readiness'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** Scores kept with all they rest on. */
export function Runs({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  const queries = useQueryClient()
  const query = useRuns(prison, area)
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const keep = async () => {
    setBusy(true)
    try {
      await once((key) => keepRun(prison, area, key))
      toast(t('readiness.kept'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="panel" aria-labelledby="runs">
      <h2 id="runs">{t('readiness.runs')}</h2>
      <Ready query={query}>
        {({ runs, may }) => (
          <>
            {runs.length === 0 ? (
              <p className="quiet">{t('readiness.runsNone')}</p>
            ) : (
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('readiness.asOf')}</th>
                    <th scope="col">{t('readiness.kind')}</th>
                    <th scope="col" className="num">
                      {t('readiness.score')}
                    </th>
                    <th scope="col">{t('readiness.by')}</th>
                  </tr>
                </thead>
                <tbody>
                  {runs.map((r) => (
                    <tr key={r.id}>
                      <td>
                        <Link to={`/prisons/${prison}/runs/${r.id}`}>{r.as_of}</Link>
                      </td>
                      <td>{t(`readiness.run.${r.kind}`)}</td>
                      <td className="num">
                        {shown(r.score)}{' '}
                        <span className={`status ${r.passes ? 'approved' : 'overdue'}`}>
                          {t(r.passes ? 'score.pass' : 'score.fail')}
                        </span>
                      </td>
                      <td>
                        {r.made_by_name} {showTime(r.recorded_at)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {may && (
              <Button disabled={busy} onClick={() => void keep()}>
                {t('readiness.keep')}
              </Button>
            )}
          </>
        )}
      </Ready>
    </section>
  )
}
