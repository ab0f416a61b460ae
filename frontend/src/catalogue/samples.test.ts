import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { samples } from './samples'

it('samples of strictly restricted ledgers do not lie on the computer', async () => {
  const list = [{ name: 'one', body: { a: 1 }, passes: true }]
  for (const [id, sensitivity, kept] of [
    ['open', 'L1', list],
    ['strict', 'L3', []],
  ] as const) {
    await samples.write('me', { id, sensitivity }, list)
    expect(await samples.read('me', id)).toEqual(kept)
  }
})
