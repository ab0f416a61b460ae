import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { decidePlan, type PlanYear, submitPlan } from '../api/plans'
import '../overview/Charts' // there before it is lazily asked for
import Plans from './Plans'

vi.mock('../api/plans', async (original) => ({
  ...(await original()),
  submitPlan: vi.fn(),
  decidePlan: vi.fn(),
}))
vi.mock('../ui/Chart', () => ({
  Chart: ({ option, label }: { option: unknown; label: string }) => (
    <div role="img" aria-label={label} data-option={JSON.stringify(option)} />
  ),
}))

const step = (state: string, zh: string) => ({ state, title: { zh, en: zh } })
const roads: PlanYear['roads'] = [
  { track: 'prison', level: 'standard', steps: [step('APPLIED', '已申报')] },
  {
    track: 'prison',
    level: 'demonstration',
    steps: [step('APPLIED', '已申报'), step('DEMO_EVAL', '示范作用评估中')],
  },
  { track: 'area', level: 'area', steps: [step('APPLIED', '已申报'), step('NAMED', '已命名')] },
]
const version = (n: number, month: number, agreed?: boolean) => ({
  prison: 'p',
  year: 2026,
  version: n,
  reason: n > 1 ? '顺延' : undefined,
  author_name: '张三',
  recorded_at: '2026-01-05T00:00:00Z',
  marks: [{ area: 'a', level: 'area', state: 'NAMED', month }],
  decision:
    agreed === undefined
      ? undefined
      : { agreed, by_name: '李四', recorded_at: '2026-01-06T00:00:00Z' },
})
const plan: PlanYear = {
  prison: 'p',
  year: 2026,
  day: '2026-07-02',
  versions: [version(2, 9), version(1, 5, true)],
  in_force: 1,
  units: [
    {
      area: 'a',
      level: 'area',
      marks: [
        { state: 'NAMED', month: 5, due_on: '2026-05-31', stands: 'overdue', days: 32 },
        {
          state: 'APPLIED',
          month: 1,
          due_on: '2026-01-31',
          stands: 'late',
          reached_on: '2026-02-02',
          days: 2,
        },
      ],
      case: 'c',
      state: 'APPLIED',
      title: { zh: '已申报', en: 'Applied' },
    },
  ],
  months: [{ month: 1, planned: 1, reached: 0 }],
  tally: { all: 2, reached: 0, late: 1, overdue: 1, ahead: 0 },
  roads,
  may_submit: false,
  may_decide: true,
}

function show(shown: Partial<PlanYear> = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [
      { id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '一监区' }], open: true },
    ],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['plans', '/prisons/p/plans/2026'], { ...plan, ...shown })
  const router = createMemoryRouter([{ path: '/prisons/:prison/plans', element: <Plans /> }], {
    initialEntries: ['/prisons/p/plans?year=2026'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('shows what was planned beside what was reached, late by how many days', () => {
  show()
  const table = within(screen.getByRole('region', { name: /2026 年创建计划/ })).getByRole('table')
  const row = within(table).getByRole('row', { name: /一监区/ })
  expect(within(row).getByText('2026-02-02 达到，晚 2 天')).toBeInTheDocument()
  expect(within(row).getByText('已晚 32 天')).toBeInTheDocument()
  expect(within(row).getByRole('link', { name: '已申报' })).toHaveAttribute(
    'href',
    '/prisons/p/cases/c',
  )
})

it('tells the leader what is otherwise, and takes the word', async () => {
  show()
  const waits = screen.getByRole('region', { name: /等待监狱领导审定/ })
  expect(within(waits).getByText(/已命名 9 月 （原 5 月）/)).toBeInTheDocument()
  fireEvent.change(within(waits).getAllByLabelText('意见')[0]!, { target: { value: '同意顺延' } })
  fireEvent.click(within(waits).getAllByRole('button', { name: /提\s*交/ })[0]!)
  await waitFor(() => expect(decidePlan).toHaveBeenCalled())
  expect(vi.mocked(decidePlan).mock.lastCall?.[1]).toEqual({
    version: 2,
    agreed: true,
    comment: '同意顺延',
  })
})

it('begins the next version from the newest one, and sends what is chosen', async () => {
  show({ versions: [version(1, 5, true)], may_submit: true, may_decide: false })
  expect(screen.getByLabelText('一监区 已命名')).toHaveValue('5')
  fireEvent.change(screen.getByLabelText('监狱本级等级'), { target: { value: 'demonstration' } })
  fireEvent.change(screen.getByLabelText(/示范作用评估中/), { target: { value: '11' } })
  fireEvent.change(screen.getByLabelText('变更理由'), { target: { value: '增加示范目标' } })
  fireEvent.click(screen.getByRole('button', { name: '提交审定' }))
  await waitFor(() => expect(submitPlan).toHaveBeenCalled())
  expect(vi.mocked(submitPlan).mock.lastCall?.slice(0, 3)).toEqual([
    'p',
    2026,
    {
      seen: 1,
      reason: '增加示范目标',
      marks: [
        { area: undefined, level: 'demonstration', state: 'DEMO_EVAL', month: 11 },
        { area: 'a', level: 'area', state: 'NAMED', month: 5 },
      ],
    },
  ])
})

it('says that nothing is agreed', () => {
  show({ versions: [], in_force: 0, units: [], may_decide: false })
  expect(screen.getByText('2026 年还没有审定的创建计划')).toBeInTheDocument()
})

it('compares what waits with what is in force, not with what was sent back', () => {
  show({ versions: [version(3, 9), version(2, 7, false), version(1, 5, true)] })
  const waits = screen.getByRole('region', { name: /3/ })
  expect(waits).toHaveTextContent('9 月')
  expect(waits).toHaveTextContent('原 5 月')
})
