import 'fake-indexeddb/auto'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import type { LedgerType, Me } from '../api/model'
import { local } from '../offline/store'
import Batch from '../pages/Batch'
import type { Doc, FormLayout, Schema } from '../schema/types'
import { columnsOf } from './columns'
import { idOf, type Kept, kind } from './keep'
import { placed } from './places'
import { Strays } from './Strays'
import { BatchStore } from './store'

const layout = (fields: string[]): FormLayout => ({
  sections: [{ id: 'all', title: { zh: '全部' }, fields }],
})

/** The first version asks for the plan's number and the place, the second for the place by another name. */
const first: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['place'],
  properties: {
    plan: { type: 'string', title: '预案编号' },
    place: { type: 'string', title: '地点' },
  },
}
const second: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['site'],
  properties: { site: { type: 'string', title: '地点' } },
}
const type = (version: number) =>
  ({
    id: 'drill',
    version,
    title: { zh: '应急演练' },
    level: 'L1',
    schema: version === 1 ? first : second,
    form: layout(version === 1 ? ['plan', 'place'] : ['site']),
    evidence: [],
    sources: [],
  }) as unknown as LedgerType

const of = { prison: 'p', area: 'a', ledger: 'drill', period: '2026-11-24' }
const me = { person: 'me', postings: [{ prison: 'p', area: 'a' }] } as unknown as Me

interface Sent {
  path: string
  body?: { version?: number; rows: { key: string; body: Doc }[] }
}

/** A server that has the second version. */
function server() {
  const sent: Sent[] = []
  const answer = (status: number, data: unknown) =>
    new Response(JSON.stringify(data), {
      status,
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'r' },
    })
  vi.stubGlobal('fetch', async (url: string, options: RequestInit) => {
    const { pathname, searchParams } = new URL(url, 'http://x')
    const body = options.body ? JSON.parse(String(options.body)) : undefined
    sent.push({ path: pathname, body })
    const version = Number(searchParams.get('version') ?? 2)
    if (pathname.endsWith('/ledgers/drill')) return answer(200, type(version))
    const passed = body?.version === 1
    if (pathname.endsWith('/batches/move')) {
      const rows = body.rows.map((r: { key: string; body: Doc }) => {
        const { plan, place } = r.body
        const dropped = plan ? [{ title: { zh: '预案编号' }, value: plan }] : []
        return { key: r.key, body: place ? { site: place } : {}, dropped }
      })
      return answer(200, { version: 2, rows })
    }
    if (pathname.endsWith('/batches/check')) {
      if (passed) return answer(409, { code: 'version_passed', title: '已更新', version: 2 })
      return answer(200, { results: [] })
    }
    if (pathname.endsWith('/batches')) {
      const results = body.rows.map((r: { key: string }) =>
        passed
          ? { key: r.key, status: 409, code: 'version_passed', message: '已更新', errors: [] }
          : { key: r.key, status: 201, entry: { id: `e-${r.key}` }, errors: [], warnings: [] },
      )
      return answer(200, { results })
    }
    return answer(404, { code: 'not_found', title: '没有' })
  })
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

async function open(known: number) {
  const row = BatchStore.fresh('k', '张三', { plan: 'YA-1', place: '操场' })
  const empty = { place: '礼堂' }
  const batch: Kept = { ...of, type: type(1), subject: '', key: 'batch-key', empty, rows: [row] }
  await local.put('me', kind, idOf(of), batch)
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.setQueryData(['me'], me)
  client.setQueryData(['type', 'drill', undefined], type(known))
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[`/batch?${new URLSearchParams(of)}`]}>
        <Batch />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

const filing = (sent: Sent[]) => sent.filter((s) => s.path.endsWith('/batches'))

for (const [when, known] of [
  ['opened again', 2],
  ['open all the while', 1],
] as const) {
  it(`carries a batch that is ${when} to the newer version, and says what found no place`, async () => {
    const sent = server()
    await open(known)
    const note = await screen.findByText(/预案编号/, {}, { timeout: 3000 })
    expect(note.textContent).toContain('第 1 行 张三')
    expect(note.textContent).toContain('YA-1')
    act(() => void fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true }))
    await waitFor(() => expect(filing(sent).at(-1)?.body?.version).toBe(2))
    expect(filing(sent).at(-1)?.body?.rows).toMatchObject([{ key: 'k', body: { site: '操场' } }])
    await screen.findByText('全部行已提交')
    const kept = await waitFor(async () => {
      const found = await local.get<Kept>('me', kind, idOf(of))
      expect(found?.type.version).toBe(2)
      return found
    })
    expect(kept?.empty).toEqual({ site: '礼堂' })
  })
}

it('sends what was given away under its own version before it is carried', async () => {
  const sent = server()
  await open(1)
  const submit = await screen.findByRole('button', { name: '提交 1 行' })
  await act(async () => void fireEvent.click(submit))
  await screen.findByText(/YA-1/, {}, { timeout: 3000 })
  expect(filing(sent).map((s) => s.body?.version)).toEqual([1])
})

it('shows an error that stands at no column with its row, and takes it out', async () => {
  const store = new BatchStore(second, 'zh')
  store.load([BatchStore.fresh('k', '张三', { site: '操场', plan: 'YA-1' })])
  const columns = columnsOf(second, layout(['site']), 'zh')
  const { wrong, strays } = placed(store.rows, columns)
  expect(wrong).toEqual([])
  expect(strays.map((s) => [s.index, s.problem.pointer])).toEqual([[0, '/plan']])
  render(<Strays strays={strays} store={store} box={null} />)
  expect(screen.getByRole('alert').textContent).toContain('第 1 行 张三')
  fireEvent.click(screen.getByRole('button', { name: '移除此项' }))
  store.validate()
  expect(store.rows[0]?.doc).toEqual({ site: '操场' })
  expect(placed(store.rows, columns)).toEqual({ wrong: [], strays: [] })
})
