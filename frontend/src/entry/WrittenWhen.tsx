import type { Claim } from '../api/model'
import { showTime } from '../form/time'
import { useT } from '../i18n'

/** When something was written without the network, as far as anybody can know. */
export function WrittenWhen({ claim }: { claim: Claim | undefined }) {
  const t = useT()
  if (!claim) return null
  const times = {
    from: showTime(claim.not_before),
    to: showTime(claim.not_after),
    claimed: showTime(claim.written_at) || '—',
  }
  return (
    <div className={claim.verified ? undefined : 'late'}>
      {t(claim.verified ? 'offline.provenTime' : 'offline.unprovenTime', times)}
      {claim.unseen_files !== undefined && (
        <> {t('offline.unseenFiles', { count: claim.unseen_files })}</>
      )}
    </div>
  )
}
