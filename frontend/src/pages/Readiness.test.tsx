import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { call } from '../api/http'
import { ProblemError } from '../api/problem'
import type { Readiness as Answer } from '../api/readiness'
import Readiness from './Readiness'

vi.mock('../api/http', async (original) => ({ ...(await original()), call: vi.fn() }))

const area = { id: 'a', prison: 'p', code: 'A1', name_zh: '一监区' }
const sheet = {
  standard: 'ordinary-area',
  version: 2,
  from: '2025-11-21',
  to: '2026-05-20',
  points: '1000',
  line: '950',
  display: '980.00',
  passes: true,
  domains: [],
}
const change = {
  indicator: 'JG-06',
  title: { zh: '完整率' },
  came: [],
  went: [],
}

/** What the sections below ask for: nothing is there. */
const others = {
  findings: [],
  rulings: [],
  runs: [],
  may: [],
  entries: [],
  next: null,
  domains: [],
}

function show(answer: Partial<Answer> | ProblemError, actions: string[] = []) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retry: false } },
  })
  client.setQueryData(['organisation'], { prisons: [{ id: 'p', areas: [area] }], departments: [] })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['standards'], {
    standards: [{ standard: 'ordinary-area', version: 1, title: { zh: '普通监区标准' } }],
    actions,
  })
  const posting = { role: 'officer', prison: 'p', area: 'a' }
  client.setQueryData(['me'], { postings: [posting], grants: [] })
  vi.mocked(call).mockImplementation(async (path) => {
    if (!path.endsWith('/readiness')) return { data: others } as never
    if (answer instanceof ProblemError) throw answer
    const data = { area, sheet, gap: '30', dues: [], versions: [], ...answer }
    return { data, etag: '' } as never
  })
  const router = createMemoryRouter(
    [{ path: '/prisons/:prison/areas/:area/readiness', element: <Readiness /> }],
    { initialEntries: ['/prisons/p/areas/a/readiness'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

/** What stands under a heading. */
const section = async (heading: string | RegExp) =>
  within((await screen.findByText(heading)).parentElement as HTMLElement)

const since = { day: '2026-05-19', standard: 'ordinary-area', version: 2, score: '981' }

it('tells why a line costs less, also where nothing came or went', async () => {
  const changes = [
    {
      ...change,
      line: 'JG-06.completeness',
      before: '5',
      after: '4',
      was: { of: '19', per: '20' },
      is: { of: '29', per: '30' },
    },
    {
      ...change,
      line: 'JG-06.mismatch',
      before: '4',
      after: '0',
      went: [{ kind: 'finding', id: 'f', day: '2025-11-20' }],
    },
    {
      ...change,
      line: 'JG-06.late',
      title: { zh: '及时率' },
      before: '2',
      after: '3',
      was: { of: '38', per: '40' },
      is: { of: '38', per: '40' },
      came: [{ kind: 'finding', id: 'g', day: '2026-05-20' }],
    },
    {
      ...change,
      line: 'JG-06.same',
      title: { zh: '差错率' },
      before: '25',
      after: '25',
      was: { of: '1', per: '20' },
      is: { of: '2', per: '40' },
    },
  ]
  show({ since: { ...since, changes } } as unknown as Partial<Answer>)
  const told = within(
    await screen.findByRole('region', { name: '与 2026-05-19 日终（981 分）相比' }),
  )
  expect(told.getByText('由 19/20 变为 29/30')).toBeTruthy()
  expect(told.getByText(/不再计/)).toBeTruthy()
  expect(told.getByText('检查发现 2025-11-20')).toBeTruthy()
  // What it compares is as it was.
  const late = told.getByRole('row', { name: /及时率/ })
  expect(late.textContent).toContain('检查发现 2026-05-20')
  expect(late.textContent).not.toContain('38/40')
  expect(told.queryByText(/现施行/)).toBeNull()
  // What costs the same is there for who asks.
  const same = told.getByText('扣分不变、所依据的情况有变的 1 条').closest('details')
  expect(within(same as HTMLElement).getByText('由 1/20 变为 2/40')).toBeTruthy()
  expect(same?.open).toBe(false)
  expect(same?.contains(late)).toBe(false)
})

it('names both versions where another is in force since', async () => {
  show({ since: { ...since, version: 1, now: '981', changes: [] } })
  expect(
    await screen.findByText(
      /《普通监区标准》第 1 版，现施行《普通监区标准》第 2 版.*981 分.*980.00 分/,
    ),
  ).toBeTruthy()
  expect(screen.getByText('没有变化')).toBeTruthy()
})

it('says the shift of what is due, and where it is filed', async () => {
  const due = { ledger: 'duty-log', due_at: '2026-05-20T12:00:00Z', price: '1' }
  show({ dues: [{ ...due, period: '2026-05-20/evening' }] })
  expect(await screen.findByText('2026-05-20 中班')).toBeTruthy()
  expect(screen.getByText('还没有日终记录，明日起可比')).toBeTruthy()
  expect(screen.getByText('到工作台填报').getAttribute('href')).toBe('/')
})

it('says calmly that no standard judges the area, and leads there whoever may issue one', async () => {
  const none = new ProblemError(409, 'no_standard_yet', '这类单位还没有施行的标准', [], 'r-123')
  show(none)
  expect(await screen.findByText('尚无适用标准')).toBeTruthy()
  expect(document.querySelector('[role=alert]')).toBeNull()
  expect(screen.queryByText(/r-123/)).toBeNull()
  expect(screen.queryByText('去考核标准')).toBeNull()
  show(none, ['create'])
  expect(await screen.findByText('去考核标准')).toHaveProperty('tagName', 'A')
})

it('measures by the acceptance, beside it by a later check, and says what is not compared', async () => {
  const drift = {
    kind: 'onsite' as const,
    as_of: '2025-06-01',
    standard: 'ordinary-area',
    version: 1,
    score: '990.00',
    domains: [],
    alarm: false,
  }
  const domains = [{ id: 'SS', title: { zh: '设施保障' }, indicators: [] }]
  show({
    sheet: { ...sheet, domains } as unknown as Answer['sheet'],
    drift: { ...drift, run: 'r1', skipped: ['SS'] },
    later: { ...drift, run: 'r2', kind: 'lookback', as_of: '2026-05-01', skipped: [] },
  })
  const accepted = await section('与 2025-06-01 的现场验收（990.00 分）相比')
  expect(accepted.getByText(/^设施保障未比较：当时按《普通监区标准》第 1 版评分/)).toBeTruthy()
  const later = await section(/2026-05-01 的回头看/)
  expect(later.queryByText(/未比较/)).toBeNull()
})
