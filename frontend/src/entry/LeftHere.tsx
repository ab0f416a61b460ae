import { Button } from 'antd'
import type { LedgerType } from '../api/model'
import type { FormStore } from '../form/store'
import { useT } from '../i18n'
import { diff } from '../schema/diff'
import { Changes } from './Changes'
import type { LocalDraft } from './localDraft'
import { shownSchema } from './shown'

/** The browser ended before the last words reached the server: what differs, and whose holds. */
export function LeftHere(props: {
  left: LocalDraft
  etag: number
  type: LedgerType
  store: FormStore
  onDone: (taken: boolean) => void
}) {
  const { left, etag, type, store, onDone } = props
  const t = useT()
  const take = () => {
    store.replace(left.body)
    onDone(true)
  }
  return (
    <div className="panel" role="alert">
      <p>
        {t('beginnings.leftHere')}
        {left.etag !== etag && t('beginnings.leftAndChanged')}
      </p>
      <Changes schema={shownSchema(type)} changes={diff(store.doc, left.body)} />
      <Button type="primary" onClick={take}>
        {t('beginnings.takeLocal')}
      </Button>{' '}
      <Button onClick={() => onDone(false)}>{t('beginnings.takeServer')}</Button>
    </div>
  )
}
