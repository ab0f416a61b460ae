import type { EntryView, LedgerType } from '../api/model'
import type { FormStore, Origin } from '../form/store'
import { showTime } from '../form/time'
import type { Json } from '../schema/types'

/** Where the shared fields of a draft come from. */
export function originsOf(
  view: EntryView,
  type: LedgerType,
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): Map<string, Origin> {
  const body = view.draft?.body ?? {}
  const origins = new Map<string, Origin>()
  for (const s of type.sources) {
    const pin = view.draft?.pins.find((p) => p.field === s.field)
    if (pin) {
      const source = pin.origin ? systemName(pin.origin.system) : ledgerName(pin.ledger)
      const corrected = pin.corrected === true
      origins.set(s.field, { source, at: showTime(pin.taken_at), corrected, pinned: true })
    } else if (s.system?.startsWith('ext:')) {
      origins.set(s.field, { source: '', at: '', corrected: false, byHand: true })
    } else if (s.field.slice(1) in body) {
      const source = s.ledger ? ledgerName(s.ledger) : ''
      origins.set(s.field, { source, at: '', corrected: false })
    }
  }
  return origins
}

/**
 * The pinned values stand, whatever the form held; what was pinned and has no source now goes.
 * Says whether a field has another value since.
 */
export function takePins(
  store: FormStore,
  view: EntryView,
  type: LedgerType,
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): boolean {
  const pins = new Map(view.draft?.pins.map((p) => [p.field, p.value as Json]))
  const fields = type.sources
    .map((s) => s.field)
    .filter((field) => pins.has(field) || store.sources.get(field)?.pinned)
    .filter((field) => JSON.stringify(store.value(field)) !== JSON.stringify(pins.get(field)))
  store.setSources(originsOf(view, type, ledgerName, systemName))
  for (const field of fields) store.set(field, pins.get(field))
  return fields.length > 0
}
