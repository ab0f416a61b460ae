import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { vi } from 'vitest'
import type { EntryState, EntryView, LedgerType } from '../api/model'
import { Shell } from '../app/Shell'
import EntryEdit from '../pages/EntryEdit'
import EntryPage from '../pages/EntryPage'
import type { Doc, Schema } from '../schema/types'

export const P = '00000000-0000-7000-8000-000000000001'
const A = '00000000-0000-7000-8000-000000000002'
export const E = '00000000-0000-7000-8000-000000000003'

export const officer = { person: 'p1', name: '张三', number: '0000001' }
const posting = { role: 'officer', prison: P, area: A, title: { zh: '民警' }, department: '' }

function typeOf(version: number, properties: Record<string, Schema>): LedgerType {
  const sections = [{ id: 'all', title: { zh: '全部' }, fields: Object.keys(properties) }]
  return {
    id: 'talk',
    version,
    title: { zh: '谈话记录' },
    schema: { type: 'object', properties },
    form: { sections },
    sources: [],
    evidence: [],
    columns: [],
    rules: [],
    sensitivity: 'L1',
    offline: true,
    filler: { roles: ['officer'], unit: 'area' },
  } as unknown as LedgerType
}

const words = (title: string): Schema => ({ type: 'string', title })

/** The second version has another name for the first field and none for the second. */
export const types: Record<number, LedgerType> = {
  1: typeOf(1, { said: words('谈话内容'), heard: words('旁听人'), place: words('地点') }),
  2: typeOf(2, { told: words('谈话要点'), place: words('地点') }),
}

/** A server of one entry, at the network: what it was asked, and how it stands now. */
export class Server {
  state: EntryState = 'draft'
  etag = 1
  version = 1
  revision = 0
  body: Doc | undefined = { place: '谈话室' }
  document: Doc = {}
  actions: string[] = ['edit', 'submit', 'discard']
  branches: unknown[] = []
  /** Of the login that holds; '' for none. */
  token = 't1'
  who = officer
  signIns = 0
  asked: { method: string; path: string; token: string; body: unknown }[] = []
  /** Answers before anything else does. */
  first: (method: string, path: string, body: unknown) => Answered | undefined = () => undefined

  constructor() {
    vi.stubGlobal('fetch', this.fetch)
  }

  of(method: string, path: string) {
    return this.asked.filter((a) => a.method === method && a.path.includes(path))
  }

  fetch = async (url: string, init: RequestInit = {}) => {
    const { method = 'GET' } = init
    const path = url.replace('/api/v1', '')
    const token = new Headers(init.headers).get('X-CSRF-Token') ?? ''
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    this.asked.push({ method, path, token, body })
    const match = Number((new Headers(init.headers).get('If-Match') ?? '').replaceAll('"', ''))
    const { status, data } =
      this.first(method, path, body) ?? this.#answer(method, path, token, match, body)
    const headers = { 'X-Request-Id': 'r' }
    return new Response(JSON.stringify(data), { status, headers })
  }

