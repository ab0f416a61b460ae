import { describe, expect, it } from 'vitest'
import { countdown } from './countdown'

const now = new Date('2026-03-02T09:00:00+08:00')

describe('the countdown', () => {
  it.each([
    ['2026-03-05T09:00:00+08:00', { over: false, unit: 'day', n: 3 }],
    ['2026-03-03T08:00:00+08:00', { over: false, unit: 'hour', n: 23 }],
    ['2026-03-02T09:10:00+08:00', { over: false, unit: 'hour', n: 1 }],
    ['2026-03-02T09:00:00+08:00', { over: true, unit: 'hour', n: 1 }],
    ['2026-02-27T08:00:00+08:00', { over: true, unit: 'day', n: 3 }],
  ])('of %s', (due, want) => {
    expect(countdown(due, now)).toEqual(want)
  })
})
