import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import type { Overview as Data, StandardBalance } from '../api/overview'
import type { PlanAgainst } from '../api/plans'
import '../overview/Charts' // there before it is lazily asked for
import Overview from './Overview'

// A canvas is not drawn here: what is handed to it is looked at.
vi.mock('../ui/Chart', () => ({
  Chart: ({ option, label }: { option: unknown; label: string }) => (
    <div role="img" aria-label={label} data-option={JSON.stringify(option)} />
  ),
}))

const rates: Data['rates'] = [
  { of: 'prison', named: 13, all: 27, percent: '48.15' },
  { of: 'ordinary', named: 108, all: 200, percent: '54.00' },
  { of: 'functional', named: 18, all: 60, percent: '30.00' },
]

const data: Data = {
  day: '2021-02-28',
  whole: true,
  denominator: 'all',
  rates,
  series: [{ day: '2021-02-28', rates }],
  plan: { title: { zh: '规划', en: 'Plan' }, from: '2021-01-01', to: '2025-12-31', source: 'R102' },
  targets: [
    {
      id: 'most',
      of: 'prison',
      rate: '4/5',
      on_day: '2023-12-31',
      source: 'R100',
      title: { zh: '成功率 80%', en: '80 %' },
      milestone: true,
      named: 13,
      all: 27,
      needed: 22,
      gap: 9,
      forecast: {
        named: 13,
        halves: 2,
        pace: '6.50',
        needs: 2,
        until: '2022-06-30',
        left: 5,
        asked: 2,
      },
    },
  ],
  batches: [],
  steps_whole: true,
  steps: [
    { state: 'APPLIED', title: { zh: '已申报', en: 'Applied' }, prison: 1, area: 2 },
    { state: 'NAMED', title: { zh: '已命名', en: 'Named' }, prison: 0, area: 0 },
  ],
}

function show(
  shown: Partial<Data> = {},
  more: { balance?: StandardBalance[]; noLines?: boolean; plans?: PlanAgainst[] } = {},
) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retry: false } },
  })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '一监区' }] }],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['overview', '/overview', { day: undefined }], { ...data, ...shown })
  if (!more.noLines) client.setQueryData(['overview', '/overview/lines', {}], { lines: [] })
  client.setQueryData(['plans', '/plans/2021'], { prisons: more.plans ?? [] })
  client.setQueryData(['overview', '/overview/balance', {}], { standards: more.balance ?? [] })
  const router = createMemoryRouter([{ path: '/', element: <Overview /> }])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('opens each figure to what it counts', () => {
  show()
  const table = screen.getByRole('region', { name: '创建通过率' })
  const to = (name: string) => within(table).getByRole('link', { name }).getAttribute('href') ?? ''
  expect(to('108')).toBe('/overview?day=2021-02-28&of=ordinary&named=true')
  expect(to('200')).toBe('/overview?day=2021-02-28&of=ordinary')
  expect(to('42')).toBe('/overview?day=2021-02-28&of=functional&named=false')
  expect(within(table).getByText('54%')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: '3' })).toHaveAttribute(
    'href',
    '/accreditation?state=APPLIED',
  )
})

it('says what is still needed, and draws the line of the prisons against prisons only', async () => {
  show()
  const targets = screen.getByRole('region', { name: '目标与差距' })
  expect(within(targets).getByText('22')).toBeInTheDocument()
  expect(within(targets).getByText('9')).toBeInTheDocument()
  expect(within(targets).getByText(/还需 2 个半年，约至 2022-06-30/)).toBeInTheDocument()
  const drawn = async (name: string) =>
    JSON.parse((await screen.findByRole('img', { name })).dataset.option ?? '{}') as {
      series: { name: string; data: [number, number][] }[]
    }
  const prisons = await drawn('规范化监狱创建成功率')
  expect(prisons.series.map((s) => s.name)).toEqual(['监狱', '成功率 80%'])
  expect(prisons.series[1]?.data.map(([, y]) => y)).toEqual([80, 80])
  const areas = await drawn('监区创建通过率')
  expect(areas.series.map((s) => s.name)).toEqual(['普通监区', '功能监区'])
})

