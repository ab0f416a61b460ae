import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { heardNow, now } from './clock'
import { call } from './http'

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-11-26T10:00:00Z') }))

afterEach(() => {
  heardNow(new Headers({ 'X-Now': new Date().toISOString() }))
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function answers(status: number, at: string) {
  vi.stubGlobal('fetch', async () => new Response('{}', { status, headers: { 'X-Now': at } }))
}

describe('now', () => {
  it('is the time of the server, as its last answer told, and goes on', async () => {
    answers(200, '2026-12-01T01:00:00.5Z')
    await call('/x')
    expect(now().toISOString()).toBe('2026-12-01T01:00:00.500Z')
    vi.advanceTimersByTime(60_000)
    expect(now().toISOString()).toBe('2026-12-01T01:01:00.500Z')
  })

  it('is told by refusals too, and kept where an answer does not tell', async () => {
    answers(404, '2026-11-26T09:00:00Z')
    await expect(call('/x')).rejects.toMatchObject({ status: 404 })
    expect(now().toISOString()).toBe('2026-11-26T09:00:00.000Z')
    heardNow(new Headers())
    expect(now().toISOString()).toBe('2026-11-26T09:00:00.000Z')
  })
})
