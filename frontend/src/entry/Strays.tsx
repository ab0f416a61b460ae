import { Button } from 'antd'
import { useSyncExternalStore } from 'react'
import type { FormStore } from '../form/store'
import { useT } from '../i18n'

/** What came with the draft from elsewhere and fits no field: it has to go before the rest can. */
export function Strays({ store }: { store: FormStore }) {
  const t = useT()
  const strays = useSyncExternalStore(store.subscribe, () => store.strays)
  if (strays.length === 0) return null
  return (
    <div className="panel danger" role="alert">
      {strays.map((p) => (
        <p key={p.pointer}>
          <span className="mono">{p.pointer}</span> {p.message}{' '}
          <Button size="small" onClick={() => store.set(p.pointer, undefined)}>
            {t('edit.dropStray')}
          </Button>
        </p>
      ))}
    </div>
  )
}
