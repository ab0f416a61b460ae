import 'fake-indexeddb/auto'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  cleanup,
  configure,
  fireEvent,
  render,
  screen,
  waitFor,
  within,
} from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import type { OnRoute, WholeCheck } from '../api/checks'
import { login } from '../api/login'
import type { Me } from '../api/model'
import { heard } from '../offline/connection'
import { OfflineWork } from '../offline/context'
import { Looks } from '../offline/looks'
import { local } from '../offline/store'
import CheckRoute from './CheckRoute'

// A busy machine opens its IndexedDB in more than the usual second.
configure({ asyncUtilTimeout: 6000 })

// There is nothing to scroll in a test.
Element.prototype.scrollIntoView = () => undefined

afterEach(async () => {
  away = false
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  login.leave()
  localStorage.clear()
  await local.clear('p1')
})

const me = { person: 'p1', csrf_token: 't1', postings: [] } as unknown as Me

const line = (id: string, more: Partial<OnRoute> = {}): OnRoute => ({
  line: id,
  method: 'onsite',
  looks: [],
  findings: [],
  domain: 'YJ',
  indicator: 'YJ-02',
  remote: false,
  ...more,
})
const lines = [
  line('YJ-02.missing', {
    state: 'met',
    looks: [
      {
        line: 'YJ-02.missing',
        n: 2,
        result: 'met',
        place: '二楼',
        looked_at: '2026-11-27T01:00:00Z',
        photos: ['aa'],
        by: '李四',
        recorded_at: '2026-11-27T01:05:00Z',
      },
    ],
  }),
  line('YJ-02.layout'),
  line('YJ-02.asked', { method: 'quiz' }),
]
const title = (id: string) => ({ id, title: { zh: `条款 ${id}` }, form: 'each', method: 'onsite' })
const sheet = {
  domains: [
    {
      id: 'YJ',
      title: { zh: '硬件设施' },
      indicators: [
        { code: 'YJ-02', title: { zh: '功能用房' }, lines: lines.map((l) => title(l.line)) },
      ],
    },
  ],
}
const check = {
  id: 'c',
  kind: 'joint',
  standard: 's',
  version: 1,
  members: [],
  acts: [],
  findings: [],
  events: [],
  coverage: [],
  actions: ['finding'],
  area: 'a1',
} as unknown as WholeCheck

/** Whether the server is away. */
let away = false

/** A server that does what answer says. */
function show(
  at = '',
  answer: () => Response | Promise<Response> = () => new Response('{}'),
  list = lines,
) {
  const sent: { path: string; body: unknown; key: string | null }[] = []
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const organisation = {
    departments: [],
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a1', name_zh: '三监区' }] }],
  }
  const route = { lines: list, may_look: true }
  const at1 = '/api/v1/prisons/p/checks/c'
  const known: Record<string, unknown> = {
    '/api/v1/organisation': organisation,
    [at1]: check,
    [`${at1}/sheet`]: { sheet },
    [`${at1}/looks`]: route,
  }
  client.setQueryData(['organisation'], organisation)
  client.setQueryData(['check', 'p', 'c'], check)
  client.setQueryData(['check sheet', 'p', 'c'], sheet)
  client.setQueryData(['route', 'p', 'c'], route)
  client.setQueryData(['standards', 's', 1], { guide: { lines: [] } })
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (away) throw new TypeError('no network')
    if (path.endsWith('/photos') && init.method === 'PATCH')
      return new Response(JSON.stringify({ sha256: 'bb' }))
    if (path === '/livez') return new Response('ok\n')
    if (path.endsWith('/session')) return new Response(JSON.stringify(me))
    if (path.endsWith('/anchor')) return new Response('{}', { status: 404 })
    if (init.method === 'POST') {
      const key = new Headers(init.headers).get('Idempotency-Key')
      sent.push({ path, body: JSON.parse(String(init.body)), key })
      return answer()
    }
    return path in known
      ? new Response(JSON.stringify(known[path]))
      : new Response('{}', { status: 404 })
  })
  const router = createMemoryRouter(
    [{ path: '/prisons/:prison/checks/:check/route', element: <CheckRoute /> }],
    { initialEntries: [`/prisons/p/checks/c/route${at}`] },
  )
  login.begin(me)
  render(
    <QueryClientProvider client={client}>
      <OfflineWork me={me}>
        <RouterProvider router={router} />
      </OfflineWork>
    </QueryClientProvider>,
  )
  return sent
}

const refusing = () => {
  const problem = { title: '已有变化', code: 'changed_meanwhile', status: 412 }
  return new Response(JSON.stringify(problem), { status: 412 })
}

it('goes in the order of the standard, says how far it has come, and filters', () => {
  show()
  expect(screen.getByRole('status').textContent).toContain('1/3')
  expect(screen.getByRole('heading', { name: '硬件设施 1/3' })).toBeTruthy()
  fireEvent.change(screen.getByLabelText('检查方式'), { target: { value: 'onsite' } })
  expect(screen.getByRole('status').textContent).toContain('1/2')
  fireEvent.click(screen.getByLabelText('只看未查看（1）'))
  expect(screen.getAllByRole('article').map((a) => a.id)).toEqual(['YJ-02.layout'])
  fireEvent.click(screen.getByRole('button', { name: '下一项未查看' }))
  expect(screen.getByLabelText('地点')).toBeTruthy()
})

