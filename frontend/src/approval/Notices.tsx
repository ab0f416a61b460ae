import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { type OfCase, useCaseWords } from '../accreditation/notices'
import { type Notice, readNotices, useNotices } from '../api/approval'
import { usePrison } from '../api/queries'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { useKeys } from '../ui/useKeys'
import './approval.css'

/** The header's notices: what one has to know of, and the way there. */
export function Notices() {
  const t = useT()
  const prison = usePrison()
  const queries = useQueryClient()
  const { data } = useNotices(prison)
  const [open, setOpen] = useState(false)
  const show = async (on: boolean) => {
    setOpen(on)
    // What was open to be seen has been read when it is closed.
    if (!on && data && data.unread > 0) {
      await readNotices(prison)
      await queries.invalidateQueries({ queryKey: ['notices'] })
    }
  }
  // Taken only while open: a native dialog closes by the same key.
  useKeys({ Escape: open ? () => void show(false) : undefined })
  if (!data) return null
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls="notices"
        onClick={() => void show(!open)}
      >
        {data.unread > 0 ? t('approval.noticesUnread', { n: data.unread }) : t('approval.notices')}
      </button>
      {open && (
        <section id="notices" className="notices" aria-label={t('approval.notices')}>
          {data.notices.length === 0 && <p className="quiet">{t('approval.noNotices')}</p>}
          <ul>
            {data.notices.map((n) => (
              <li key={n.id} className={n.read_at ? '' : 'unread'}>
                <Words notice={n} done={() => void show(false)} />
                <div className="quiet">{showTime(n.recorded_at)}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Words({ notice, done }: { notice: Notice; done: () => void }) {
  const t = useT()
  const names = useNames()
  const ofCase = useCaseWords()
  const { detail } = notice
  const road = ofCase(notice)
  if (road)
    return (
      <Link to={placeOf(notice)} onClick={done}>
        {road}
      </Link>
    )
  const words = t(`approval.notice_${notice.kind as Exclude<Notice['kind'], OfCase>}`, {
    by: detail.by ?? '',
    from: detail.from ?? '',
    until: detail.until ?? '',
    due: showTime(detail.due),
    ledger: names.ledger(notice.ledger || (detail.ledger ?? '')),
    on: detail.on ?? '',
    author: detail.author ?? '',
    reason: detail.reason ?? '',
  })
  if (!notice.entry)
    return (
      <Link to={placeOf(notice)} onClick={done}>
        {words}
      </Link>
    )
  return (
    <Link to={`/prisons/${notice.prison}/entries/${notice.entry}`} onClick={done}>
      {words}
    </Link>
  )
}

/** Where one looks at what a notice is of, when that is no entry. */
const placeOf = ({ prison, kind, detail }: Notice) => {
  if (detail.proposal) return `/prisons/${prison}/proposals/${detail.proposal}`
  if (detail.meeting) return `/meetings/${detail.meeting}`
  if (detail.case) return `/prisons/${prison}/cases/${detail.case}`
  if (detail.check) return `/prisons/${prison}/checks/${detail.check}`
  if (kind === 'conditions_lost') return '/titles'
  if (kind === 'liaison_vacant') return '/liaisons'
  if (kind === 'bulletin_issued' || kind === 'bulletin_unread') return '/bulletins'
  return detail.item ? '/rectifications' : '/delegations'
}
