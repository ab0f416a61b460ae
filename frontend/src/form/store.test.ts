import { expect, it, vi } from 'vitest'
import { searchSchema } from '../testing/search'
import { FormStore } from './store'

it('forgets a place when the last who watched it has left, and lets it be watched again', () => {
  const store = new FormStore(searchSchema, {}, 'zh')
  const first = vi.fn()
  const second = vi.fn()
  const watch = store.at('/findings_count')
  expect(store.at('/findings_count')).toBe(watch)
  const leave = watch(first)
  const leaveToo = watch(second)
  leave()
  // React asks at every drawing, and must get the same.
  expect(store.at('/findings_count')).toBe(watch)
  store.set('/findings_count', 1)
  expect([first, second].map((l) => l.mock.calls.length)).toEqual([0, 1])
  leaveToo()

  // Strict React leaves and comes back by the function it has; it stays the one.
  const back = watch(first)
  expect(store.at('/findings_count')).toBe(watch)
  store.set('/findings_count', 2)
  expect(first).toHaveBeenCalledTimes(1)
  back()
  const other = store.at('/findings_count')
  expect(other).not.toBe(watch)

  // Who comes back beside somebody else hears too, and takes nobody's place away.
  other(second)
  watch(first)()
  expect(store.at('/findings_count')).toBe(other)
  store.set('/findings_count', 3)
  expect([first, second].map((l) => l.mock.calls.length)).toEqual([1, 2])
})
