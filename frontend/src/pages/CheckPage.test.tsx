import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import type { ReactElement } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { actOnCheck, actOnFinding, type WholeCheck } from '../api/checks'
import { ProblemError } from '../api/problem'
import CheckPage from './CheckPage'
import Checks from './Checks'
import Rectifications from './Rectifications'

vi.mock('../api/checks', async (original) => ({
  ...(await original()),
  actOnCheck: vi.fn(),
  actOnFinding: vi.fn(),
}))

const finding = {
  id: 'f1',
  line: 'YJ-02.missing',
  day: '2026-11-26',
  count: 2,
  place: '二楼',
  note: '缺谈话室两间',
  conclusion: '不符合标准',
  severity: 'moderate',
  scope: 'limited',
  sources: ['seen'],
  key: true,
  photos: ['aa'],
  found_by: 'p1',
  found_by_name: '张三',
  recorded_at: '2026-11-26T01:00:00Z',
  replies: [],
  actions: ['reply'],
} as const
const item = {
  id: 'i1',
  area: 'a1',
  check: 'c0',
  kind: 'baseline',
  standard: 's',
  version: 1,
  finding: 'f0',
  line: 'JG-02.video',
  note: '巡查不符',
  photos: [],
  due_on: '2026-12-01',
  overdue: true,
  state: 'open',
  seq: 0,
  recorded_at: '2026-11-01T01:00:00Z',
  acts: [],
  actions: ['assigned'],
} as const
const check = {
  id: 'c1',
  area: 'a1',
  kind: 'onsite',
  standard: 's',
  version: 1,
  from_day: '2026-11-26',
  to_day: '2026-11-27',
  purpose: '现场考核',
  opened_by: 'p0',
  recorded_at: '2026-11-26T00:00:00Z',
  state: 'open',
  seq: 7,
  members: [{ person: 'p1', name: '张三', leader: true, added_by: 'p0', recorded_at: '' }],
  acts: [],
  findings: [finding],
  events: ['谈话室'],
  closing: { check: 'c0', kind: 'baseline', verified: 1, all: 3 },
  carried: [item],
  items: [],
  coverage: [
    { method: 'onsite', looked: 1, of: 3 },
    { method: 'quiz', looked: 0, of: 2 },
  ],
  actions: ['finding', 'confirm'],
} as unknown as WholeCheck
const sheet = {
  display: '990.00',
  passes: true,
  points: '1000',
  line: '950',
  from: '2026-05-27',
  to: '2026-11-26',
  deducted: '10',
  rescaled: '0',
  applicable_points: '1000',
  domains: [
    {
      id: 'YJ',
      title: { zh: '硬件设施' },
      points: '80',
      deducted: '10',
      score: '70',
      indicators: [
        {
          code: 'YJ-02',
          title: { zh: '功能用房' },
          lines: [
            { id: 'YJ-02.missing', title: { zh: '缺功能用房' }, form: 'each', method: 'onsite' },
            { id: 'YJ-02.rate', title: { zh: '完好率' }, form: 'below', method: 'onsite' },
            { id: 'YJ-02.log', title: { zh: '台账缺失' }, form: 'each', method: 'ledger' },
          ],
        },
      ],
    },
  ],
}

const guidance = {
  id: 'YJ-02.missing',
  where: { zh: '监区各楼层' },
  steps: [{ zh: '对照定置图逐间查看' }],
  evidence: { zh: '照片' },
  anchors: [
    { severity: 'high', scope: 'widespread', example: { zh: '各楼层都没有谈话室' } },
    { severity: 'low', scope: 'limited', example: { zh: '一间暂作他用' } },
  ],
}

