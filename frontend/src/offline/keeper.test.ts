import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Keeper } from './keeper'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Something that is typed into. */
class Typed {
  changes = 0
  #listeners = new Set<() => void>()
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  type() {
    this.changes++
    for (const listener of this.#listeners) listener()
  }
}

it('writes while somebody types on and on', async () => {
  const typed = new Typed()
  const written: number[] = []
  const keeper = new Keeper(typed, async () => written.push(typed.changes))
  const stop = keeper.start()
  // A key every 100 ms for ten seconds, never a pause.
  for (let i = 0; i < 100; i++) {
    typed.type()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(written.length).toBeGreaterThanOrEqual(10)
  expect(keeper.state).toBe('keeping')
  stop()
  await vi.runAllTimersAsync()
  expect(written.at(-1)).toBe(100)
  expect(keeper.state).toBe('kept')
})

it('says that it could not, and tries again with the next change', async () => {
  const typed = new Typed()
  let full = true
  const keeper = new Keeper(typed, async () => {
    if (full) throw new Error('disk full')
  })
  const states: string[] = []
  keeper.subscribe(() => states.push(keeper.state))
  keeper.start()
  typed.type()
  await vi.runAllTimersAsync()
  full = false
  typed.type()
  await vi.runAllTimersAsync()
  expect(states).toEqual(['keeping', 'failed', 'keeping', 'kept'])
})

it('does not write over what nobody has decided on, nor what is elsewhere', async () => {
  const typed = new Typed()
  const write = vi.fn(async () => undefined)
  const keeper = new Keeper(typed, write)
  const stop = keeper.start()
  keeper.paused = true
  typed.type()
  await vi.runAllTimersAsync()
  expect(write).not.toHaveBeenCalled()
  keeper.paused = false
  typed.type()
  keeper.forget()
  stop()
  await vi.runAllTimersAsync()
  expect(write).not.toHaveBeenCalled()
})

it('does not take up again what was forgotten while a write was under way', async () => {
  const typed = new Typed()
  const held: (() => void)[] = []
  const write = vi.fn(() => new Promise<void>((done) => held.push(done)))
  const keeper = new Keeper(typed, write)
  const stop = keeper.start()
  typed.type()
  await vi.runAllTimersAsync()
  typed.type()
  keeper.forget()
  held[0]!()
  await vi.runAllTimersAsync()
  expect(keeper.state).toBe('kept')
  stop()
  await vi.runAllTimersAsync()
  expect(write).toHaveBeenCalledTimes(1)
})

it('holds on to the later of two writes, whichever is done first', async () => {
  const typed = new Typed()
  const held: (() => void)[] = []
  const write = vi.fn(() => new Promise<void>((done) => held.push(done)))
  const keeper = new Keeper(typed, write)
  const stop = keeper.start()
  typed.type()
  await vi.runAllTimersAsync()
  typed.type()
  await vi.runAllTimersAsync()
  held[1]!()
  await vi.runAllTimersAsync()
  held[0]!()
  await vi.runAllTimersAsync()
  expect(keeper.state).toBe('kept')
  stop()
  expect(write).toHaveBeenCalledTimes(2)
})
