import { expect, test } from 'vitest'
import type { EntryView, LedgerType } from '../api/model'
import { FormStore } from '../form/store'
import type { Json, Schema } from '../schema/types'
import { named, originsOf, takePins } from './pins'

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
  store.setSources(originsOf(first.draft?.pins, type, name, name))
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

test('a source is called by its name as soon as the catalogue tells', () => {
  const titles = (id: string) => (id === 'headcount' ? '点名' : id)
  const early = originsOf(viewed({ count: 61 }, 61).draft?.pins, type, name, name)
  expect(early.get('/count')?.source).toBe('headcount')
  const told = named(early, titles)
  expect(told.get('/count')).toEqual({ ...early.get('/count'), source: '点名' })
  expect(named(told, titles)).toEqual(told)
})

const shared = {
  sources: [
    { field: '/count', ledger: 'headcount' },
    { field: '/figures/talks', ledger: 'individual-talk' },
    { field: '/patrols', system: 'ext:patrol' },
    { field: '/absentees', ledger: 'medical-visit', pick: 'list' },
  ],
} as unknown as LedgerType

test('only what is pinned has an origin; what the source does not say is typed by hand', () => {
  const view = viewed({ count: 5, figures: { talks: 3 }, patrols: 2, absentees: [{}] })
  const origins = originsOf(view.draft?.pins, shared, name, name)
  for (const field of ['/count', '/figures/talks', '/patrols']) {
    expect(origins.get(field)).toEqual({ source: '', at: '', corrected: false, byHand: true })
  }
  // Its rows are the officer's at all times.
  expect(origins.has('/absentees')).toBe(false)
  const pinned = originsOf(viewed({ count: 5 }, 61).draft?.pins, shared, name, name).get('/count')
  expect([pinned?.source, pinned?.pinned, pinned?.byHand]).toEqual(['headcount', true, undefined])
})

test('offered rows are put where there are none, and never over those of the officer', () => {
  const offered = (rows: Json[], held: Json[]) =>
    ({
      draft: {
        body: { absentees: held },
        pins: [
          {
            field: '/absentees',
            ledger: 'medical-visit',
            of: [],
            value: rows,
            taken_at: '2026-11-20T00:00:00Z',
            offered: true,
          },
        ],
        remarks: [],
      },
    }) as unknown as EntryView
  const rows: Schema = {
    type: 'object',
    properties: { absentees: { type: 'array', items: { type: 'object' } } },
  }
  const [zhang, li] = [{ inmate_ref: '0000000001' }, { inmate_ref: '0000000002' }]
  const first = offered([zhang], [zhang])
  const store = new FormStore(rows, first.draft?.body ?? {}, 'zh')
  store.setSources(originsOf(first.draft?.pins, shared, name, name))
  expect(store.sources.get('/absentees')?.pinned).toBeUndefined()
  expect(store.sources.get('/absentees')?.offer).toEqual([zhang])
  // Of another day the source says something else, and nobody has touched the rows.
  expect(takePins(store, offered([li], [li]), shared, name, name)).toBe(true)
  expect(store.value('/absentees')).toEqual([li])
  store.set('/absentees', [li, zhang])
  expect(takePins(store, offered([zhang], [zhang]), shared, name, name)).toBe(false)
  expect(store.value('/absentees')).toEqual([li, zhang])
})
