import { describe, expect, it } from 'vitest'
import type { HeatCell } from '../api/calendar'
import { daysBetween, monthOn, rowsOf, spanOf, standingOf } from './heat'

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
    expect(standingOf(cell({ due: 3, filled: 3, on_time: 2, backfilled: 1 }))).toBe('late')
    expect(standingOf(cell({ due: 3, filled: 3, on_time: 3, excused: 1 }))).toBe('filled')
    expect(standingOf(cell({ excused: 3 }))).toBe('excused')
  })

  it('calls nothing filled that came back', () => {
    expect(standingOf(cell({ due: 1, on_time: 1 }))).toBe('returned')
    expect(standingOf(cell({ due: 3, filled: 2, on_time: 2, late: 1 }))).toBe('returned')
    expect(standingOf(cell({ due: 3, filled: 1, on_time: 2, missing: 1 }))).toBe('missing')
  })

  it('looks for the entries of a day in the whole period of its duties', () => {
    const week = { starts_at: '2026-11-22T16:00:00Z', ends_at: '2026-11-29T16:00:00Z' }
    expect(spanOf([week], '2026-11-29')).toEqual({ from: '2026-11-23', to: '2026-11-29' })
    const night = { starts_at: '2026-11-28T16:00:00Z', ends_at: '2026-11-29T00:00:00Z' }
    expect(spanOf([night], '2026-11-29')).toEqual({ from: '2026-11-29', to: '2026-11-29' })
    expect(spanOf([], '2026-11-29')).toEqual({ from: '2026-11-29', to: '2026-11-29' })
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
