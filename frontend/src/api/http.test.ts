import { afterEach, describe, expect, it, vi } from 'vitest'
import { call, newKey, url } from './http'
import { login } from './login'

afterEach(() => {
  vi.unstubAllGlobals()
  login.leave()
})

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const asked = vi.fn(async (_path: string, _init: RequestInit) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(status === 204 ? null : text, { status, headers })
  })
  vi.stubGlobal('fetch', asked)
  return asked
}

describe('call', () => {
  it('sends what a change needs', async () => {
    const asked = answer(200, { ok: true })
    login.begin({ person: 'p1', csrf_token: 'token' })
    await call('/x', { method: 'PUT', body: { a: 1 }, ifMatch: 3, idempotencyKey: 'k' })
    const [path, init] = asked.mock.calls[0]!
    const headers = new Headers(init.headers)
    expect(path).toBe('/api/v1/x')
    expect(init.body).toBe('{"a":1}')
    expect(Object.fromEntries(headers)).toMatchObject({
      'if-match': '"3"',
      'idempotency-key': 'k',
      'x-csrf-token': 'token',
      'accept-language': 'zh',
    })
  })

  it('throws problem documents with their places', async () => {
    const errors = [{ pointer: '/a', code: 'required', message: '此项必填' }]
    answer(
      422,
      { title: '内容有误', code: 'invalid_document', errors, etag: 4 },
      { 'X-Request-Id': 'r1' },
    )
    await expect(call('/x')).rejects.toMatchObject({
      status: 422,
      code: 'invalid_document',
      message: '内容有误',
      errors,
      requestId: 'r1',
      members: { etag: 4 },
    })
  })

  it('stays readable when the answer is no problem document, or there is none', async () => {
    // A gateway says that the server is away; no page of the server's own lacks the request's id.
    answer(502, '<html>')
    await expect(call('/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' })
    answer(404, '<html>')
    await expect(call('/x')).rejects.toMatchObject({ status: 404, errors: [] })
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('failed')
    })
    await expect(call('/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' })
  })

  it('leaves empty filters out of the address', () => {
    expect(url('/e', { state: ['draft', 'returned'], q: '', day: undefined, n: 0 })).toBe(
      '/api/v1/e?state=draft&state=returned&n=0',
    )
  })

  it('makes keys that differ', () => {
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/)
    expect(newKey()).not.toBe(newKey())
  })
})
