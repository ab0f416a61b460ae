import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { actOn, askFor, type WholeCase } from '../api/cases'
import CasePage from './CasePage'

vi.mock('../api/cases', async (original) => ({
  ...(await original()),
  actOn: vi.fn(),
  askFor: vi.fn(),
}))

beforeEach(() => vi.clearAllMocks())

const base: WholeCase = {
  prison: 'p',
  id: 'c',
  begun_at: '2026-11-01T01:00:00Z',
  seq: 3,
  etag: 4,
  open: true,
  machine: 1,
  track: 'prison',
  level: 'demonstration',
  state: 'PROV_REVIEW',
  state_title: { zh: '省厅评审中', en: 'Before the review committee' },
  carry: '0',
  at: '2026-11-02T01:00:00Z',
  records: [],
  timers: [],
  road: [
    { state: 'PARTY_REVIEW', title: { zh: '省局党委会审议中' }, stands: 'passed' },
    { state: 'PROV_REVIEW', title: { zh: '省厅评审中' }, stands: 'here' },
    { state: 'NAMED', title: { zh: '已命名（有效）' }, stands: 'ahead' },
  ],
  events: [],
  opinions: [],
  actions: [],
  asks: {},
  makes: [],
  prepares: [],
  prepared: [],
  proposal: [],
  warnings: [],
  lost: [],
  items: [],
  package: false,
  line: '950',
}

function show(over: Partial<WholeCase>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [
      { code: 'dept_custody', title: { zh: '狱政管理科' }, bureau: { zh: '狱政管理处' } },
    ],
  })
  client.setQueryData(['cases', 'p', 'c'], { ...base, ...over })
  const router = createMemoryRouter(
    [{ path: '/prisons/:prison/cases/:case', element: <CasePage /> }],
    {
      initialEntries: ['/prisons/p/cases/c'],
    },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('draws the road and says why an act is refused, in numbers', () => {
  show({
    actions: [
      {
        transition: 'T1',
        event: 'submit',
        as: 'PO',
        title: { zh: '申报' },
        wants: [],
        refused: [{ pointer: '', code: 'eligible', text: { zh: '普通监区 4/7，需 5' } }],
      },
    ],
  })
  expect(screen.getByText('省厅评审中', { selector: '[aria-current=step]' })).toBeTruthy()
  expect(screen.getByRole('heading', { name: '申报：条件尚未具备' })).toBeTruthy()
  expect(screen.getByText('普通监区 4/7，需 5')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /办理：/ })).toBeNull()
})

it('shows where a case stands beside its road, after what is passed', () => {
  show({
    state: 'POSTPONED',
    state_title: { zh: '推迟验收', en: 'Postponed' },
    road: [
      { state: 'SCREENED', title: { zh: '筛查通过' }, stands: 'passed' },
      { state: 'BASELINE', title: { zh: '摸底检查中' }, stands: 'ahead' },
    ],
  })
  const road = screen.getByRole('list', { name: '创建流程' })
  expect([...road.children].map((x) => [x.className, x.firstChild?.textContent])).toEqual([
    ['passed', '筛查通过'],
    ['here', '推迟验收'],
    ['ahead', '摸底检查中'],
  ])
  expect(screen.getByRole('link', { name: '查看整改' }).getAttribute('href')).toBe(
    '/rectifications',
  )
})

