import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Volume } from '../api/model'
import { bindVolume, boundAgain, isOpen, useVolumes, volumeUrl } from '../api/prints'
import { ProblemError } from '../api/problem'
import { usePrison } from '../api/queries'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

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
                      <State volume={v} again={boundAgain(list, v)} />
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

/** Why it could not be bound, and the way to ask for the same once more, unless that was done. */
function Failed({ volume, again }: { volume: Volume; again: boolean }) {
  const t = useT()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const { prison, ledger, area, from, to } = volume
  const bind = async () => {
    setBusy(true)
    try {
      // The key is the failed volume's: however often and wherever it is asked, one new volume.
      await bindVolume(prison, { ledger, area, from, to }, `again-${volume.id}`)
      await queries.invalidateQueries({ queryKey: ['volumes', prison] })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <span className="danger">{t('printing.failed', { message: volume.message ?? '' })}</span>{' '}
      {!again && (
        <Button size="small" loading={busy} onClick={() => void bind()}>
          {t('printing.again')}
        </Button>
      )}
    </>
  )
}

function State({ volume, again }: { volume: Volume; again: boolean }) {
  const t = useT()
  if (volume.state === 'done') {
    return (
      <a href={volumeUrl(volume)} target="_blank" rel="noreferrer">
        {t('printing.openVolume', { size: (volume.size / 1e6).toFixed(1) })}
      </a>
    )
  }
  if (!isOpen(volume)) return <Failed volume={volume} again={again} />
  const progress = t('printing.progress', { done: volume.done, total: volume.total })
  return (
    <span role="status">
      <progress max={volume.total} value={volume.done} aria-label={progress} /> {progress}
    </span>
  )
}
