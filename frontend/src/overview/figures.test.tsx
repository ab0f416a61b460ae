import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import type { ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import type { IssuedBulletin } from '../api/bulletins'
import Board from '../pages/Board'
import Boards from '../pages/Boards'
import BulletinPage from '../pages/BulletinPage'
import Bulletins from '../pages/Bulletins'
import Overview from '../pages/Overview'
import PrisonOverview from '../pages/PrisonOverview'
import Screening from '../pages/Screening'
import { expectFigures } from '../testing/figures'
import { Whole } from './Whole'

// A canvas is not drawn here, and what the server was not asked for stays away.
vi.mock('../ui/Chart', () => ({ Chart: () => null }))
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'))
})

const zh = (s: string) => ({ zh: s, en: s })
const rates = [
  { of: 'prison', named: 1, all: 3, percent: '33.33' },
  { of: 'ordinary', named: 2, all: 5, percent: '40.00' },
  { of: 'functional', named: 3, all: 3, percent: '100.00' },
]
const place = { prison: 'p', area: 'a' }
const spread = {
  mean: '90.00',
  low: '80.00',
  high: '95.00',
  low_at: place,
  high_at: place,
  between: '15.00',
  units: 2,
}
const domain = { id: 'JG', title: zh('监管改造'), reform: true, ...spread }
const due = { ledger: 'duty-log', period: '2026-11-27', due_at: '2026-11-27T01:00:00Z', price: '2' }
const conditions = (level: string) => ({
  day: '2026-11-27',
  level,
  holds: false,
  ratios: [],
  areas: [
    { area: 'a', code: 'A1', name: zh('一监区'), of: 'ordinary', passed: false },
    { area: 'b', code: 'A2', name: zh('二监区'), of: 'ordinary', passed: true },
  ],
  says: [zh(`普通监区 1/2，${level}需 2`)],
})
const counts = { visits: 1, adopted: 0, findings: 2, incidents: 3, hazards: 4, hazards_open: 2 }
const unit = (id: string, kind: string, level: string) => ({
  case: id,
  prison: 'p',
  name: zh(`单位${id}`),
  kind,
  level,
})
const bulletin = {
  year: 2026,
  issue: 1,
  digest: 'sha256:ab',
  by: '省局乙',
  issued_at: '2026-03-01T01:00:00Z',
  newest: true,
  counts: {
    units: 3,
    kinds: { ordinary: 2, prison: 1 },
    levels: { area: 2, standard: 1 },
  },
  to: ['dept_custody'],
  batches: [
    {
      batch: 1,
      level: 'area',
      closes_on: '2026-03-01',
      from: '2026-04-01',
      to: '2026-05-01',
      units: [unit('1', 'ordinary', 'area'), unit('2', 'prison', 'standard')],
    },
  ],
  waiting: [unit('3', 'ordinary', 'area')],
  revoked: [],
  acks: [{ department: 'dept_custody' }],
  may_ack: [],
} as unknown as IssuedBulletin

