import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { login } from '../api/login'
import type { Me } from '../api/model'
import { Sync } from './sync'
import { newId } from './work'

const me = { person: 'p1', csrf_token: 't1', postings: [] } as unknown as Me

/** Locks as browsers have them: one holder at a time, the rest in line. */
function locks() {
  const held = new Map<string, Promise<unknown>>()
  return {
    request: (name: string, act: () => Promise<unknown>) => {
      const mine = (held.get(name) ?? Promise.resolve()).then(act)
      held.set(
        name,
        mine.catch(() => {}),
      )
      return mine
    },
  }
}

beforeEach(() => {
  Object.defineProperty(navigator, 'locks', { configurable: true, value: locks() })
  login.begin(me)
})
afterEach(() => {
  login.leave()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'locks')
})

it('lets the other windows send where the login ends under this one', async () => {
  vi.stubGlobal('fetch', async (path: string) =>
    path.endsWith('/session')
      ? new Response(JSON.stringify(me))
      : new Response(JSON.stringify({ code: 'session_over' }), { status: 401 }),
  )
  const sync = new Sync(me, () => {})
  const work = await queued(sync)
  await expect(sync.send()).resolves.toBe('signed-out')
  const another = vi.fn(async () => {})
  await navigator.locks.request('taizhang-send', another)
  expect(another).toHaveBeenCalled()
  expect((await sync.works.get(work.id))?.state).toBe('waiting')
})

it('lets the other windows send where the login ends while this one waits for its turn', async () => {
  let over = () => {}
  const other = navigator.locks.request(
    'taizhang-send',
    () => new Promise<void>((resolve) => (over = resolve)),
  )
  const asked: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return new Response(JSON.stringify(me))
  })
  const sync = new Sync(me, () => {})
  const work = await queued(sync)
  const request = vi.spyOn(navigator.locks, 'request')
  const sent = sync.send()
  await vi.waitFor(() => expect(request.mock.lastCall?.[0]).toBe('taizhang-send'))
  login.end()
  over()
  await other
  await expect(sent).resolves.toBe('signed-out')
  expect(asked.filter((path) => !path.endsWith('/session'))).toEqual([])
  expect((await sync.works.get(work.id))?.state).toBe('waiting')
})

async function queued(sync: Sync) {
  const start = { id: newId(), prison: 'p', area: 'a', ledger: 'l', version: 1 }
  const work = await sync.works.begin({ ...start, begun: true, etag: 0, doc: {} })
  return sync.works.queue(work.id, {}, 'draft', '')
}
