import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import type { BurdenChange, Extent, BurdenHistory as History, Weight } from '../api/model'
import { BurdenHistory } from './BurdenHistory'
import { known, signed } from './measures'

const weight = (ledgers: number, fields: number, keystrokes: number, seconds: number): Weight => ({
  ledgers,
  fields,
  required: 0,
  filled: 0,
  per_week: 0,
  keystrokes,
  seconds,
  unmeasured: 2,
})
const change = (more: Partial<BurdenChange>): BurdenChange => ({
  on: '2026-03-02',
  ledger: 'wide',
  kind: 'version',
  version: 2,
  target: '',
  before: weight(3, 20, 5000, 120_000),
  after: weight(3, 18, 4400, 90_000),
  net: weight(0, -2, -600, -30_000),
  total: weight(0, -2, -600, -30_000),
  proposal: { prison: 'p1', id: 'x1' },
  ...more,
})
const extent: Extent = { inmates: 58, sites: 1, of: 'mean' }
const ordinary: History = {
  extent,
  base: weight(3, 20, 5000, 120_000),
  changes: [
    change({}),
    change({
      on: '2026-03-09',
      ledger: 'old',
      kind: 'merge',
      version: 0,
      target: 'wide',
      before: weight(3, 18, 4400, 90_000),
      after: weight(2, 12, 4400, 90_000),
      net: weight(-1, -6, 0, 0),
      total: weight(-1, -8, -600, -30_000),
      proposal: null,
    }),
  ],
}
const unchanged: History = { extent, base: weight(1, 4, 0, 0), changes: [] }
const kinds = { ordinary, kitchen: unchanged, hospital: unchanged, functional: unchanged }

// jsdom draws nothing; the chart measures its letters.
beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = (() => null) as never
})

function show(answer: () => Promise<Response>, area = '') {
  vi.stubGlobal('fetch', vi.fn(answer))
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  })
  const head = (id: string, zh: string) => ({ id, title: { zh, en: id } })
  client.setQueryData(['ledgers'], {
    ledgers: [head('wide', '宽台账')],
    ended: [head('old', '旧簿')],
  })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <BurdenHistory prison="p1" area={area} />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

const json = (body: unknown, status = 200) =>
  Promise.resolve(
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
    }),
  )

it('lists each change with what was before and after, its net and the running total', async () => {
  show(() => json({ kinds }))
  expect(screen.getByRole('status').textContent).toContain('正在')
  const rows = within(await screen.findByRole('table')).getAllByRole('row')
  const cells = (i: number) =>
    within(rows[i]!)
      .getAllByRole('cell')
      .map((c) => c.textContent)
  expect(cells(2)).toEqual(['起点', '3', '', '', '20', '', '', '5', '', '', '2.0', '', ''])
  expect(cells(3)).toEqual(
    ['2026-03-02', '3 → 3', '0', '0', '20 → 18', '-2', '-2'].concat([
      '5 → 4',
      '-1',
      '-1',
      '2.0 → 1.5',
      '-0.5',
      '-0.5',
    ]),
  )
  expect(cells(4).slice(0, 7)).toEqual(['2026-03-09', '3 → 2', '-1', '-1', '18 → 12', '-6', '-8'])
  expect(within(rows[4]!).getByRole('rowheader').textContent).toBe('并 旧簿 → 宽台账')
  expect(screen.getByText(/另有 2 种/).textContent).toContain('平均在押 58 人')
})

it('shows what the consolidation took away in all: 56 of 113', async () => {
  const last = change({
    ledger: 'old',
    kind: 'delete',
    before: weight(58, 0, 0, 0),
    after: weight(57, 0, 0, 0),
    net: weight(-1, 0, 0, 0),
    total: weight(-56, 0, 0, 0),
  })
  show(
    () => json({ kinds: { area: { extent, base: weight(113, 0, 0, 0), changes: [last] } } }),
    'a1',
  )
  const rows = within(await screen.findByRole('table')).getAllByRole('row')
  const ledgers = (i: number) =>
    within(rows[i]!)
      .getAllByRole('cell')
      .slice(1, 4)
      .map((c) => c.textContent)
  expect(ledgers(2)).toEqual(['113', '', ''])
  expect(ledgers(3)).toEqual(['58 → 57', '-1', '-56'])
})

it('leads to the proposal, else to the ledger, and from the beginning to the paper ledgers', async () => {
  show(() => json({ kinds }))
  await screen.findByRole('table')
  const to = (name: string) => screen.getByRole('link', { name }).getAttribute('href')
  expect(to('宽台账')).toBe('/prisons/p1/proposals/x1')
  expect(to('旧簿')).toBe('/ledgers/old')
  expect(to('台账合并清理')).toBe('/consolidation')
})

it('says of a kind of area that nothing changed', async () => {
  show(() => json({ kinds }))
  await screen.findByRole('table')
  await userEvent.selectOptions(screen.getByLabelText('监区类别'), 'kitchen')
  expect(screen.getByText('还没有变更')).toBeTruthy()
  expect(screen.queryByRole('table')).toBeNull()
})

it('asks for the chosen area, which is of one kind', async () => {
  show(() => json({ kinds: { area: ordinary } }), 'a1')
  await screen.findByRole('table')
  expect(vi.mocked(fetch).mock.calls[0]![0]).toBe('/api/v1/prisons/p1/burden/history?area=a1')
  expect(screen.queryByLabelText('监区类别')).toBeNull()
})

it('says what went wrong', async () => {
  show(() => json({ code: 'forbidden', title: '无权查看', status: 403 }, 403))
  expect((await screen.findByRole('alert')).textContent).toContain('无权查看')
})

it('does not call 0 what nobody measured', async () => {
  const one = { ...change({}), before: weight(3, 20, 0, 0), after: weight(3, 18, 0, 0) }
  show(() => json({ kinds: { area: { extent, base: weight(3, 20, 0, 0), changes: [one] } } }), 'a1')
  const row = within(await screen.findByRole('table')).getAllByRole('row')[3]!
  const cells = within(row).getAllByRole('cell')
  expect(cells.slice(7).map((c) => c.textContent)).toEqual(['·', '', '', '·', '', ''])
  const noneLeft = { ...weight(0, 0, 0, 0), unmeasured: 0 }
  expect(known('minutes', noneLeft)).toBe(true)
})

it('writes changes with their sign, and what rounds to nothing as 0', () => {
  expect([1.26, -3, 0.04, -0.04].map((n) => signed(n))).toEqual(['+1.3', '-3.0', '0', '0'])
  expect([0.6, -0.4].map((n) => signed(n, 0))).toEqual(['+1', '0'])
})
