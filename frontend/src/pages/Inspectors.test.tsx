import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import {
  callOffAway,
  type InspectorAssignment,
  type InspectorHistory,
  type InspectorPool,
  setAway,
  setSkills,
} from '../api/pool'
import { ProblemError } from '../api/problem'
import '../pool/TurnsChart' // there before it is lazily asked for
import InspectorPage from './InspectorPage'
import Inspectors from './Inspectors'

vi.mock('../api/pool', async (original) => ({
  ...(await original()),
  setSkills: vi.fn(),
  setAway: vi.fn(),
  callOffAway: vi.fn(),
}))
vi.mock('../ui/Chart', () => ({
  Chart: ({ option, label }: { option: unknown; label: string }) => (
    <div role="img" aria-label={label}>
      {JSON.stringify(option)}
    </div>
  ),
}))

const at = '2026-03-01T00:00:00Z'
const span = {
  n: 1,
  from_day: '2026-03-10',
  to_day: '2026-03-12',
  reason: '学习',
  by_name: '王五',
  recorded_at: at,
}
const task: InspectorAssignment = {
  check: 'c1',
  prison: 'q',
  area: 'a',
  kind: 'baseline',
  from_day: '2026-03-12',
  to_day: '2026-03-14',
  state: 'open',
  leader: true,
  skills: ['JG'],
}
const person = (id: string, name: string, more: object = {}) => ({
  person: id,
  number: `000000${id}`,
  name,
  skills: [],
  skills_seen: 0,
  away: [],
  away_seen: 0,
  served: 0,
  tasks: [],
  ...more,
})
const pool: InspectorPool = {
  day: '2026-03-02',
  people: [
    person('1', '张三', {
      prison: 'p',
      skills: ['JG'],
      skills_seen: 1,
      away: [span],
      away_seen: 1,
      served: 2,
      last: '2026-03-12',
      tasks: [task],
    }),
    person('2', '李四'),
  ],
  turns: [
    { prison: 'p', people: 1, served: 2 },
    { prison: 'q', people: 0, served: 0 },
    { people: 1, served: 0 },
  ],
  total: 2,
  prisons: 2,
  domains: [
    { code: 'JG', title: { zh: '监管改造', en: 'Custodial reform' } },
    { code: 'YJ', title: { zh: '硬件设施', en: 'Hardware' } },
  ],
}
const { area: _, ...whole } = task
const history: InspectorHistory = {
  ...pool.people[0]!,
  assignments: [
    task,
    { ...whole, check: 'c0', kind: 'joint', state: 'cancelled', leader: false, skills: [] },
  ],
  words: [{ n: 1, domains: ['JG'], by_name: '王五', recorded_at: at }],
  aways: [{ ...span, n: 2, called_off: '改期' }, span],
  domains: pool.domains,
  calibration: { lines: 4, agreed: 3, mean: '0.5' },
}

function show(path: string, data: InspectorPool = pool) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [
      { id: 'p', name: { zh: '甲监狱' }, areas: [] },
      { id: 'q', name: { zh: '乙监狱' }, areas: [{ id: 'a', name_zh: '一监区' }] },
    ],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['inspectors'], data)
  client.setQueryData(['inspectors', '1'], history)
  const router = createMemoryRouter(
    [
      { path: '/inspectors', element: <Inspectors /> },
      { path: '/inspectors/:person', element: <InspectorPage /> },
    ],
    { initialEntries: [path] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}
const people = () =>
  within(screen.getByRole('region', { name: '人员' }))
    .getAllByRole('row')
    .slice(1)
    .map((r) => within(r).getByRole('link').textContent)

beforeEach(() => vi.clearAllMocks())

it('tells whose turn it is, against the mean over the prisons alone', async () => {
  show('/inspectors')
  const turns = within(screen.getByRole('region', { name: '各监狱轮流情况' }))
  const chart = await turns.findByRole('img', { name: /抽调人次与平均值/ })
  expect(chart).toHaveTextContent('"data":[2,0,0]')
  expect(chart).toHaveTextContent('"data":[{"yAxis":1}]')
  expect(turns.getByText('平均 1.0')).toBeInTheDocument()
  expect(turns.getAllByRole('row').map((r) => r.textContent)).toContain('乙监狱00')
})

it('says who is skilled in what, when they are away, and where that meets a check', () => {
  show('/inspectors')
  const row = within(screen.getByRole('row', { name: /张三/ }))
  expect(row.getByText('监管改造')).toBeInTheDocument()
  expect(row.getByText(/2026-03-10 至 2026-03-12/)).toBeInTheDocument()
  expect(row.getByText('与不在岗时段重叠')).toBeInTheDocument()
  expect(within(screen.getByRole('row', { name: /李四/ })).getByText('未登记')).toBeInTheDocument()
})

it('is narrowed to a prison, a domain, and a day on which somebody is free', async () => {
  show('/inspectors')
  expect(people()).toEqual(['张三', '李四'])
  fireEvent.change(screen.getByLabelText('监狱'), { target: { value: 'bureau' } })
  await waitFor(() => expect(people()).toEqual(['李四']))
  fireEvent.change(screen.getByLabelText('监狱'), { target: { value: '' } })
  fireEvent.change(screen.getByLabelText('擅长领域'), { target: { value: 'JG' } })
  await waitFor(() => expect(people()).toEqual(['张三']))
  for (const [day, n] of [
    ['2026-03-11', 0],
    ['2026-03-14', 0],
    ['2026-03-15', 1],
  ] as const) {
    fireEvent.change(screen.getByLabelText('这一天可抽调'), { target: { value: day } })
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(`${n} 人`))
  }
})

