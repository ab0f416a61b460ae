import { currentLang, i18n } from '../i18n'
import { heard } from '../offline/connection'
import { keepAnswer, keptAnswer } from '../offline/kept'
import { heardNow } from './clock'
import { login } from './login'
import { type FieldError, ProblemError } from './problem'

const base = '/api/v1'

export interface Options {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Record<string, string | number | boolean | string[] | undefined>
  /** Sent as JSON; a Blob goes as it is. */
  body?: unknown
  /** The etag of what is being changed. */
  ifMatch?: number | string
  /** Makes a repeated creation or act the same one; see newKey. */
  idempotencyKey?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  /** What the answer is read as; json unless said. */
  as?: 'blob'
}

export interface Answer<T> {
  data: T
  headers: Headers
}

/** A key for one act of the user (see act). Works without a secure context. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
}

/**
 * One act of the user whose answer may get lost: until the server has answered,
 * repeating it sends the same key, so it is done once.
 */
export function act(): <T>(fn: (key: string) => Promise<T>) => Promise<T> {
  let key = ''
  return async (fn) => {
    key ||= newKey()
    try {
      const answer = await fn(key)
      key = ''
      return answer
    } catch (error) {
      if (!(error instanceof ProblemError) || (error.status !== 0 && error.status < 500)) key = ''
      throw error
    }
  }
}

export function url(path: string, query: Options['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== '') search.append(name, String(one))
    }
  }
  const text = search.toString()
  return `${base}${path}${text ? `?${text}` : ''}`
}

/** Signing in and out, and asking who is: what does not wait for a login. */
const session = '/session'

/**
 * Asks the server. Anything but a 2xx is thrown as a ProblemError. Where the login has ended it waits until
 * the same person has signed in again: the server did nothing, so it is asked anew.
 */
export async function call<T>(path: string, options: Options = {}): Promise<Answer<T>> {
  for (;;) {
    if (path !== session) await login.holds(options.signal)
    const { token } = login
    try {
      return await ask<T>(path, options, token)
    } catch (error) {
      if (path === session || !login.isOver(error, token)) throw error
    }
  }
}

async function ask<T>(path: string, options: Options, token: string): Promise<Answer<T>> {
  const { method = 'GET', body, ifMatch, idempotencyKey } = options
  const headers = new Headers({ 'Accept-Language': currentLang(), ...options.headers })
  if (method !== 'GET' && method !== 'HEAD') headers.set('X-CSRF-Token', token)
  if (ifMatch !== undefined) headers.set('If-Match', `"${ifMatch}"`)
  if (idempotencyKey) headers.set('Idempotency-Key', idempotencyKey)
  const raw = body instanceof Blob
  if (body !== undefined && !raw) headers.set('Content-Type', 'application/json')
  const asked = `${path}${url('', options.query).slice(base.length)}`
  let response: Response | undefined
  try {
    response = await fetch(url(path, options.query), {
      method,
      headers,
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
      signal: options.signal,
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
  }
  // A gateway in between that says the server is away is no answer of the server.
  const answered = response && (response.status < 500 || response.headers.has('X-Request-Id'))
  heard(answered === true)
  if (!response || !answered) {
    const kept = method === 'GET' ? await keptAnswer(asked) : undefined
    if (kept !== undefined) return { data: kept as T, headers: new Headers() }
    throw new ProblemError(0, 'unreachable', i18n.t('state.unreachable'))
  }
  heardNow(response.headers)
  if (!response.ok) throw await readProblem(response)
  const empty = response.status === 204 || method === 'HEAD'
  const data = empty
    ? undefined
    : options.as === 'blob'
      ? await response.blob()
      : await response.json()
  if (method === 'GET' && options.as !== 'blob') void keepAnswer(asked, data)
  return { data: data as T, headers: response.headers }
}

async function readProblem(response: Response): Promise<ProblemError> {
  const requestId = response.headers.get('X-Request-Id') ?? undefined
  try {
    const { title, detail, code, errors, ...members } = (await response.json()) as Record<
      string,
      unknown
    >
    const message = String(title ?? detail ?? i18n.t('state.failed'))
    return new ProblemError(
      response.status,
      String(code ?? response.status),
      message,
      (errors as FieldError[] | undefined) ?? [],
      requestId,
      members,
    )
  } catch {
    // A proxy in between answers with a page of its own.
    return new ProblemError(
      response.status,
      String(response.status),
      i18n.t('state.failed'),
      [],
      requestId,
    )
  }
}
