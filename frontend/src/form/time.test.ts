import { expect, it } from 'vitest'
import { dayOn, today } from './time'

it('counts days over the ends of months and years, wherever the PC is', () => {
  expect(dayOn('2026-03-01', -1)).toBe('2026-02-28')
  expect(dayOn('2026-12-26', 6)).toBe('2027-01-01')
  expect(today(new Date('2026-11-24T16:30:00Z'))).toBe('2026-11-25')
})
