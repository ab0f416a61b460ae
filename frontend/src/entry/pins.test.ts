import { expect, test } from 'vitest'
import type { EntryView, LedgerType } from '../api/model'
import { FormStore } from '../form/store'
import type { Json, Schema } from '../schema/types'
import { originsOf, takePins } from './pins'

const schema: Schema = {
  type: 'object',
  properties: { day: { type: 'string' }, count: { type: 'integer' }, note: { type: 'string' } },
}
const type = { sources: [{ field: '/count', ledger: 'headcount' }] } as unknown as LedgerType

function viewed(body: Record<string, Json>, pin?: number) {
  const pins =
    pin === undefined
      ? []
      : [
          {
            field: '/count',
            ledger: 'headcount',
            of: [],
            value: pin,
            taken_at: '2026-11-20T00:00:00Z',
          },
        ]
  return { draft: { body, pins, remarks: [] } } as unknown as EntryView
}

const name = (id: string) => id

test('what was taken anew stands in the form, and what has no source any more goes', () => {
  const first = viewed({ day: '2026-11-20', count: 61 }, 61)
  const store = new FormStore(schema, first.draft?.body ?? {}, 'zh')
  store.setSources(originsOf(first, type, name, name))
  const steps: [number | undefined, number | undefined, boolean][] = [
    [61, 61, false],
    [55, 55, true],
    [undefined, undefined, true],
    [undefined, undefined, false],
  ]
  for (const [pin, want, changed] of steps) {
    expect(takePins(store, viewed({ count: 61 }, pin), type, name, name)).toBe(changed)
    expect(store.value('/count')).toBe(want)
    expect(store.sources.get('/count')?.pinned === true).toBe(pin !== undefined)
  }
  // Without a source the officer types, and keeps what was typed.
  store.set('/count', 7)
  expect(takePins(store, viewed({ count: 7 }), type, name, name)).toBe(false)
  expect(store.value('/count')).toBe(7)
})