it('says so where nobody is there', () => {
  show('/inspectors', { ...pool, people: [], turns: [{ prison: 'p', people: 0, served: 0 }] })
  expect(screen.getByText('抽调人员库中还没有本单位人员')).toBeInTheDocument()
  expect(screen.queryByRole('img')).toBeNull()
  expect(screen.queryByLabelText('监狱')).toBeNull()
})

it('has the whole history of one, and what is called off', () => {
  show('/inspectors/1')
  const checks = within(screen.getByRole('region', { name: '考核经历' }))
  expect(
    checks
      .getAllByRole('row')
      .slice(1)
      .map((r) => r.textContent),
  ).toEqual([
    '2026-03-12 – 2026-03-14乙监狱 一监区摸底检查组长监管改造进行中 与不在岗时段重叠',
    '2026-03-12 – 2026-03-14乙监狱 监狱整体片区联检组员—已取消 ',
  ])
  const aways = within(screen.getByRole('region', { name: '不在岗的登记' }))
  expect(aways.getByText('已撤销：改期')).toBeInTheDocument()
  expect(aways.getAllByRole('button')).toHaveLength(1)
  expect(screen.getByText(/一致 3\/4 条 · 平均相差 0.5 分/)).toBeTruthy()
})

it('says skills, a time away and that it is called off, each on what was seen', async () => {
  show('/inspectors/1')
  fireEvent.click(screen.getByRole('button', { name: '登记擅长领域 张三' }))
  expect(screen.getByLabelText('监管改造')).toBeChecked()
  fireEvent.click(screen.getByLabelText('硬件设施'))
  fireEvent.click(screen.getByRole('button', { name: '登记擅长领域' }))
  await waitFor(() => expect(setSkills).toHaveBeenCalled())
  expect(vi.mocked(setSkills).mock.lastCall?.slice(0, 2)).toMatchObject([
    { skills_seen: 1 },
    ['JG', 'YJ'],
  ])
  fireEvent.click(screen.getByRole('button', { name: '登记不在岗 张三' }))
  const form = within(screen.getByRole('form', { name: '登记不在岗' }))
  fireEvent.change(form.getByLabelText('起日'), { target: { value: '2126-04-01' } })
  fireEvent.change(form.getByLabelText('止日'), { target: { value: '2126-04-03' } })
  fireEvent.change(form.getByLabelText('原因'), { target: { value: '休假' } })
  vi.mocked(setAway).mockRejectedValueOnce(new ProblemError(412, 'changed_meanwhile', '内容已变'))
  fireEvent.click(form.getByRole('button', { name: '登记不在岗' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('内容已变')
  expect(vi.mocked(setAway).mock.lastCall?.[1]).toEqual({
    from_day: '2126-04-01',
    to_day: '2126-04-03',
    reason: '休假',
  })
  fireEvent.click(screen.getByRole('button', { name: '撤销 2026-03-10 – 2026-03-12' }))
  const off = within(screen.getByRole('form', { name: '撤销' }))
  fireEvent.change(off.getByLabelText('原因'), { target: { value: '改期' } })
  fireEvent.click(off.getByRole('button', { name: /撤\s*销/ }))
  await waitFor(() => expect(callOffAway).toHaveBeenCalled())
  expect(vi.mocked(callOffAway).mock.lastCall?.slice(0, 3)).toMatchObject([
    { away_seen: 1 },
    1,
    '改期',
  ])
})
