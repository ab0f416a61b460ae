import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { call } from './http'
import { login } from './login'
import { signIn, whoAmI } from './session'

let asked: { path: string; token: string | null }[] = []
let answer: (path: string) => Response

beforeEach(() => {
  asked = []
  login.begin({ person: 'p1', csrf_token: 't1' })
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, token: new Headers(init.headers).get('X-CSRF-Token') })
    return answer(path)
  })
})
afterEach(() => {
  login.leave()
  vi.unstubAllGlobals()
})

const said = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const over = () => said(401, { code: 'session_over' })
const change = (signal?: AbortSignal) =>
  call<{ n: number }>('/x', { method: 'PUT', idempotencyKey: 'k', signal })

it('holds every request back until the same person has signed in, then sends it with the new token', async () => {
  answer = over
  const first = change()
  await vi.waitFor(() => expect(login.ended).toBe(true))
  const second = call<{ n: number }>('/y')
  await Promise.resolve()
  expect(asked.map((a) => a.path)).toEqual(['/api/v1/x'])
  answer = (path) =>
    path.endsWith('/session') ? said(200, { person: 'p1', csrf_token: 't2' }) : said(200, { n: 1 })
  await signIn('0000001', 'secret')
  await expect(first).resolves.toMatchObject({ data: { n: 1 } })
  await expect(second).resolves.toMatchObject({ data: { n: 1 } })
  expect(asked.filter((a) => a.path === '/api/v1/x').map((a) => a.token)).toEqual(['t1', 't2'])
})

it('sends nothing that waited once somebody else is here, or the page is left', async () => {
  answer = over
  const waits = change()
  await vi.waitFor(() => expect(login.ended).toBe(true))
  answer = () => said(200, { person: 'p2', name: '李四', csrf_token: 't2' })
  await expect(whoAmI()).rejects.toMatchObject({
    code: 'another_person',
    members: { name: '李四' },
  })
  expect(login).toMatchObject({ ended: true, person: 'p1', token: 't1' })
  login.leave()
  await expect(waits).rejects.toMatchObject({ status: 401 })
  expect(asked.filter((a) => a.path === '/api/v1/x')).toHaveLength(1)
})

it('takes a refusal of an older token for no end of the newer login', async () => {
  answer = over
  const waits = change()
  login.begin({ person: 'p1', csrf_token: 't2' })
  answer = () => said(200, { n: 1 })
  await expect(waits).resolves.toMatchObject({ data: { n: 1 } })
  expect(login.ended).toBe(false)
})

it('lets go of what is no longer wanted, and of a wrong password', async () => {
  answer = over
  const abort = new AbortController()
  const waits = change(abort.signal)
  await vi.waitFor(() => expect(login.ended).toBe(true))
  abort.abort(new Error('left'))
  await expect(waits).rejects.toThrow('left')
  answer = () => said(401, { code: 'wrong_credentials' })
  await expect(signIn('0000001', 'x')).rejects.toMatchObject({ code: 'wrong_credentials' })
  expect(login.ended).toBe(true)
})

it('tells only of what is new: who sends when it is told asks who is here', async () => {
  answer = () => said(200, { person: 'p1', csrf_token: 't1' })
  const told = vi.fn()
  const stop = login.subscribe(told)
  await whoAmI()
  expect(told).not.toHaveBeenCalled()
  login.end()
  answer = () => said(200, { person: 'p1', csrf_token: 't2' })
  await whoAmI()
  expect(told).toHaveBeenCalledTimes(2)
  stop()
})

it('is not opened again by the token that was refused', async () => {
  answer = (path) =>
    path.endsWith('/session')
      ? said(200, { person: 'p1', csrf_token: 't1' })
      : said(403, { code: 'cross_site' })
  void change().catch(() => {})
  await vi.waitFor(() => expect(login.ended).toBe(true))
  await whoAmI()
  expect(login.ended).toBe(true)
})