it('opens the line that the address names, with who said what and its photograph', () => {
  show('#YJ-02.missing')
  const one = within(screen.getByRole('article', { name: '条款 YJ-02.missing' }))
  expect(one.getByText(/李四/)).toBeTruthy()
  expect(one.getByRole('img', { name: '照片 1' })).toBeTruthy()
  expect(one.getByRole('link', { name: '全部佐证' }).getAttribute('href')).toBe(
    '/prisons/p/areas/a1/proof?item=YJ-02',
  )
})

it('says what was seen, with a photograph; another kind of file is refused in words', async () => {
  const sent = show('#YJ-02.layout')
  const one = within(screen.getByRole('article', { name: '条款 YJ-02.layout' }))
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }),
  )
  fireEvent.change(one.getByTestId('photos'), {
    target: { files: [new File(['x'], '说明.pdf', { type: 'application/pdf' })] },
  })
  expect(one.getByRole('alert').textContent).toContain('说明.pdf')
  fireEvent.change(one.getByTestId('camera'), {
    target: { files: [new File(['x'], 'a.jpg', { type: 'image/jpeg' })] },
  })
  expect(one.getByTestId('camera').getAttribute('capture')).toBe('environment')
  fireEvent.change(one.getByLabelText('地点'), { target: { value: '三楼' } })
  fireEvent.change(one.getByLabelText(/^说明/), { target: { value: '门锁着' } })
  fireEvent.click(one.getByRole('button', { name: /^未查到/ }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toMatchObject({
    line: 'YJ-02.layout',
    result: 'not_seen',
    note: '门锁着',
    place: '三楼',
    seen: 0,
    photos: ['bb'],
  })
})

it('keeps what the server did not hear on this device, and sends it once under the same key', async () => {
  const sent = show()
  away = true
  fireEvent.click(screen.getByRole('button', { name: '相符 条款 YJ-02.missing' }))
  await screen.findByText(/1 项未送达，已保存在本机/)
  expect(await local.list('p1', 'look')).toHaveLength(1)
  away = false
  fireEvent.click(screen.getByRole('button', { name: /重\s*试/ }))
  await waitFor(() => expect(screen.queryByText(/未送达/)).toBeNull())
  expect(sent).toHaveLength(1)
  expect(sent[0]?.body).toMatchObject({ result: 'met', seen: 2 })
  expect(await local.list('p1', 'look')).toHaveLength(0)
})

it('says what the server refuses, and leaves what was typed', async () => {
  show('#YJ-02.layout', refusing)
  fireEvent.change(screen.getByLabelText(/^说明/), { target: { value: '门锁着' } })
  fireEvent.click(screen.getByRole('button', { name: /^不适用/ }))
  expect(await screen.findByText('已有变化')).toBeTruthy()
  expect((screen.getByLabelText(/^说明/) as HTMLTextAreaElement).value).toBe('门锁着')
  await waitFor(async () => expect(await local.list('p1', 'look')).toHaveLength(0))
})

/** Says not seen of a line while nobody answers, with a note. */
async function awaySays(line: string, note: string) {
  const one = within(screen.getByRole('article', { name: `条款 ${line}` }))
  if (!one.queryByLabelText(/^说明/)) fireEvent.click(one.getByRole('button', { name: /^详情/ }))
  fireEvent.change(one.getByLabelText(/^说明/), { target: { value: note } })
  fireEvent.click(one.getByRole('button', { name: /^未查到/ }))
  await waitFor(() => expect((one.getByLabelText(/^说明/) as HTMLTextAreaElement).value).toBe(''))
}

it('gives back what is refused after it was kept, and drops nothing by itself', async () => {
  const sent = show('', refusing)
  away = true
  await awaySays('YJ-02.layout', '门锁着')
  await screen.findByText(/1 项未送达/)
  away = false
  fireEvent.click(screen.getByRole('button', { name: /重\s*试/ }))
  const one = within(screen.getByRole('article', { name: '条款 YJ-02.layout' }))
  expect((await one.findByRole('alert')).textContent).toContain('已有变化')
  expect(one.getByRole('alert').textContent).toContain('门锁着')
  expect(await local.list('p1', 'look')).toHaveLength(1)
  // What was typed since stays beside it.
  fireEvent.change(one.getByLabelText(/^说明/), { target: { value: '钥匙已借出' } })
  fireEvent.click(one.getByRole('button', { name: '取回重填' }))
  expect((one.getByLabelText(/^说明/) as HTMLTextAreaElement).value).toBe('门锁着\n钥匙已借出')
  await waitFor(() => expect(one.queryByRole('alert')).toBeNull())
  expect(sent).toHaveLength(1)
})

