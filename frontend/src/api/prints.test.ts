import { expect, it } from 'vitest'
import type { Volume } from './model'
import { boundAgain } from './prints'

it('a failed volume is offered once: the newest of its kind', () => {
  const bound = (id: string, to: string) => ({
    id,
    ledger: 'headcount',
    area: 'a',
    from: '2026-01-01',
    to,
  })
  const list = [
    bound('c', '2026-01-31'),
    bound('b', '2026-02-28'),
    bound('a', '2026-01-31'),
  ] as Volume[]
  expect(list.map((v) => boundAgain(list, v))).toEqual([false, false, true])
})
