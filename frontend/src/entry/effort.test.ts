import { expect, it } from 'vitest'
import { Effort } from './effort'

it('counts keys and the time between them, not the pauses', () => {
  let now = 0
  const effort = new Effort(() => now)
  for (const at of [1000, 3000, 4000, 100_000, 102_000]) {
    now = at
    effort.key()
  }
  effort.touch()
  expect(effort.take(1)).toEqual({ seconds: 5, keystrokes: 5 })
  now = 103_000
  effort.key()
  expect(effort.take(1)).toEqual({ seconds: 5, keystrokes: 5 })
  expect(effort.take(2)).toEqual({ seconds: 6, keystrokes: 6 })
})

it('goes on from what was spent before, and begins anew when it was said', () => {
  let now = 0
  const effort = new Effort(() => now, { seconds: 40, keystrokes: 9 })
  effort.key()
  now = 2000
  effort.key()
  expect(effort.sofar).toEqual({ seconds: 42, keystrokes: 11 })
  effort.spend()
  expect(effort.sofar).toEqual({ seconds: 0, keystrokes: 0 })
  now = 3000
  effort.touch()
  expect(effort.sofar).toEqual({ seconds: 1, keystrokes: 0 })
})
