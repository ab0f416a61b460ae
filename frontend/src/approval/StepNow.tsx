import { now } from '../api/clock'
import type { Entry, EntryView, Role } from '../api/model'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { countdown } from './countdown'
import './approval.css'

/** Names in a list, as each language writes one. */
export function useListed() {
  const t = useT()
  return (list: string[] | undefined) => (list ?? []).join(t('marks.list'))
}

/** How the step at hand stands: who stands in, what was counted, when it is due. */
export function StepNow({ view }: { view: EntryView }) {
  const t = useT()
  const listed = useListed()
  const { entry, deciding } = view
  if (!deciding) return null
  const roles = (list: string[] | undefined) => listed(list?.map((r) => t(`role.${r as Role}`)))
  return (
    <span className="step-now">
      {entry.step_mode === 'vote' && (
        <span className="status submitted">
          {t('approval.voted', {
            seats: deciding.seats,
            voted: deciding.voted,
            for: deciding.for,
          })}
        </span>
      )}
      {entry.step_mode === 'all' && (
        <span className="status submitted">
          {t('approval.signed', { seats: deciding.seats, voted: deciding.voted })}
        </span>
      )}
      {(entry.heard?.length ?? 0) > 0 && (
        <span>{t('approval.heard', { names: listed(entry.heard) })}</span>
      )}
      {(entry.waiting?.length ?? 0) > 0 ? (
        <span>{t('approval.waiting', { names: listed(entry.waiting) })}</span>
      ) : (
        <span className="quiet">
          {t('approval.waitingPost', { roles: roles(entry.step_roles) })}
        </span>
      )}
      {(entry.step_vacant?.length ?? 0) > 0 && (
        <span className="status warning">
          {t('approval.vacant', {
            vacant: roles(entry.step_vacant),
            roles: roles(entry.step_roles),
          })}
        </span>
      )}
      <Due entry={entry} />
      {(entry.step_higher?.length ?? 0) > 0 && (
        <span className="quiet">
          {t('approval.higherMay', { roles: roles(entry.step_higher) })}
        </span>
      )}
    </span>
  )
}

/** What is left until the deadline, in words that need no clock. */
export function Due({ entry }: { entry: Entry }) {
  const t = useT()
  if (!entry.step_due || entry.state !== 'submitted') return null
  const { over, unit, n } = countdown(entry.step_due, now())
  return (
    <span className={`status ${over ? 'overdue' : 'submitted'}`} title={showTime(entry.step_due)}>
      {over
        ? t(unit === 'day' ? 'approval.overDays' : 'approval.overHours', { n })
        : t(unit === 'day' ? 'approval.leftDays' : 'approval.leftHours', { n })}
    </span>
  )
}

/** In the list of the inbox: who still must, who stands in, when it is due. */
export function StepTags({ entry }: { entry: Entry }) {
  const t = useT()
  const listed = useListed()
  return (
    <>
      <Due entry={entry} />{' '}
      {(entry.step_vacant?.length ?? 0) > 0 && (
        <span className="status warning">{t('approval.vacantShort')}</span>
      )}{' '}
      {entry.hints > 0 && (
        <span className="status warning">{t('approval.hints', { count: entry.hints })}</span>
      )}{' '}
      {(entry.heard?.length ?? 0) > 0 && (
        <span className="quiet">{t('approval.heard', { names: listed(entry.heard) })}</span>
      )}{' '}
      {(entry.waiting?.length ?? 0) > 0 && (
        <span className="quiet">{t('approval.waiting', { names: listed(entry.waiting) })}</span>
      )}
    </>
  )
}
