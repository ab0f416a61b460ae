import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { acknowledge, type IssuedBulletin } from '../api/bulletins'
import BulletinPage from './BulletinPage'

vi.mock('../api/bulletins', async (original) => ({ ...(await original()), acknowledge: vi.fn() }))

const unit = (id: string, zh: string) => ({
  case: id,
  prison: 'p',
  name: { zh, en: zh },
  kind: 'ordinary' as const,
  level: 'area',
})

const bulletin: IssuedBulletin = {
  year: 2026,
  issue: 2,
  digest: 'sha256:ab',
  by: '省局乙',
  issued_at: '2026-03-01T01:00:00Z',
  newest: true,
  counts: { units: 1, kinds: { ordinary: 1 }, levels: { area: 1 } },
  to: ['dept_custody', 'dept_labour'],
  batches: [
    {
      batch: 2,
      level: 'area',
      closes_on: '2026-03-01',
      from: '2026-04-01',
      to: '2026-05-01',
      units: [unit('c1', '甲监狱 一监区')],
    },
  ],
  waiting: [],
  revoked: [],
  marks: {
    against: 1,
    batches: [{ batch: 2, change: 'added' }],
    units: [
      { unit: unit('c1', '甲监狱 一监区'), change: 'changed', from: 1, to: 2 },
      { unit: unit('c2', '甲监狱 二监区'), change: 'removed', from: 1 },
    ],
    revoked: [
      {
        change: 'removed',
        title: {
          title: 't1',
          prison: 'p',
          name: { zh: '甲监狱 三监区', en: 'x' },
          wording: '规范化监区',
          document_no: '令1号',
          on_day: '2016-05-01',
        },
      },
    ],
    to: [{ department: 'dept_custody', change: 'added' }],
  },
  acks: [
    { department: 'dept_custody' },
    { department: 'dept_labour', by: '张三', at: '2026-03-02T01:00:00Z' },
  ],
  may_ack: ['dept_custody'],
}

function show(over: Partial<IssuedBulletin>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [],
    departments: [
      { code: 'dept_custody', title: { zh: '狱政管理科' }, bureau: { zh: '狱政管理处' } },
      { code: 'dept_labour', title: { zh: '劳动改造科' } },
    ],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['announced', '/bulletins/2026/2'], { ...bulletin, ...over })
  const router = createMemoryRouter(
    [{ path: '/bulletins/:year/:issue', element: <BulletinPage /> }],
    { initialEntries: ['/bulletins/2026/2'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('marks what is otherwise than in the issue before', () => {
  show({})
  expect(screen.getByText('由第 1 批改为第 2 批')).toBeTruthy()
  expect(screen.getByText(/甲监狱 二监区/).tagName).toBe('DEL')
  expect(screen.getByText(/甲监狱 三监区/).tagName).toBe('DEL')
  expect(screen.getByText(/发送 狱政管理处/)).toHaveTextContent('新增')
  expect(screen.getAllByText('新增')).toHaveLength(2)
})

it('is acknowledged for the department by whom the server lets, and only the newest', async () => {
  show({})
  expect(screen.getAllByRole('button', { name: /签收/ })).toHaveLength(1)
  fireEvent.click(screen.getByRole('button', { name: '代表狱政管理处签收' }))
  await waitFor(() => expect(acknowledge).toHaveBeenCalled())
  expect(vi.mocked(acknowledge).mock.lastCall?.[1]).toBe('dept_custody')
})

it('cannot be acknowledged once another stands in its place', () => {
  show({ newest: false })
  expect(screen.queryByRole('button', { name: /签收/ })).toBeNull()
})