  #answer(method: string, path: string, token: string, match: number, body: unknown): Answered {
    const me = { ...this.who, csrf_token: this.token, postings: [posting], grants: [] }
    if (path === '/session' && method === 'POST') {
      if ((body as { password: string }).password !== 'right')
        return refused(401, 'wrong_credentials', '警号或密码不正确')
      this.signIns++
      this.token = `t${this.signIns + 1}`
      return ok({ ...me, csrf_token: this.token })
    }
    if (this.token === '') return refused(401, 'session_over', '登录已失效，请重新登录')
    if (path === '/session') return ok(me)
    if (method !== 'GET' && token !== this.token) return refused(403, 'cross_site', '')
    if (path.startsWith(`/prisons/${P}/entries/${E}`)) return this.#entry(method, path, match, body)
    return ok(rest.find(([part]) => path.includes(part))?.[1] ?? {})
  }

  #entry(method: string, path: string, match: number, body: unknown): Answered {
    const act = path.replace(`/prisons/${P}/entries/${E}`, '').split('?')[0]
    if (act === '/check') return ok({ document: {}, errors: [], warnings: [] })
    if (method === 'GET') return ok(this.view())
    if (act === '/draft' || act === '/discard') {
      if (this.state !== 'draft') return refused(409, 'state_forbids', '状态不允许')
      if (match !== this.etag) {
        const members = { etag: this.etag, current: this.body }
        return refused(412, 'changed_meanwhile', '内容已被更改', members)
      }
    }
    this.etag++
    if (act === '/draft') this.body = body as Doc
    if (act === '/discard') this.end('discarded')
    return ok({ entry: this.view().entry, warnings: [], retaken: false })
  }

  /** In another window. */
  end(state: EntryState, document = this.body ?? {}) {
    Object.assign(this, { state, document, body: undefined, actions: [] })
    if (state !== 'discarded') this.revision++
    this.etag++
  }

  view(): EntryView {
    const { state, etag, version, revision } = this
    const entry = { id: E, prison: P, area: A, ledger: 'talk', version, state, etag, revision }
    const more = { in_force: 0, level: 'L1', author: officer.person, author_name: officer.name }
    const revisions = revision
      ? [{ revision, document: this.document, warnings: [], hints: [], chain: [], pins: [] }]
      : []
    return {
      entry: { ...entry, ...more, summary: [], step: 0, warnings: 0, hints: 0 },
      draft: this.body && { body: this.body, remarks: [], pins: [] },
      area: { id: A, name_zh: '一监区' },
      revisions,
      branches: this.branches,
      actions: this.actions,
      names: {},
      ...Object.fromEntries(lists.map((name) => [name, []])),
    } as unknown as EntryView
  }
}

const lists = ['decisions', 'signers', 'voids', 'events', 'attached', 'evidence', 'opened']

const rest: [string, unknown][] = [
  ['/organisation', { prisons: [], departments: [] }],
  ['version=2', types[2]],
  ['/ledgers/talk', types[1]],
  ['/ledgers', { ledgers: [], ended: [] }],
  ['/progress', { demonstration: false, finished: true }],
  ['/notices', { notices: [], unread: 0 }],
  ['/beginnings', { last: null, templates: [] }],
  ['/anchor', { token: 'a', at: '2026-11-24T08:00:00Z' }],
  ['/duties', { duties: [], more: false }],
  ['/lookups', { kinds: {} }],
  ['/inbox', { entries: [], next: null }],
  ['/entries', { entries: [], next: null }],
]

interface Answered {
  status: number
  data: unknown
}

export const ok = (data: unknown): Answered => ({ status: 200, data })

export function refused(status: number, code: string, title: string, members = {}): Answered {
  return { status, data: { code, title, ...members } }
}

/** The page as it is, at the form of the entry. */
export async function openForm() {
  const { queries, router } = openAt(`/prisons/${P}/entries/${E}/edit`)
  await screen.findByLabelText('地点')
  return { queries, router, field: (label: string) => screen.getByLabelText(label) }
}

export function openAt(path: string) {
  const queries = new QueryClient({
    defaultOptions: { queries: { networkMode: 'always', retry: false } },
  })
  const children = [
    { index: true, element: <h1>我的工作台</h1> },
    { path: 'prisons/:prison/entries/:id/edit', element: <EntryEdit /> },
    { path: 'prisons/:prison/entries/:id', element: <EntryPage /> },
    { path: 'offline', element: <h1>离线草稿</h1> },
  ]
  const routes = [
    { path: '/sign-in', element: <h1>登录台账系统</h1> },
    { path: '/', element: <Shell />, children },
  ]
  const router = createMemoryRouter(routes, { initialEntries: [path] })
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return { queries, router }
}

export function type(label: string, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
}

export const pressed = (name: string | RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }))
