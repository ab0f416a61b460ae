import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import type { LedgerType } from '../api/model'
import { local } from '../offline/store'
import { BatchKeeper, dropBatch, idOf, type Kept, kind } from './keep'
import { BatchStore } from './store'

const of = { prison: 'p', area: 'a', ledger: 'duty-log', period: '2026-11-24' }
const schema = { type: 'object', properties: { n: { type: 'integer', title: '数' } } } as const

/** A window on the batch: what it opens is what is kept. */
async function open() {
  const kept = await local.get<Kept>('me', kind, idOf(of))
  const store = new BatchStore(schema, 'zh')
  store.load(kept?.rows ?? [BatchStore.fresh('k', '张三', {})])
  const type = { level: 'L1' } as unknown as LedgerType
  const rest = { ...of, subject: '', empty: {}, key: 'x', type, revision: kept?.revision }
  const keeper = BatchKeeper.of(store, 'me', () => rest)!
  const type_ = (n: number) => store.apply([{ row: 'k', pointer: '/n', value: n }])
  return { store, keeper, put: type_ }
}
const kept = async () => (await local.get<Kept>('me', kind, idOf(of)))?.rows[0]?.doc

it('does not write over what another window kept, and says what that is', async () => {
  const one = await open()
  const two = await open()
  one.put(11)
  await one.keeper.now()
  expect(one.keeper.state).toBe('kept')
  two.put(77)
  await two.keeper.now()
  expect(two.keeper.state).toBe('failed')
  expect(two.keeper.elsewhere?.rows[0]?.doc).toEqual({ n: 11 })
  expect(await kept()).toEqual({ n: 11 })
  // The first goes on undisturbed; the second insists on what it has.
  one.put(12)
  await one.keeper.now()
  expect(one.keeper.state).toBe('kept')
  await two.keeper.insist()
  expect(two.keeper.state).toBe('failed')
  await two.keeper.insist()
  expect([two.keeper.state, two.keeper.elsewhere]).toEqual(['kept', undefined])
  expect(await kept()).toEqual({ n: 77 })
})

it('does not bring back what another window ended', async () => {
  const one = await open()
  const two = await open()
  await dropBatch('me', of)
  one.put(1)
  await one.keeper.now()
  expect(one.keeper.elsewhere).toBe(null)
  expect(await kept()).toBeUndefined()
  await two.keeper.now()
  expect(two.keeper.state).toBe('failed')
})
