import type { EntryView, LedgerType, Pin } from '../api/model'
import type { FormStore, Origin } from '../form/store'
import { showTime } from '../form/time'
import { type Change, diff } from '../schema/diff'
import { get } from '../schema/pointer'
import type { Doc, Json } from '../schema/types'

/** Where the shared fields of a draft come from; pins undefined: nobody has asked the sources yet. */
export function originsOf(
  pins: readonly Pin[] | undefined,
  type: LedgerType,
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): Map<string, Origin> {
  const origins = new Map<string, Origin>()
  for (const s of type.sources) {
    const pin = pins?.find((p) => p.field === s.field)
    if (!pins) {
      const source = s.system ? systemName(s.system) : ledgerName(s.ledger ?? '')
      origins.set(s.field, { source, at: '', corrected: false, unasked: true })
    } else if (pin) {
      const source = pin.origin ? systemName(pin.origin.system) : ledgerName(pin.ledger)
      origins.set(s.field, originOf(pin, source))
    } else if (s.pick !== 'list') {
      origins.set(s.field, { source: '', at: '', corrected: false, byHand: true })
    }
  }
  return origins
}

/** Where one of them comes from; an offer leaves the field to the officer. */
export function originOf(pin: Pin, source: string): Origin {
  const said = { source, at: showTime(pin.taken_at), corrected: pin.corrected === true }
  return pin.offered ? { ...said, offer: pin.value as Json[] } : { ...said, pinned: true }
}

/**
 * Where the sources put something else than was typed: what is pinned now stands, and what was pinned
 * and is no more goes.
 */
export function overruled(doc: Doc, was: readonly Pin[], now: readonly Pin[]): Change[] {
  const stands = new Map<string, Json | undefined>()
  for (const p of was) if (!p.offered) stands.set(p.field, undefined)
  for (const p of now) if (!p.offered) stands.set(p.field, p.value as Json)
  return [...stands].flatMap(([field, value]) => diff(get(doc, field), value, field))
}

/** The origins with the names that ledgers have by now: while none is known, an id stands in its place. */
export function named(origins: ReadonlyMap<string, Origin>, ledgerName: (id: string) => string) {
  return new Map([...origins].map(([at, o]) => [at, { ...o, source: ledgerName(o.source) }]))
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * The pinned values stand, whatever the form held; what was pinned and has no source now goes.
 * Rows that were offered and nobody touched give way to those that are offered now.
 * Says whether a field has another value since.
 */
export function takePins(
  store: FormStore,
  view: EntryView,
  type: LedgerType,
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): boolean {
  const values = new Map<string, Json | undefined>()
  for (const { field } of type.sources) {
    const pin = view.draft?.pins.find((p) => p.field === field)
    const was = store.sources.get(field)
    const held = store.value(field)
    const untouched = held === undefined || same(held, []) || same(held, was?.offer)
    if (pin ? !pin.offered : was?.pinned) values.set(field, pin?.value as Json | undefined)
    else if ((pin || was?.offer) && untouched) values.set(field, get(view.draft?.body, field))
  }
  const fields = [...values.keys()].filter((field) => !same(store.value(field), values.get(field)))
  store.setSources(originsOf(view.draft?.pins ?? [], type, ledgerName, systemName))
  for (const field of fields) store.set(field, values.get(field))
  return fields.length > 0
}
