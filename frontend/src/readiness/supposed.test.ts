import { expect, it } from 'vitest'
import { supposed, ways } from './supposed'

const now = new Date('2026-11-26T02:00:00Z')

it('asks only for what was filled in', () => {
  const ask = (typed: Record<string, string>) => supposed((name) => typed[name] ?? '', now)
  expect(ask({ times: '1', count: '1' })).toEqual({})
  expect(ask({ entry: 'e voided' })).toEqual({ entries: [{ entry: 'e', as: 'voided' }] })
  expect(ask({ filed: 'duty-log' })).toEqual({
    entries: [{ ledger: 'duty-log', at: '2026-11-26T12:00:00+08:00' }],
  })
  expect(ask({ filed: 'duty-log', filedOn: '2026-11-20', entry: 'e approved' }).entries).toEqual([
    { entry: 'e', as: 'approved' },
    { ledger: 'duty-log', at: '2026-11-20T12:00:00+08:00' },
  ])
  expect(ask({ ledger: 'duty-log', times: '2', line: '950' })).toEqual({
    missed: { 'duty-log': 2 },
    line: '950',
  })
})

it('lets an entry become what its state allows', () => {
  expect(ways({ state: 'submitted', in_force: 0 })).toEqual(['approved', 'returned'])
  expect(ways({ state: 'submitted', in_force: 1 })).toEqual(['approved', 'returned', 'voided'])
  expect(ways({ state: 'approved', in_force: 1 })).toEqual(['voided'])
  expect(ways({ state: 'voided', in_force: 1 })).toEqual([])
  expect(ways({ state: 'draft', in_force: 0 })).toEqual([])
})
