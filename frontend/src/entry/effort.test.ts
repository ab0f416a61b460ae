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
