import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { nameResponsible, type PrisonDuties, type PrisonDuty } from '../api/plans'
import { Answers, holderOf } from '../plans/Answers'
import Responsibilities from './Responsibilities'

vi.mock('../api/plans', async (original) => ({ ...(await original()), nameResponsible: vi.fn() }))

const who = (n: number, name: string, more: object = {}) => ({
  n,
  name,
  number: '0000001',
  from_day: '2026-03-01',
  left: false,
  author_name: '王五',
  recorded_at: '2026-03-01T00:00:00Z',
  ...more,
})
const duty = (of: Partial<PrisonDuty>): PrisonDuty => ({
  kind: 'indicator',
  what: 'ordinary-area/JG-02',
  title: { zh: '点名', en: 'Roll call' },
  history: [],
  vacant: true,
  may: true,
  own: [],
  ...of,
})
const held = who(2, '李四', { reason: '岗位调整' })
const duties: PrisonDuty[] = [
  duty({ kind: 'area', area: 'a', what: undefined, title: { zh: '', en: '' } }),
  duty({ vacant: false, holder: held, history: [held, who(1, '张三')] }),
  duty({
    area: 'a',
    holder: who(1, '赵六', { left: true }),
    history: [who(1, '赵六', { left: true })],
  }),
]
const data: PrisonDuties = { prison: 'p', day: '2026-03-02', duties, vacant: 2 }

function show(element: React.ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '一监区' }] }],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['standards'], { standards: [], actions: [] })
  client.setQueryData(['plans', '/prisons/p/responsibilities'], data)
  const router = createMemoryRouter([{ path: '/prisons/:prison/responsibilities', element }], {
    initialEntries: ['/prisons/p/responsibilities'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('names what nobody answers for, and who left', () => {
  show(<Responsibilities />)
  expect(screen.getByText('无人负责 2/3')).toBeInTheDocument()
  expect(screen.getByText('赵六已调离')).toBeInTheDocument()
  expect(screen.getByText(/张三 2026-03-01 · 岗位调整/)).toBeInTheDocument()
  fireEvent.click(screen.getByLabelText('只看无人负责的'))
  expect(screen.queryByText('李四')).toBeNull()
})

it('hands over with a reason, on what was seen', async () => {
  show(<Responsibilities />)
  const row = screen.getByRole('row', { name: /李四/ })
  fireEvent.change(within(row).getByLabelText('警号或姓名'), { target: { value: '0000003' } })
  fireEvent.change(within(row).getByLabelText('自'), { target: { value: '2026-04-01' } })
  fireEvent.change(within(row).getByLabelText('交接理由'), { target: { value: '轮岗' } })
  fireEvent.click(within(row).getByRole('button', { name: /提\s*交/ }))
  await waitFor(() => expect(nameResponsible).toHaveBeenCalled())
  expect(vi.mocked(nameResponsible).mock.lastCall?.slice(1, 3)).toMatchObject([
    { kind: 'indicator', what: 'ordinary-area/JG-02' },
    { seen: 2, number: '0000003', from_day: '2026-04-01', reason: '轮岗' },
  ])
})

it('takes whoever is named for the area, unless they left, or else for the prison', () => {
  const of = { kind: 'indicator' as const, what: 'ordinary-area/JG-02', area: 'a' }
  expect(holderOf(duties, of)?.name).toBe('李四')
  expect(holderOf(duties, { ...of, kind: 'step' })).toBeUndefined()
  const own = duty({ area: 'a', vacant: false, holder: who(2, '孙七') })
  expect(holderOf([...duties, own], of)?.name).toBe('孙七')
})

it('is told beside what was lost', () => {
  show(
    <>
      <Answers prison="p" kind="indicator" what="ordinary-area/JG-02" area="a" />
      <Answers prison="p" kind="step" what="area/BASELINE" />
      <Answers prison="p" kind="step" what="area/NAMED" quiet />
    </>,
  )
  expect(screen.getByText(/责任人：李四/)).toBeInTheDocument()
  expect(screen.getAllByRole('link', { name: '无人负责' })).toHaveLength(1)
})