function show(page: ReactElement, path: string, of: WholeCheck = check, said = sheet) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['organisation'], {
    departments: [],
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a1', name_zh: '三监区' }] }],
  })
  client.setQueryData(['checks', 'p'], { checks: [], more: false, may: [] })
  client.setQueryData(['check', 'p', 'c1'], of)
  client.setQueryData(['check sheet', 'p', 'c1'], said)
  client.setQueryData(['standards'], {
    standards: [{ standard: 'csf', version: 1, title: { zh: '网络安全框架' } }],
    actions: [],
  })
  client.setQueryData(['standards', 's', 1], { guide: { lines: [guidance] } })
  client.setQueryData(['rectifications', 'p'], {
    rectifications: [
      item,
      { ...item, id: 'i2', note: '已改好', state: 'verified', overdue: false, actions: [] },
    ],
    more: false,
  })
  const router = createMemoryRouter([{ path, element: page }], {
    initialEntries: [path.replace(':prison', 'p').replace(':check', 'c1')],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}
const page = () => show(<CheckPage />, '/prisons/:prison/checks/:check')

beforeEach(() => vi.clearAllMocks())

it('begins with the closing rate of the last check and what was left open', () => {
  page()
  expect(screen.getByRole('heading', { name: /已核验 1\/3（33.33%）/ })).toBeTruthy()
  expect(screen.getByText('巡查不符')).toBeTruthy()
  const found = screen.getByRole('article', { name: '缺功能用房' })
  expect(within(found).getByText('单一来源')).toBeTruthy()
  expect(within(found).getByText('关键问题')).toBeTruthy()
  expect(within(found).getByRole('img', { name: '照片 1' }).getAttribute('src')).toBe(
    '/api/v1/prisons/p/checks/c1/photos/aa/thumbnail',
  )
})

it('says how many lines were looked at, and asks before the sheet is confirmed', () => {
  page()
  expect(screen.getByText(/现场 1\/3 · 抽考 0\/2/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: '确认考核表' }))
  expect(screen.getByText(/还有 4 项没有查看记录/)).toBeTruthy()
})

it('offers lines that are checked on site, asks a ratio where one is measured, and says what is wrong', async () => {
  page()
  const line = screen.getByLabelText('标准条款')
  expect(within(line).queryByText(/台账缺失/)).toBeNull()
  fireEvent.change(line, { target: { value: 'YJ-02.rate' } })
  fireEvent.change(screen.getByLabelText('实得数'), { target: { value: '17' } })
  fireEvent.change(screen.getByLabelText('应有数'), { target: { value: '20' } })
  fireEvent.click(screen.getByLabelText('现场查看'))
  vi.mocked(actOnCheck).mockRejectedValueOnce(
    new ProblemError(422, 'invalid_document', '有误', [
      { pointer: '/note', code: 'required', message: '请写明发现的问题' },
    ]),
  )
  fireEvent.submit(screen.getByRole('form', { name: '记录问题' }))
  await waitFor(() => expect(actOnCheck).toHaveBeenCalled())
  expect(vi.mocked(actOnCheck).mock.lastCall?.slice(0, 3)).toEqual(['p', 'c1', 'findings'])
  expect(vi.mocked(actOnCheck).mock.lastCall?.[3]).toMatchObject({
    line: 'YJ-02.rate',
    of: '17',
    per: '20',
    sources: ['seen'],
  })
  expect((await screen.findByRole('alert')).textContent).toBe('请写明发现的问题')
})

it('shows how the chosen line is checked, and places a finding as an example is placed', () => {
  page()
  expect(screen.queryByRole('region', { name: '验收指引' })).toBeNull()
  fireEvent.change(screen.getByLabelText('标准条款'), { target: { value: 'YJ-02.missing' } })
  const guide = within(screen.getByRole('region', { name: '验收指引' }))
  expect(guide.getByText('对照定置图逐间查看')).toBeTruthy()
  // The least first, whatever the order they were written in.
  expect(guide.getAllByRole('row')[1]?.textContent).toContain('一间暂作他用')
  const form = screen.getByRole('form', { name: '记录问题' })
  const heard = vi.fn()
  form.addEventListener('input', heard)
  fireEvent.click(guide.getByRole('button', { name: '按此例 各楼层都没有谈话室' }))
  // What was placed is kept as what is typed is.
  expect(heard).toHaveBeenCalled()
  expect(screen.getByLabelText('严重程度')).toHaveProperty('value', 'high')
  expect(screen.getByLabelText('影响范围')).toHaveProperty('value', 'widespread')
})

