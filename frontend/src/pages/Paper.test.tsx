import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import {
  type Paper as Data,
  decidePaper,
  declarePaper,
  type PaperCell,
  type PaperTally,
} from '../api/stewardship'
import { PaperFact } from '../stewardship/PaperFact'
import Paper from './Paper'

vi.mock('../api/stewardship', async (original) => ({
  ...(await original()),
  declarePaper: vi.fn(),
  decidePaper: vi.fn(),
}))
// Beside other work the first answer may take longer than a second.
const patient = { timeout: 10_000 }

beforeEach(() => {
  vi.mocked(declarePaper).mockReset()
  vi.mocked(decidePaper).mockReset()
})

const act = (
  n: number,
  state: 'paper' | 'dual' | 'ended',
  from_day: string,
  more: object = {},
) => ({
  area: 'a',
  ledger: 'duty-log',
  n,
  state,
  from_day,
  author_name: '张三',
  recorded_at: '2026-03-01T00:00:00Z',
  ...more,
})
const cell = (ledger: string, of: Partial<PaperCell>): PaperCell => ({
  area: 'a',
  ledger,
  state: 'paper',
  n: 0,
  acts: [],
  actions: [],
  ...of,
})
const tally = (of: Partial<PaperTally>): PaperTally => ({
  all: 3,
  paper: 1,
  dual: 1,
  ended: 1,
  electronic: 2,
  waits: 1,
  ...of,
})
const waits = act(2, 'ended', '2026-04-01')
const confirmed = { verdict: 'confirm', by_name: '李四', recorded_at: '2026-03-02T00:00:00Z' }
const ended = act(1, 'ended', '2026-02-01', { verdict: confirmed })
const cells = [
  cell('duty-log', { state: 'dual', since: '2026-03-01', n: 2, waits, acts: [waits] }),
  cell('headcount', { state: 'ended', since: '2026-02-01', n: 1, acts: [ended] }),
  cell('area-meeting', {}),
]
const ledger = (id: string, old: string, more: object = {}) => ({
  ledger: id,
  owner: 'dept_custody',
  old: [{ no: 'PL-01', title: { zh: old } }],
  tally: tally({ all: 1, paper: 0, dual: 0, ended: 1, electronic: 1, waits: 0 }),
  ...more,
})
const data = (of: Partial<Data> = {}): Data => ({
  prison: 'p',
  day: '2026-03-02',
  tally: tally({}),
  areas: [{ area: 'a', tally: tally({}) }],
  ledgers: [
    ledger('duty-log', '值班登记簿'),
    ledger('headcount', '查铺登记簿', { ends_on: '2026-02-01' }),
    ledger('area-meeting', '会议记录本'),
  ],
  cells,
  declares: [],
  feeds: { share: 'XX-01.share', beside: 'XX-01.paper' },
  ...of,
})