const known: [unknown[], unknown][] = [
  [['me'], { postings: [], grants: [] }],
  [
    ['organisation'],
    {
      departments: [{ code: 'dept_custody', title: zh('狱政管理科') }],
      prisons: [
        {
          id: 'p',
          name: zh('甲监狱'),
          areas: [
            { id: 'a', name_zh: '一监区' },
            { id: 'b', name_zh: '二监区' },
          ],
        },
      ],
    },
  ],
  [['ledgers'], { ledgers: [], ended: [] }],
  [
    ['standards'],
    { standards: [{ standard: 's', version: 1, title: zh('标准'), unofficial: true }] },
  ],
  [
    ['overview', '/overview', { day: undefined }],
    {
      day: '2026-11-27',
      whole: true,
      denominator: 'all',
      rates,
      series: [{ day: '2026-10-31', rates }],
      plan: { title: zh('规划'), from: '2021-01-01', to: '2025-12-31', source: 'R102' },
      targets: [
        {
          id: 'most',
          of: 'prison',
          rate: '4/5',
          on_day: '2023-12-31',
          source: 'R100',
          title: zh('80%'),
          milestone: true,
          named: 1,
          all: 3,
          needed: 3,
          gap: 2,
          at_date: { named: 1, all: 3, needed: 3 },
          reached_on: '2024-01-01',
          forecast: {
            named: 1,
            halves: 2,
            pace: '0.50',
            needs: 4,
            until: '2028-12-31',
            left: 0,
            asked: 0,
          },
        },
      ],
      batches: [],
      steps: [{ state: 'APPLIED', title: zh('已申报'), prison: 1, area: 2 }],
      steps_whole: true,
    },
  ],
  [['overview', '/overview/lines', {}], { lines: [] }],
  [
    ['plans', '/plans/2026'],
    {
      prisons: [
        {
          prison: 'p',
          version: 1,
          waits: false,
          tally: { all: 6, reached: 2, late: 1, overdue: 2, ahead: 1 },
        },
      ],
    },
  ],
  [
    ['overview', '/overview/balance', {}],
    {
      standards: [
        {
          standard: 's',
          version: 1,
          title: zh('标准'),
          domains: [domain],
          areas: [
            { prison: 'p', area: 'a', rates: { JG: '80.00' } },
            { prison: 'p', area: 'b', rates: { ZZ: '10.00' } },
          ],
        },
      ],
    },
  ],
  [
    ['overview', '/prisons/p/overview', {}],
    {
      prison: 'p',
      day: '2026-11-27',
      whole: false,
      rates,
      frames: [
        {
          standard: 's',
          version: 1,
          title: zh('标准'),
          domains: [{ ...domain, indicators: [{ code: 'JG-01', title: zh('底线') }] }],
          areas: [
            {
              area: 'a',
              score: '960',
              display: '960.00',
              line: '950',
              gap: '10',
              passes: true,
              named: false,
              rates: { JG: '80.00' },
              cells: [{ code: 'JG-01', applies: true, lost: '2', percent: '20.00' }],
            },
          ],
        },
      ],
      unjudged: [],
      dues: Array.from({ length: 21 }, (_, n) => ({ area: 'a', ...due, period: `${n}` })),
    },
  ],
  [
    ['overview', '/prisons/p/whole', {}],
    {
      day: '2026-11-27',
      departments: [
        {
          department: 'dept_custody',
          points: '200',
          lost: '45',
          score: '775',
          display: '775.00',
          items: [
            {
              standard: 's',
              version: 1,
              title: zh('底线'),
              units: 2,
              code: 'JG-01',
              points: '120',
              lost: '40',
              losing: [{ area: 'a', lost: '40' }],
            },
          ],
        },
      ],
    },
  ],
  [
    ['overview', '/prisons/p/areas/a/outcomes', {}],
    {
      from: '2025-01-01',
      to: '2026-11-27',
      named_on: '2026-02-02',
      months: [
        { month: '2026-01', found: 4, due: 3, closed: 2, on_time: 1 },
        { month: '2026-03', found: 1, due: 1, closed: 1, on_time: 1 },
      ],
      before: { months: 1, due: 3, closed: 2, on_time: 1, rate: '66.67', punctual: '50.00' },
    },
  ],
  [
    ['readiness', 'p', 'a'],
    {
      area: { id: 'a', prison: 'p' },
      sheet: { display: '960.00', passes: true, line: '950', domains: [] },
      gap: '10',
      unjudged: [],
      dues: [due],
    },
  ],
  [['together', '/boards'], { kinds: [{ kind: 'ordinary', function: 'residential' }] }],
  [
    ['together', '/boards/ordinary/residential'],
    {
      kind: 'ordinary',
      function: 'residential',
      standard: 's',
      version: 1,
      from: '2026-09-01',
      to: '2026-11-27',
      province: false,
      places: [
        { prison: 'p', area: 'b', rank: 1, of: 2, score: '990', display: '990.00', passes: true },
        {
          ...place,
          rank: 2,
          of: 2,
          score: '960',
          display: '960.00',
          passes: true,
          since: { as_of: '2026-11-01', kind: 'self_check', score: '970', change: '-10' },
          beside: counts,
        },
      ],
    },
  ],
  [
    ['together', '/prisons/p/areas/a/beside/findings'],
    {
      rows: [
        { day: '2026-11-02', n: 3, text: '两处缺失' },
        { day: '2026-11-01', n: -1 },
      ],
    },
  ],
  [
    ['cases', 'screening'],
    [
      {
        prison: 'p',
        code: 'P1',
        name: zh('甲监狱'),
        missing: 1,
        conditions: { standard: conditions('达标') },
        mean: '955.00',
        open_cases: 2,
        score: { score: '880', display: '880.00', next: 'standard', line: '900', gap: '20' },
      },
    ],
  ],
  [
    ['announced', '/bulletins'],
    { issues: [bulletin], batches: [], years: [], may_announce: false },
  ],
  [['announced', '/bulletins/2026/1'], bulletin],
]

const inProvince = [
  { prison: 'p', area: 'a', of: 'ordinary', named: true },
  { prison: 'p', area: 'b', of: 'ordinary', named: true },
]
for (const [prison, units] of [
  ['p', inProvince.slice(0, 1)],
  [undefined, inProvince],
])
  known.push([
    ['overview', '/overview/units', { day: undefined, of: 'ordinary', named: 'true', prison }],
    { day: '2026-11-27', units },
  ])

function show(path: string, at: string, element: ReactNode) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retry: false } },
  })
  for (const [key, value] of known) client.setQueryData(key, value)
  const router = createMemoryRouter([{ path, element }], { initialEntries: [at] })
  const { container } = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return container
}