it('keeps the second word of a line beside the first, and sends both in their order', async () => {
  const sent = show()
  away = true
  await awaySays('YJ-02.layout', '门锁着')
  await awaySays('YJ-02.layout', '仍锁着')
  await screen.findByText(/2 项未送达/)
  expect(await local.list('p1', 'look')).toHaveLength(2)
  away = false
  fireEvent.click(screen.getByRole('button', { name: /重\s*试/ }))
  await waitFor(() => expect(sent).toHaveLength(2))
  expect(sent.map((x) => x.body)).toMatchObject([
    { note: '门锁着', seen: 0 },
    { note: '仍锁着', seen: 1 },
  ])
  await waitFor(async () => expect(await local.list('p1', 'look')).toHaveLength(0))
})

it('sends by itself what an earlier visit left', async () => {
  const before = new Looks('p1')
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('no network')
  })
  await before.say({
    prison: 'p',
    check: 'c',
    line: 'YJ-02.layout',
    result: 'not_seen',
    note: '门锁着',
    place: '',
    looked_at: '2026-11-27T01:00:00Z',
    photos: [],
    seen: 0,
  })
  heard(true)
  const sent = show()
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toMatchObject({ line: 'YJ-02.layout', note: '门锁着' })
  await waitFor(async () => expect(await local.list('p1', 'look')).toHaveLength(0))
})

it('says so where this device can keep nothing', async () => {
  vi.spyOn(local, 'put').mockRejectedValue(new DOMException('full', 'QuotaExceededError'))
  show()
  away = true
  fireEvent.click(screen.getByRole('button', { name: '相符 条款 YJ-02.missing' }))
  expect(await screen.findByText(/未能保存在本机/)).toBeTruthy()
})

it('keeps a finding that was begun, through another line and through a reload', async () => {
  show('#YJ-02.layout')
  const one = () => within(screen.getByRole('article', { name: '条款 YJ-02.layout' }))
  fireEvent.click(one().getByRole('button', { name: /^记问题/ }))
  const conclusion = () => one().getByLabelText(/^结论/) as HTMLTextAreaElement
  fireEvent.input(conclusion(), { target: { value: '不符合' } })
  const other = within(screen.getByRole('article', { name: '条款 YJ-02.asked' }))
  fireEvent.click(other.getByRole('button', { name: /^详情/ }))
  fireEvent.click(one().getByRole('button', { name: /^记问题/ }))
  expect(conclusion().value).toBe('不符合')
  await waitFor(async () => expect(await local.list('p1', 'typed')).toHaveLength(1))
  cleanup()
  show('#YJ-02.layout')
  fireEvent.click(one().getByRole('button', { name: /^记问题/ }))
  await waitFor(() => expect(conclusion().value).toBe('不符合'))
})

it('opens where the address names no line', () => {
  show('#%E0%A4%A')
  expect(screen.getAllByRole('article')).toHaveLength(3)
})

const weakness = (rank: number, cost: string, open: number, met: boolean) => ({
  weak: { rank, cost, open, met },
})
const weakLines = [
  line('YJ-02.missing', weakness(3, '6.5', 0, true)),
  line('YJ-02.layout', weakness(2, '0', 0, false)),
  line('YJ-02.asked', { method: 'reading', remote: true, ...weakness(1, '6.5', 1, false) }),
]
const order = () => screen.getAllByRole('article').map((a) => a.getAttribute('aria-label'))

it('puts the weak first, says why in numbers, and remembers it', () => {
  show('', undefined, weakLines)
  const inOrder = ['条款 YJ-02.missing', '条款 YJ-02.layout', '条款 YJ-02.asked']
  expect(order()).toEqual(inOrder)
  expect(screen.queryByText(/考核前已扣/)).toBeNull()
  const choose = (value: string) =>
    fireEvent.change(screen.getByLabelText('排列'), { target: { value } })
  choose('weak')
  expect(order()).toEqual([...inOrder].reverse())
  expect(screen.getByText('指标考核前已扣 6.5 分 · 组织考核时遗留 1 项')).toBeTruthy()
  expect(screen.getByText('指标考核前已扣 6.5 分 · 上次考核相符')).toBeTruthy()
  expect(screen.getByText('考核前台账未扣分，以往无遗留')).toBeTruthy()
  cleanup()
  show('', undefined, weakLines)
  expect(order()).toEqual([...inOrder].reverse())
  choose('')
  expect(order()).toEqual(inOrder)
})

it('keeps what can be read before the visit apart from what wants seeing', () => {
  show('', undefined, weakLines)
  const choose = (value: string) =>
    fireEvent.change(screen.getByLabelText('查看地点'), { target: { value } })
  choose('remote')
  expect(order()).toEqual(['条款 YJ-02.asked'])
  choose('onsite')
  expect(order()).toEqual(['条款 YJ-02.missing', '条款 YJ-02.layout'])
})

it('offers no order where the server says none', () => {
  localStorage.setItem('taizhang.route-order', 'weak')
  show()
  expect(screen.queryByLabelText('排列')).toBeNull()
  expect(order()).toHaveLength(3)
})
