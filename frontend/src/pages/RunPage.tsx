import { useParams } from 'react-router'
import { sheetUrl } from '../api/overview'
import { useRun } from '../api/readiness'
import { useCheckName } from '../checks/names'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { Tree } from '../score/Tree'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../score/score.css'

/** A kept score with all it rests on, and whether it comes out the same again. */
export default function RunPage() {
  const { prison = '', run = '' } = useParams()
  const t = useT()
  const names = useNames()
  const nameOf = useCheckName()
  const query = useRun(prison, run)
  return (
    <Ready query={query}>
      {({ run: kept, replays }) => (
        <>
          <PageTitle
            title={`${kept.area ? names.area(kept.area) : names.prison(prison)} · ${t('readiness.runTitle', { kind: kept.kind === 'other' ? nameOf({ kind: 'other', standard: kept.standard }) : t(`readiness.run.${kept.kind}`), day: kept.as_of })}`}
          >
            <a href={sheetUrl(prison, run)} target="_blank" rel="noreferrer">
              {t('overview.paper')}
            </a>
          </PageTitle>
          <section className="panel">
            <div className="score-total">{kept.sheet?.display}</div>
            <span className={`status ${kept.passes ? 'approved' : 'overdue'}`}>
              {t(kept.passes ? 'score.pass' : 'score.fail')}
            </span>
            {kept.sheet && (
              <p className="quiet">
                {t('score.of', { points: shown(kept.sheet.points), line: shown(kept.sheet.line) })}{' '}
                {t('score.window', { from: kept.sheet.from, to: kept.sheet.to })}
              </p>
            )}
            <p className="quiet">
              {kept.made_by_name} {showTime(kept.recorded_at)}
            </p>
            <p className={replays === 'differs' ? 'danger' : 'quiet'} role="status">
              {t(`readiness.replays.${replays}`, { version: kept.version })}
            </p>
          </section>
          {kept.sheet && (
            <section className="panel">
              <h2>{t('score.where')}</h2>
              <Tree
                sheet={kept.sheet}
                prison={prison}
                checked={!!kept.check}
                // What proves an area's indicators is asked by its own standard alone.
                {...(kept.area && kept.kind !== 'other' ? { area: kept.area } : {})}
              />
            </section>
          )}
        </>
      )}
    </Ready>
  )
}