it('confirms what was seen, and answers a finding', async () => {
  page()
  fireEvent.click(screen.getByRole('button', { name: '确认考核表' }))
  fireEvent.change(screen.getByLabelText('整改期限'), { target: { value: '2027-01-01' } })
  fireEvent.submit(screen.getByRole('form', { name: '确认考核表' }))
  await waitFor(() => expect(actOnCheck).toHaveBeenCalled())
  expect(vi.mocked(actOnCheck).mock.lastCall?.slice(2, 4)).toEqual([
    'confirm',
    { seq: 7, due_on: '2027-01-01' },
  ])
  fireEvent.click(screen.getByRole('button', { name: '单位回复 缺功能用房' }))
  fireEvent.change(screen.getByLabelText('态度'), { target: { value: 'no' } })
  fireEvent.change(screen.getByLabelText('回复内容'), { target: { value: '正在改造' } })
  fireEvent.submit(screen.getByRole('form', { name: '单位回复' }))
  await waitFor(() => expect(actOnFinding).toHaveBeenCalled())
  expect(vi.mocked(actOnFinding).mock.lastCall?.slice(2, 5)).toEqual([
    'f1',
    'replies',
    { agrees: false, text: '正在改造' },
  ])
})

it('shows no act that the server does not name', () => {
  show(<CheckPage />, '/prisons/:prison/checks/:check', {
    ...check,
    actions: [],
    findings: [{ ...finding, actions: [] }],
    carried: [],
  } as unknown as WholeCheck)
  expect(screen.queryByRole('button', { name: '确认考核表' })).toBeNull()
  expect(screen.queryByLabelText('标准条款')).toBeNull()
  expect(screen.queryByRole('button', { name: /^单位回复/ })).toBeNull()
  expect(screen.getByText('没有遗留的整改项')).toBeTruthy()
})

it('lists what waits, the verified on demand, and says so where there is nothing', () => {
  show(<Rectifications />, '/rectifications')
  expect(screen.getByText('巡查不符')).toBeTruthy()
  expect(screen.getByText('超期')).toBeTruthy()
  expect(screen.queryByText('已改好')).toBeNull()
  fireEvent.click(screen.getByLabelText('包括已核验的'))
  expect(screen.getByText('已改好')).toBeTruthy()
})

it('says that there is no check yet, and lets nobody open one who may not', () => {
  show(<Checks />, '/checks')
  expect(screen.getByText('还没有考核')).toBeTruthy()
  expect(screen.queryByRole('button', { name: '组织考核' })).toBeNull()
})

it('says which framework a check is held by, and an indicator by its own code', () => {
  const [domain] = sheet.domains
  const [line] = domain?.indicators[0]?.lines ?? []
  const framed = {
    ...sheet,
    domains: [
      {
        ...domain,
        indicators: [
          { code: 'GV.OC-01', title: { zh: '使命' }, lines: [{ ...line, id: 'GV.OC-01.met' }] },
        ],
      },
    ],
  } as typeof sheet
  const of = {
    ...check,
    kind: 'other',
    standard: 'csf',
    findings: [{ ...finding, line: 'GV.OC-01.met' }],
  }
  show(<CheckPage />, '/prisons/:prison/checks/:check', of as unknown as WholeCheck, framed)
  screen.getByRole('heading', { level: 1, name: '三监区 · 其他标准考核（网络安全框架）' })
  within(screen.getByRole('article')).getByText('GV.OC-01')
})