function show(of: Data, element = <Paper />, prisons: object[] = []) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const title = (zh: string) => ({ title: { zh } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '一监区' }] }],
    departments: [{ code: 'dept_custody', ...title('狱政管理科') }],
  })
  client.setQueryData(['ledgers'], {
    ledgers: [
      { id: 'duty-log', ...title('值班日志') },
      { id: 'headcount', ...title('点名') },
      { id: 'area-meeting', ...title('监区会议') },
    ],
    ended: [],
  })
  client.setQueryData(['stewardship', '/prisons/p/paper'], of)
  client.setQueryData(['stewardship', 'beside', 'p'], of)
  client.setQueryData(['stewardship', '/paper'], { prisons })
  const router = createMemoryRouter([{ path: '/prisons/:prison/paper', element }], {
    initialEntries: ['/prisons/p/paper'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('gives the exact share, and each figure opens what it counts', () => {
  show(data())
  fireEvent.click(screen.getAllByRole('link', { name: '电子化 2/3' })[0] as HTMLElement)
  const list = screen.getByRole('region', { name: '明细：电子化 2' })
  expect(
    within(list)
      .getAllByRole('rowheader')
      .map((r) => r.textContent),
  ).toEqual(['值班日志', '点名'])
  expect(within(list).getByText(/2026-02-01 起已停用纸质/)).toBeInTheDocument()
  fireEvent.click(screen.getByRole('link', { name: '纸质在用 1' }))
  expect(screen.getByRole('region', { name: '明细：纸质在用 1' }).textContent).toContain('未申报')
})

it('is found by the name of the old book', () => {
  show(data())
  fireEvent.change(screen.getByLabelText('台账名称或旧台账名称'), {
    target: { value: '查铺' },
  })
  const table = screen.getByRole('table', { name: '台账与监区对照' })
  expect(within(table).getByRole('link', { name: '点名' })).toBeInTheDocument()
  expect(within(table).queryByRole('link', { name: '值班日志' })).toBeNull()
})

it('offers nothing that the server does not', () => {
  show(data())
  expect(screen.queryByText('申报纸质台账变更')).toBeNull()
  expect(screen.queryByRole('button', { name: '确认所选' })).toBeNull()
})

it('declares several ledgers on what was seen, but none that waits', async () => {
  show(data({ declares: ['a'] }))
  expect(screen.queryByLabelText(/^值班日志/)).toBeNull()
  // What is so already is not declared: paper ended for one, the other is on paper.
  expect(screen.queryByLabelText(/^点名/)).toBeNull()
  fireEvent.change(screen.getByLabelText('申报为'), { target: { value: 'paper' } })
  expect(screen.queryByLabelText(/^监区会议/)).toBeNull()
  fireEvent.click(screen.getAllByLabelText('全选')[0] as HTMLElement)
  fireEvent.change(screen.getByLabelText('自'), { target: { value: '2026-03-05' } })
  fireEvent.change(screen.getByLabelText(/^理由/), { target: { value: '系统停机' } })
  fireEvent.click(screen.getByRole('button', { name: '提交申报' }))
  await waitFor(() => expect(declarePaper).toHaveBeenCalled(), patient)
  expect(vi.mocked(declarePaper).mock.lastCall?.slice(0, 2)).toEqual([
    'p',
    {
      area: 'a',
      ledgers: [{ ledger: 'headcount', seen: 1 }],
      state: 'paper',
      from_day: '2026-03-05',
      reason: '系统停机',
    },
  ])
})

it('decides what is chosen, and says in the server’s words why not', async () => {
  const open = cells.map((c) => (c.waits ? { ...c, actions: ['confirm', 'refuse'] as const } : c))
  show(data({ cells: open as PaperCell[] }))
  vi.mocked(decidePaper).mockRejectedValueOnce(
    new ProblemError(422, 'bad_paper', '申报有内容需要修改', [
      { pointer: '/comment', code: 'required', message: '退回须写明理由' },
    ]),
  )
  expect(screen.getByRole('button', { name: '退回所选' })).toBeDisabled()
  fireEvent.click(screen.getByLabelText('选择 一监区 值班日志'))
  fireEvent.click(screen.getByRole('button', { name: '退回所选' }))
  expect(await screen.findByText('退回须写明理由', {}, patient)).toBeInTheDocument()
  // A button that is still busy takes no click.
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull(), patient)
  fireEvent.click(screen.getByRole('button', { name: /确认所选/ }))
  await waitFor(() => expect(decidePaper).toHaveBeenCalledTimes(2), patient)
  expect(vi.mocked(decidePaper).mock.lastCall?.slice(0, 2)).toEqual([
    'p',
    {
      declarations: [{ area: 'a', ledger: 'duty-log', n: 2 }],
      verdict: 'confirm',
      comment: '',
    },
  ])
})

it('counts prison by prison for those who see more than one', () => {
  const prisons = ['p', 'q'].map((prison) => ({ prison, areas: 1, tally: tally({}) }))
  show(data(), <Paper />, prisons)
  expect(screen.getByRole('region', { name: '各监狱情况' }).textContent).toContain('2/3')
})

it('stands beside the line of the standard that it feeds, and beside no other', () => {
  show(
    data(),
    <>
      <PaperFact prison="p" area="a" line="XX-01.share" />
      <PaperFact prison="p" area="a" line="XX-01.paper" />
      <PaperFact prison="p" area="a" line="JG-01.late" />
    </>,
  )
  expect(screen.getByText(/电子化 2\/3（双轨 1，已停用纸质 1），纸质在用 1/)).toBeInTheDocument()
  expect(screen.getByText(/纸质与电子并行（双轨）1 种：值班日志/)).toBeInTheDocument()
  const links = screen.getAllByRole('link', { name: '纸质停用登记（2026-03-02）' })
  expect(links.map((l) => l.getAttribute('href'))).toEqual([
    '/prisons/p/paper?area=a&state=electronic',
    '/prisons/p/paper?area=a&state=dual',
  ])
})
