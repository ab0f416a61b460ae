import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { actOnItem, type Deliberation, putOnAgenda, type Sitting } from '../api/meetings'
import { ProblemError } from '../api/problem'
import MeetingPage from './MeetingPage'

vi.mock('../api/meetings', async (original) => ({
  ...(await original()),
  actOnItem: vi.fn(),
  putOnAgenda: vi.fn(),
}))

beforeEach(() => vi.clearAllMocks())

const item: Deliberation = {
  prison: 'p',
  id: 'i',
  meeting: 'm',
  body: 'committee',
  day: '2026-11-26',
  number: 1,
  case: 'c',
  level: 'demonstration',
  seen: 7,
  moot: false,
  seats: [
    { person: '1', name: '张三', voting: true, present: true, may: ['presence', 'recuse', 'vote'] },
    { person: '2', name: '李四', voting: true, present: false, barred: 'origin' },
    { person: '3', name: '王五', voting: true, present: false, recused: '亲属任职' },
  ],
  tally: {
    voting: 1,
    out: 2,
    present: 1,
    need: 1,
    quorum: true,
    for: 0,
    against: 0,
    abstain: 0,
    open: 1,
  },
  may: ['show', 'outcome', 'minutes'],
}

function show(over: Partial<Sitting>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [],
  })
  client.setQueryData(['meetings', 'm'], {
    id: 'm',
    body: 'committee',
    title: '第1次评审会',
    day: '2026-11-26',
    called_by: '秘书',
    items: 1,
    frozen: 0,
    agenda: [item],
    waiting: [],
    ...over,
  })
  const router = createMemoryRouter([{ path: '/meetings/:meeting', element: <MeetingPage /> }], {
    initialEntries: ['/meetings/m'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('says why somebody stays out, and lets nobody vote for them', () => {
  show({})
  screen.getByText('应到 1 人（回避 2 人不计），须到 1 人，实到 1 人')
  screen.getByText('已达法定人数')
  screen.getByText('系统回避：来自申报监狱')
  screen.getByText('自行回避：亲属任职')
  expect(screen.queryByLabelText('李四的表决')).toBeNull()
  expect(screen.queryByLabelText('王五到会')).toBeNull()
  screen.getByLabelText('张三的表决')
  expect(screen.queryByRole('button', { name: '定稿' })).toBeNull()
})

it('records a vote by its member, and a recusal with its reason', async () => {
  show({})
  fireEvent.change(screen.getByLabelText('张三的表决'), { target: { value: 'for' } })
  await waitFor(() =>
    expect(actOnItem).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'i' }),
      { kind: 'vote', person: '1', value: 'for' },
      expect.any(String),
    ),
  )
  fireEvent.click(screen.getByRole('button', { name: '登记回避 张三' }))
  fireEvent.change(screen.getByLabelText('理由'), { target: { value: '同乡' } })
  fireEvent.submit(screen.getByRole('form', { name: '登记回避' }))
  await waitFor(() =>
    expect(actOnItem).toHaveBeenLastCalledWith(
      expect.objectContaining({ id: 'i' }),
      { kind: 'recuse', person: '1', reason: '同乡' },
      expect.any(String),
    ),
  )
})

it('binds the outcome to what was seen, and says what the votes say against it', async () => {
  vi.mocked(actOnItem).mockRejectedValue(
    new ProblemError(409, 'case_refused', '条件尚未具备', [
      { pointer: '', code: 'votes', message: '与表决不符：同意 0、不同意 1、弃权 0' },
    ]),
  )
  show({})
  fireEvent.change(screen.getByLabelText('审议意见'), { target: { value: '同意' } })
  fireEvent.submit(screen.getByRole('form', { name: '记录结果' }))
  await screen.findByText('与表决不符：同意 0、不同意 1、弃权 0')
  expect(actOnItem).toHaveBeenCalledWith(
    expect.objectContaining({ id: 'i' }),
    { kind: 'outcome', value: 'agree', reason: '同意', seen: 7 },
    expect.any(String),
  )
})

it('offers nothing of what is frozen, and shows its digest', () => {
  const digest = `sha256:${'ab'.repeat(32)}`
  const frozen = {
    ...item,
    seats: item.seats.map(({ may: _, ...seat }) => seat),
    outcome: 'agree' as const,
    text: '一致同意',
    may: [],
    minutes: { name: '纪要.pdf', sha256: digest, size: 9, by: '秘书' },
    frozen: { at: '2026-11-26T02:00:00Z', by: '秘书', digest },
    package: 'k',
  }
  show({ agenda: [frozen] })
  const panel = screen.getByRole('region', { name: /第 1 项/ })
  within(panel).getByText(digest)
  expect(within(panel).queryAllByRole('button')).toEqual([])
  expect(within(panel).getByText('会议纪要：纪要.pdf').getAttribute('href')).toBe(
    '/api/v1/prisons/p/items/i/minutes',
  )
  expect(within(panel).getByText('下载申报材料').getAttribute('href')).toBe(
    '/api/v1/prisons/p/cases/c/package',
  )
})

it('shows the conditions by one click, before anybody votes and again where they have changed', async () => {
  const due = {
    ...item,
    show_due: true,
    seats: item.seats.map((s) => ({ ...s, may: ['presence' as const] })),
  }
  show({ agenda: [due] })
  screen.getByText('表决前请先出示当日申报条件')
  expect(screen.queryByLabelText('张三的表决')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: '出示当日申报条件' }))
  await waitFor(() =>
    expect(actOnItem).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'i' }),
      { kind: 'show' },
      expect.any(String),
    ),
  )
})

it('takes off what nobody has begun, with a reason, and says so afterwards', async () => {
  show({
    agenda: [
      { ...item, day: '2027-11-26', may: ['taken_off'], seats: [] },
      {
        ...item,
        id: 'k',
        number: 2,
        may: [],
        seats: [],
        taken_off: { at: '2026-11-26T02:00:00Z', by: '秘书', reason: '日期有误' },
      },
    ],
  })
  const first = screen.getByRole('region', { name: /第 1 项/ })
  within(first).getByText(/到会议当天/)
  expect(within(first).queryByRole('form', { name: '记录结果' })).toBeNull()
  fireEvent.click(within(first).getByRole('button', { name: '撤下议程' }))
  fireEvent.change(within(first).getByLabelText('理由'), { target: { value: '日期有误' } })
  fireEvent.submit(within(first).getByRole('form', { name: '撤下议程' }))
  await waitFor(() =>
    expect(actOnItem).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'i' }),
      { kind: 'taken_off', reason: '日期有误' },
      expect.any(String),
    ),
  )
  const second = screen.getByRole('region', { name: /第 2 项/ })
  within(second).getByText(/秘书 于 .* 撤下议程：日期有误/)
  expect(within(second).queryAllByRole('button')).toEqual([])
})

it('says that an agenda is empty, and puts on it what waits', async () => {
  show({ agenda: [], waiting: [{ prison: 'p', case: 'c', level: 'standard' }] })
  screen.getByText('议程上还没有事项')
  fireEvent.click(screen.getByRole('button', { name: /列入议程/ }))
  await waitFor(() => expect(putOnAgenda).toHaveBeenCalledWith('p', 'm', 'c', expect.any(String)))
})
