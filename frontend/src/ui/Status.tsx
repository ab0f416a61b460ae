import type { Entry, EntryState } from '../api/model'
import { useT } from '../i18n'

export function StateTag({ state }: { state: EntryState }) {
  const t = useT()
  return <span className={`status ${state}`}>{t(`entryState.${state}`)}</span>
}

/** State of an entry with what sets it apart: its correction under way, a void asked for, nil return, warnings, a later revision. */
export function EntryTags({ entry }: { entry: Entry }) {
  const t = useT()
  const correcting = entry.in_force > 0 && !['approved', 'voided'].includes(entry.state)
  return (
    <span>
      <StateTag state={entry.state} />{' '}
      {correcting && <span className="status approved">{t('entry.correcting')}</span>}{' '}
      {entry.void_asked && <span className="status warning">{t('voiding.title')}</span>}{' '}
      {entry.nil_return && <span className="status excused">{t('entry.nil')}</span>}{' '}
      {entry.warnings > 0 && (
        <span className="status warning">{t('entry.warnings', { count: entry.warnings })}</span>
      )}{' '}
      {entry.revision > 1 && (
        <span className="status excused">{t('entry.revisionN', { n: entry.revision })}</span>
      )}
    </span>
  )
}
