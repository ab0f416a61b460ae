import { Drawer } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import type { LedgerType, Pin } from '../api/model'
import { originOf } from '../entry/pins'
import type { FormServices } from '../form/context'
import { focusField, SchemaForm } from '../form/SchemaForm'
import { FormStore } from '../form/store'
import { useLang, useT } from '../i18n'
import type { Pointer } from '../schema/pointer'
import type { Json } from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import type { BatchRow, BatchStore } from './store'

/** One row of the batch as the whole form: for what does not fit into cells. */
export function RowForm(props: {
  row: BatchRow
  at: Pointer
  batch: BatchStore
  type: LedgerType
  lookup: FormServices['lookup']
  onClose: () => void
}) {
  const { row, at, batch, type, lookup, onClose } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const system = useSystemName()
  const [store] = useState(() => {
    const form = new FormStore(batch.schema, row.doc, lang)
    form.heard([...row.rules], row.derived)
    return form
  })
  // What a source says stands here as in the grid, also when it is heard of later.
  useEffect(() => {
    const told = [...(row.offers ?? []), ...(row.pins ?? [])]
    const source = (p: Pin) => (p.origin ? system(p.origin.system) : names.ledger(p.ledger))
    store.setSources(new Map(told.map((p) => [p.field, originOf(p, source(p))])))
    for (const { field, value } of row.pins ?? []) {
      if (JSON.stringify(store.value(field)) !== JSON.stringify(value)) {
        store.set(field, value as Json)
      }
    }
  }, [store, row.offers, row.pins, names, system])
  const services = useMemo<FormServices>(
    () => ({ lookup, files: [], readOnly: row.state !== 'editing' }),
    [lookup, row.state],
  )
  useEffect(() => {
    const mark = `form ${row.key} ${Date.now()}`
    let seen = store.changes
    return store.subscribe(() => {
      if (store.changes === seen) return
      seen = store.changes
      batch.replace(row.key, store.doc, mark)
    })
  }, [store, batch, row.key])
  return (
    <Drawer
      open
      size={860}
      title={t('batch.sideTitle', { name: row.name })}
      onClose={onClose}
      afterOpenChange={(open) => open && focusField([at])}
    >
      <SchemaForm store={store} layout={type.form} services={services} />
    </Drawer>
  )
}