it('draws the way it went, in rounds with days: postponed once, and entered again', () => {
  const titles: Record<string, string> = {
    DRAFT: '拟申报',
    APPLIED: '已申报',
    BASELINE: '摸底检查中',
    POSTPONED: '推迟验收',
    ON_SITE: '现场考核验收中',
  }
  const title = (s: string) => ({ zh: titles[s] ?? s, en: s })
  const went = ['DRAFT', 'APPLIED', 'BASELINE', 'POSTPONED', 'BASELINE', 'ON_SITE']
  const events = went.slice(1).map((to, n) => ({
    seq: n + 1,
    transition: `T${n}`,
    title: { zh: '办理', en: 'act' },
    from: went[n] ?? '',
    to,
    to_title: title(to),
    as: 'BO',
    by: '李四',
    ...(to === 'POSTPONED' ? { reason: '两项台账缺失' } : {}),
    detail: {},
    recorded_at: `2026-1${n < 3 ? 0 : 1}-0${n + 1}T01:00:00Z`,
  }))
  // An act that moves nowhere is no step.
  const told = { ...(events[1] as (typeof events)[number]), seq: 9, from: 'BASELINE' }
  show({
    state: 'ON_SITE',
    state_title: title('ON_SITE'),
    begun_at: '2026-09-30T01:00:00Z',
    events: [...events.slice(0, 2), told, ...events.slice(2)],
    road: [
      { state: 'DRAFT', title: title('DRAFT'), stands: 'passed' },
      { state: 'BASELINE', title: title('BASELINE'), stands: 'passed' },
      { state: 'ON_SITE', title: title('ON_SITE'), stands: 'here' },
      { state: 'NAMED', title: { zh: '已命名（有效）' }, stands: 'ahead' },
    ],
  })
  const drawn = (name: string) =>
    [...screen.getByRole('list', { name }).children].map((x) => [
      x.className,
      x.firstChild?.textContent,
      x.querySelector('time')?.textContent,
    ])
  expect(screen.getByRole('list', { name: '创建流程' }).children).toHaveLength(2)
  expect(drawn('第 1 轮')).toEqual([
    ['passed', '拟申报', '2026-09-30'],
    ['passed', '已申报', '2026-10-01'],
    ['passed', '摸底检查中', '2026-10-02'],
    ['passed', '推迟验收', '2026-10-03'],
  ])
  expect(drawn('第 2 轮')).toEqual([
    ['passed', '摸底检查中', '2026-11-04'],
    ['here', '现场考核验收中', '2026-11-05'],
    ['ahead', '已命名（有效）', undefined],
  ])
  expect(screen.getByText('原因：两项台账缺失')).toBeInTheDocument()
})

it('draws nothing ahead of a case that has ended', () => {
  show({ open: false, state: 'WITHDRAWN', state_title: { zh: '撤回', en: 'Withdrawn' } })
  const road = screen.getByRole('list', { name: '创建流程' })
  expect([...road.children].map((x) => x.className)).toEqual(['passed', 'here'])
})

it('acts on the case as it was seen, with the document that is wanted', async () => {
  show({
    actions: [
      {
        transition: 'T17',
        event: 'name',
        as: 'RC',
        title: { zh: '省厅同意并命名' },
        wants: ['document'],
        refused: [],
      },
    ],
  })
  fireEvent.change(screen.getByLabelText('文号'), { target: { value: '司发1号' } })
  fireEvent.change(screen.getByLabelText('文件日期'), { target: { value: '2026-11-02' } })
  fireEvent.click(screen.getByRole('button', { name: '办理：省厅同意并命名' }))
  await waitFor(() => expect(actOn).toHaveBeenCalled())
  const [, etag, act] = vi.mocked(actOn).mock.lastCall!
  expect(etag).toBe(4)
  expect(act).toEqual({
    event: 'name',
    reason: '',
    document: '司发1号',
    document_on: '2026-11-02',
    waived: false,
    cites: [],
  })
})

it('cites every opinion that was given, and asks on behalf of the unit', async () => {
  show({
    opinions: [
      {
        department: 'dept_custody',
        due_on: '2026-11-20',
        may_give: false,
        given: {
          id: 'o',
          seq: 3,
          state: 'BASELINE',
          kind: 'opinion',
          department: 'dept_custody',
          body: { value: 'delay', reason: '本线情况' } as never,
          by: '张三',
          recorded_at: '2026-11-10T01:00:00Z',
          stands: true,
          may_confirm: false,
        },
      },
    ],
    actions: [
      {
        transition: 'T6',
        event: 'proceed',
        as: 'BO',
        title: { zh: '如期验收' },
        wants: ['cites'],
        refused: [],
      },
    ],
    asks: { withdraw: { zh: '撤回' } },
  })
  expect(screen.getByText(/狱政管理处：延迟 本线情况（张三）/)).toBeTruthy()
  fireEvent.click(screen.getByRole('checkbox', { name: '狱政管理处' }))
  // It says otherwise than is decided: the decision answers it in words.
  const answer = screen.getByLabelText('对狱政管理处意见的回应')
  expect((answer as HTMLInputElement).required).toBe(true)
  fireEvent.change(answer, { target: { value: '已整改' } })
  fireEvent.click(screen.getByRole('button', { name: '办理：如期验收' }))
  await waitFor(() => expect(actOn).toHaveBeenCalled())
  expect(vi.mocked(actOn).mock.lastCall?.[2].cites).toEqual([
    { department: 'dept_custody', answer: '已整改' },
  ])
  fireEvent.click(screen.getByRole('button', { name: '提出：撤回' }))
  await waitFor(() => expect(askFor).toHaveBeenCalled())
  expect(vi.mocked(askFor).mock.lastCall?.[1]).toBe('withdraw')
})
