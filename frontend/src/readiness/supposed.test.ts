import { expect, it } from 'vitest'
import { supposed, ways } from './supposed'

const now = new Date('2026-11-26T02:00:00Z')

it('asks only for what was filled in', () => {
  const ask = (typed: Record<string, string>) => supposed((name) => [typed[name] ?? []].flat(), now)
  expect(ask({ times: '1', count: '1' })).toEqual({})
  expect(ask({ entry: 'e voided' })).toEqual({ entries: [{ entry: 'e', as: 'voided' }] })
  expect(ask({ filed: 'duty-log' })).toEqual({
    entries: [{ ledger: 'duty-log', at: '2026-11-26T02:00:00.000Z' }],
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

it('takes several of each, the empty ones left out', () => {
  const typed: Record<string, string[]> = {
    entry: ['e voided', '', 'f approved'],
    filed: ['', 'duty-log', 'headcount'],
    filedOn: ['2026-11-01', '', '2026-11-20'],
    ledger: ['duty-log', 'duty-log', 'headcount'],
    times: ['1', '2', '4'],
    finding: ['A-1.x', '', 'B-2.y', 'C-3.z'],
    count: ['3', '1', '2', '1'],
    of: ['', '', '', '17'],
    per: ['', '', '', '20'],
    without: ['', 'g', 'h'],
    version: ['2'],
  }
  const body = supposed((name) => typed[name] ?? [], now)
  expect(body.entries).toEqual([
    { entry: 'e', as: 'voided' },
    { entry: 'f', as: 'approved' },
    { ledger: 'duty-log', at: '2026-11-26T02:00:00.000Z' },
    { ledger: 'headcount', at: '2026-11-20T12:00:00+08:00' },
  ])
  expect(body.missed).toEqual({ 'duty-log': 3, headcount: 4 })
  expect(body.findings?.map((f) => [f.line, f.count, f.of, f.per])).toEqual([
    ['A-1.x', 3, undefined, undefined],
    ['B-2.y', 2, undefined, undefined],
    ['C-3.z', 1, '17', '20'],
  ])
  expect(new Set(body.findings?.map((f) => f.id)).size).toBe(3)
  expect(body).toMatchObject({ without: ['g', 'h'], version: 2 })
})

it('means by today the time that it is, and by a day that is over its noon', () => {
  const at = (filedOn: string) =>
    supposed((name) => ({ filed: ['duty-log'], filedOn: [filedOn] })[name] ?? [], now).entries?.[0]
      ?.at
  expect(['', '2026-11-26', '2026-11-25'].map(at)).toEqual([
    '2026-11-26T02:00:00.000Z',
    '2026-11-26T02:00:00.000Z',
    '2026-11-25T12:00:00+08:00',
  ])
})

it('lets an entry become what its state allows', () => {
  expect(ways({ state: 'submitted', in_force: 0 })).toEqual(['approved', 'returned'])
  expect(ways({ state: 'submitted', in_force: 1 })).toEqual(['approved', 'returned', 'voided'])
  expect(ways({ state: 'approved', in_force: 1 })).toEqual(['voided'])
  expect(ways({ state: 'voided', in_force: 1 })).toEqual([])
  expect(ways({ state: 'draft', in_force: 0 })).toEqual([])
})
