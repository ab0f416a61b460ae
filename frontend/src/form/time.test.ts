import { expect, it } from 'vitest'
import { dayOn, showTime, today } from './time'

it('counts days over the ends of months and years, wherever the PC is', () => {
  expect(dayOn('2026-03-01', -1)).toBe('2026-02-28')
  expect(dayOn('2026-12-26', 6)).toBe('2027-01-01')
  expect(today(new Date('2026-11-24T16:30:00Z'))).toBe('2026-11-25')
})

it('shows seconds only where there are some', () => {
  expect(showTime('2026-11-25T08:27:00.123Z')).toBe('2026-11-25 16:27')
  expect(showTime('2026-11-25T08:27:09Z')).toBe('2026-11-25 16:27:09')
})