// The least number of figures of each page: less is a page that did not come, or a figure gone.
it.each<[string, () => ReactNode, string, string, number, number]>([
  ['the province', () => <Overview />, '/overview', '/overview', 32, 0],
  ['a prison', () => <PrisonOverview />, '/prisons/:prison/overview', '/prisons/p/overview', 30, 0],
  ['a prison as a whole', () => <Whole prison="p" />, '/', '/', 2, 0],
  [
    'an area',
    () => <Board />,
    '/prisons/:prison/units/:area/board',
    '/prisons/p/units/a/board',
    14,
    0,
  ],
  ['like units', () => <Boards />, '/boards', '/boards', 9, 1],
  ['screening', () => <Screening />, '/screening', '/screening', 5, 0],
  ['bulletins', () => <Bulletins />, '/bulletins', '/bulletins', 2, 0],
  ['a bulletin', () => <BulletinPage />, '/bulletins/:year/:issue', '/bulletins/2026/1', 5, 0],
])('opens every figure of %s', (_, element, path, at, least, closed) => {
  expect(expectFigures(show(path, at, element()), closed)).toBeGreaterThanOrEqual(least)
})

it('leads to lists of just what is counted', () => {
  const page = show('/overview', '/overview', <Overview />)
  const to = [...page.querySelectorAll('a.figure')].map((a) => a.getAttribute('href'))
  for (const href of [
    '/overview?day=2026-11-27&of=prison&named=false&need=2',
    '/overview?day=2023-12-31&of=prison&named=true',
    '/accreditation?state=APPLIED&track=area',
    '/accreditation?state=APPLIED&track=prison',
    '/prisons/p/plans?year=2026&stands=late',
  ])
    expect(to).toContain(href)
})

it('says of a sample beside its title that it is not official, whoever names it', () => {
  show('/prisons/:prison/overview', '/prisons/p/overview', <PrisonOverview />)
  expect(screen.getByRole('heading', { name: '标准（非官方）' })).toBeInTheDocument()
  show('/overview', '/overview', <Overview />)
  expect(screen.getByRole('region', { name: / 标准（非官方）$/ })).toBeInTheDocument()
  show('/boards', '/boards', <Boards />)
  expect(screen.getByText(/《?标准（非官方）/, { selector: 'p' })).toBeInTheDocument()
})

it('lists the units of the prison alone on its page', () => {
  const page = show(
    '/prisons/:prison/overview',
    '/prisons/p/overview?of=ordinary&named=true',
    <PrisonOverview />,
  )
  const list = within(screen.getByRole('region', { name: /：1 个/ }))
  expect(list.getByRole('link', { name: /一监区/ })).toBeInTheDocument()
  expect(list.queryByRole('link', { name: /二监区/ })).toBeNull()
  const to = [...page.querySelectorAll('a.figure')].map((a) => a.getAttribute('href'))
  expect(to).toContain('/prisons/p/overview?of=ordinary&named=true')
})

it('keeps the button that shows all dues, and says whether they are shown', () => {
  show('/prisons/:prison/overview', '/prisons/p/overview', <PrisonOverview />)
  const dues = within(screen.getByRole('region', { name: '即将到期' }))
  const rows = () => dues.getAllByRole('row').length - 1
  expect(rows()).toBe(20)
  const all = dues.getByRole('button', { name: '显示全部 21 项', expanded: false })
  all.focus()
  fireEvent.click(all)
  expect(rows()).toBe(21)
  expect(dues.getByRole('button', { name: '只看前 20 项', expanded: true })).toBe(all)
  expect(document.activeElement).toBe(all)
  fireEvent.click(all)
  expect(rows()).toBe(20)
})

it('lists what stands beside the score, adding up to it, and nothing of a unit that is closed', () => {
  show('/boards', '/boards', <Boards />)
  const closed = screen.getByRole('row', { name: /二监区/ })
  expect(within(closed).queryByRole('link')).toBeNull()
  expect(within(closed).queryByRole('button')).toBeNull()
  expect(within(closed).getByText('1 / 2')).toBeInTheDocument()
  const own = screen.getByRole('row', { name: /一监区/ })
  fireEvent.click(within(own).getAllByRole('button', { name: '2' })[0] as HTMLElement)
  expect(screen.getByText(/2026-11-02 3 两处缺失/)).toBeInTheDocument()
  expect(screen.getByText('合计 2')).toBeInTheDocument()
})

it('narrows a bulletin to the units that a figure counts', () => {
  show('/bulletins/:year/:issue', '/bulletins/2026/1', <BulletinPage />)
  fireEvent.click(screen.getByRole('button', { name: '普通监区 2' }))
  expect(screen.getAllByText(/^单位\d/).map((x) => x.textContent?.trim())).toEqual([
    '单位1',
    '单位3',
  ])
})

it('opens the areas out of which those that are missing must come', () => {
  show('/screening', '/screening', <Screening />)
  expect(screen.getByText(/900 还差 20 分/)).toBeInTheDocument()
  fireEvent.click(screen.getByRole('button', { name: '1 个监区' }))
  expect(screen.getByRole('link', { name: '一监区' })).toBeInTheDocument()
  expect(screen.queryByRole('link', { name: '二监区' })).toBeNull()
})
