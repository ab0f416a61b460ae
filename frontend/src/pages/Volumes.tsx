import { Link } from 'react-router'
import type { Volume } from '../api/model'
import { isOpen, useVolumes, volumeUrl } from '../api/prints'
import { usePrison } from '../api/queries'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** Bound volumes: what was asked for, how far it has come, the file. */
export default function Volumes() {
  const t = useT()
  const names = useNames()
  const query = useVolumes(usePrison())
  return (
    <>
      <PageTitle title={t('menu.volumes')}>
        <Link to="/ledgers">{t('printing.bindMore')}</Link>
      </PageTitle>
      <Ready query={query} empty={(list) => list.length === 0} whenEmpty={t('printing.noVolumes')}>
        {(list) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('printing.ledger')}</th>
                  <th scope="col">{t('entry.area')}</th>
                  <th scope="col">{t('printing.days')}</th>
                  <th scope="col">{t('printing.forms')}</th>
                  <th scope="col">{t('printing.pages')}</th>
                  <th scope="col">{t('printing.asked')}</th>
                  <th scope="col">{t('entry.state')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((v) => (
                  <tr key={v.id}>
                    <td>{names.ledger(v.ledger)}</td>
                    <td>{names.area(v.area)}</td>
                    <td>{t('printing.fromTo', { from: v.from, to: v.to })}</td>
                    <td>{v.total}</td>
                    <td>{v.pages || '—'}</td>
                    <td>{showTime(v.created_at)}</td>
                    <td>
                      <State volume={v} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
    </>
  )
}

function State({ volume }: { volume: Volume }) {
  const t = useT()
  if (volume.state === 'done') {
    return (
      <a href={volumeUrl(volume)} target="_blank" rel="noreferrer">
        {t('printing.openVolume', { size: (volume.size / 1e6).toFixed(1) })}
      </a>
    )
  }
  if (!isOpen(volume)) return <span className="danger">{t('printing.failed')}</span>
  const progress = t('printing.progress', { done: volume.done, total: volume.total })
  return (
    <span role="status">
      <progress max={volume.total} value={volume.done} aria-label={progress} /> {progress}
    </span>
  )
}