it('says that others may have applied to who sees only their own', () => {
  show({ steps: [], steps_whole: false })
  expect(screen.getByText(/您可以查看的单位还没有申报；其他单位的申报不在/)).toBeInTheDocument()
})

it('has no targets where not all prisons are seen, and says so', () => {
  show({ whole: false, targets: [], steps: [] })
  expect(screen.queryByRole('region', { name: '目标与差距' })).toBeNull()
  expect(screen.getByText('这里只计您可以查看的监狱。')).toBeInTheDocument()
  expect(screen.getByText('还没有申报')).toBeInTheDocument()
})

it('says of which prison the lowest and the highest area are, and opens them', () => {
  const place = { prison: 'p', area: 'a' }
  const domain = {
    id: 'JG',
    title: { zh: '监管改造', en: 'Custodial' },
    reform: true,
    mean: '90.00',
    low: '80.00',
    high: '100.00',
    low_at: place,
    high_at: place,
    between: '20.00',
    units: 2,
  }
  const areas: StandardBalance['areas'] = [
    { prison: 'p', area: 'a', rates: { JG: '100.00' } },
    { prison: 'p', area: 'b', rates: { JG: '80.00', ZZ: '90.00' } },
    { prison: 'p', area: 'c', rates: { ZZ: '70.00' } },
  ]
  const title = { zh: '标准', en: 'S' }
  show({}, { balance: [{ standard: 's', version: 1, title, domains: [domain], areas }] })
  const balance = screen.getByRole('region', { name: /标准/ })
  const [low, high] = within(balance).getAllByRole('link', { name: '甲监狱 一监区' })
  for (const link of [low, high]) expect(link).toHaveAttribute('href', '/prisons/p/units/a/board')
  // The mean opens the areas that have points in the domain, the lowest first.
  fireEvent.click(within(balance).getByRole('button', { name: /^90/ }))
  const opened = within(balance).getByRole('list')
  expect(
    within(opened)
      .getAllByRole('listitem')
      .map((x) => x.textContent?.slice(-6)),
  ).toEqual([expect.stringContaining('80'), expect.stringContaining('100')])
})

it('says that what a department comes for could not be had', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'))
  show({}, { noLines: true })
  expect(await screen.findByRole('alert')).toBeInTheDocument()
  fetched.mockRestore()
})

it('says how each prison stands against its plan, the latest step in words, and who has none', () => {
  const tally = { all: 6, reached: 2, late: 1, overdue: 2, ahead: 1 }
  const slowest = {
    area: 'a',
    title: { zh: '筛查通过', en: 'Screened' },
    state: 'SCREENED',
    month: 2,
    due_on: '2021-02-28',
    stands: 'overdue' as const,
    days: 33,
  }
  const none = { all: 0, reached: 0, late: 0, overdue: 0, ahead: 0 }
  show(
    {},
    {
      plans: [
        { prison: 'p', version: 2, waits: true, tally, slowest },
        { prison: 'q', version: 0, waits: false, tally: none },
      ],
    },
  )
  const region = screen.getByRole('region', { name: /年度计划与实际/ })
  const row = within(region).getByRole('row', { name: /甲监狱/ })
  expect(
    within(row)
      .getAllByRole('cell')
      .map((c) => c.textContent),
  ).toEqual(['6', '2', '1', '2', '1', '甲监狱 一监区 筛查通过 已晚 33 天'])
  expect(within(row).getByText('有新版待审定')).toBeInTheDocument()
  expect(within(row).getByRole('link', { name: '甲监狱' })).toHaveAttribute(
    'href',
    '/prisons/p/plans?year=2021',
  )
  expect(within(region).getByText('没有审定的计划')).toBeInTheDocument()
})
