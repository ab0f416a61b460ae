import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { call } from '../api/http'
import { ProblemError } from '../api/problem'
import type { Defect, Diagnosis } from '../api/selfcheck'
import SelfCheck from './SelfCheck'

vi.mock('../api/http', async (original) => ({ ...(await original()), call: vi.fn() }))

const area = { id: 'a', prison: 'p', code: 'A1', name_zh: '一监区' } as Diagnosis['area']

function show(answer: Defect[] | Error) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Infinity, retry: false } },
  })
  const ledgers = [
    { id: 'duty-log', title: { zh: '值班日志' } },
    { id: 'medical-visit', title: { zh: '就诊' } },
  ]
  client.setQueryData(['organisation'], { prisons: [{ id: 'p', areas: [area] }], departments: [] })
  client.setQueryData(['ledgers'], { ledgers, ended: [] })
  vi.mocked(call).mockImplementation(async () => {
    if (answer instanceof Error) throw answer
    const at = '2026-05-20T06:00:00Z'
    const data = { area, from: '2025-11-21', to: '2026-05-20', at, checks: 25, defects: answer }
    return { data, etag: '' } as never
  })
  const router = createMemoryRouter(
    [{ path: '/prisons/:prison/areas/:area/self-check', element: <SelfCheck /> }],
    { initialEntries: ['/prisons/p/areas/a/self-check'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('says that nothing was found', async () => {
  show([])
  expect(await screen.findByText('没有发现问题')).toBeTruthy()
  expect(screen.getByText(/2025-11-21 至 2026-05-20.*共查 25 项/)).toBeTruthy()
})

it('says that it failed', async () => {
  show(new ProblemError(403, 'forbidden', '没有权限'))
  expect(await screen.findByRole('alert')).toBeTruthy()
})

it('groups by severity and leads to each place', async () => {
  show([
    {
      id: 'duty_missing',
      severity: 'error',
      count: 60,
      items: [{ ledger: 'duty-log', day: '2026-05-19', period: '2026-05-19/night' }],
    },
    {
      id: 'returned',
      severity: 'error',
      count: 2,
      items: [
        {
          ledger: 'duty-log',
          day: '2026-05-20',
          entry: 'e1',
          person: '张三',
          note: { zh: '有误' },
        },
        { ledger: 'medical-visit', day: '2026-05-18' },
      ],
    },
    { id: 'roster_missing', severity: 'hint', count: 1, items: [{ day: '2026-05-21' }] },
  ])
  const errors = await screen.findByRole('region', { name: /错误/ })
  expect(within(errors).getByRole('heading', { level: 2 }).textContent).toContain('62')
  expect(screen.queryByRole('region', { name: /警告/ })).toBeNull()
  const link = (name: RegExp) => screen.getByRole('link', { name }).getAttribute('href')
  expect(link(/2026-05-19/)).toBe('/ledgers/duty-log?area=a&from=2026-05-19&to=2026-05-19')
  expect(link(/2026-05-20/)).toBe('/prisons/p/entries/e1')
  expect(link(/就诊 2026-05-18/)).toBe(
    '/ledgers/medical-visit?area=a&from=2026-05-18&to=2026-05-18',
  )
  expect(within(errors).getAllByText(/您无权查看/)).toHaveLength(1)
  expect(within(errors).getByText(/张三 · 有误/)).toBeTruthy()
  expect(screen.getByText('共 60 处，只列 1 处')).toBeTruthy()
  expect(screen.getByText(/按退回意见修改/)).toBeTruthy()
  const hints = screen.getByRole('region', { name: /提示/ })
  expect(hints.querySelector('details')?.open).toBe(false)
  fireEvent.click(within(hints).getByText('明日没有排班'))
  expect(within(hints).getByRole('link', { name: '2026-05-21' }).getAttribute('href')).toBe(
    '/rosters',
  )
})
