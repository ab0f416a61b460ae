import { describe, expect, it } from 'vitest'
import type { HeatCell } from '../api/calendar'
import { daysBetween, monthOn, rowsOf, standingOf } from './heat'

const cell = (change: Partial<HeatCell>): HeatCell => ({
  area: 'a',
  ledger: 'l',
  day: '2026-11-01',
  due: 0,
  filled: 0,
  on_time: 0,
  late: 0,
  backfilled: 0,
  missing: 0,
  excused: 0,
  refs: [],
  ...change,
})

describe('heat', () => {
  it('colours a day by the worst that became of it', () => {
    expect(standingOf(cell({ due: 3, on_time: 1, late: 1, missing: 1 }))).toBe('missing')
    expect(standingOf(cell({ due: 3, on_time: 2, backfilled: 1 }))).toBe('late')
    expect(standingOf(cell({ due: 3, on_time: 3, excused: 1 }))).toBe('filled')
    expect(standingOf(cell({ excused: 3 }))).toBe('excused')
  })

  it('turns cells into rows of areas or ledgers', () => {
    const cells = [cell({ area: 'b' }), cell({ day: '2026-11-02' }), cell({ ledger: 'm' })]
    expect(rowsOf(cells, 'area').map((r) => [r.id, r.cells.size])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(rowsOf(cells, 'ledger').map((r) => r.id)).toEqual(['l', 'm'])
  })

  it('counts months and days over their ends', () => {
    expect(monthOn('2026-12', 1)).toBe('2027-01')
    expect(monthOn('2026-01', -1)).toBe('2025-12')
    expect(daysBetween('2026-02-27', '2026-03-02')).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ])
  })
})
