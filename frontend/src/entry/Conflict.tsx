import { Button } from 'antd'
import { getEntry } from '../api/entries'
import type { EntryView, LedgerType } from '../api/model'
import { useT } from '../i18n'
import { diff } from '../schema/diff'
import type { Autosave } from './autosave'
import { Changes } from './Changes'
import { shownSchema } from './shown'

/** Somebody (often oneself, in another window) saved in between: nothing is lost silently. */
export function Conflict(props: {
  autosave: Autosave
  entry: EntryView['entry']
  type: LedgerType
}) {
  const { autosave, entry, type } = props
  const t = useT()
  const { theirs } = autosave
  const mine = async () => {
    const now = await getEntry(entry.prison, entry.id)
    await autosave.insist(now.entry.etag)
  }
  return (
    <div className="panel" role="alert">
      <p>{t('edit.conflict')}</p>
      {theirs && (
        <Changes schema={shownSchema(type)} changes={diff(theirs, autosave.store.toSend())} />
      )}
      <Button onClick={() => void mine()}>{t('edit.keepMine')}</Button>{' '}
      <Button onClick={() => window.location.reload()}>{t('edit.takeTheirs')}</Button>
    </div>
  )
}
