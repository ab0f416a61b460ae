import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it } from 'vitest'
import type { StewardMark, StewardMatrix, StewardRow } from '../api/stewardship'
import Matrix from './Matrix'

const mark = (unit: string, of: Partial<StewardMark>): StewardMark => ({
  unit,
  owner: false,
  approver: false,
  when: false,
  reader: false,
  takes: false,
  vacant: false,
  ...of,
})
const row = (ledger: string, of: Partial<StewardRow>): StewardRow => ({
  ledger,
  owners: ['dept_custody'],
  marks: [],
  steps: [],
  problems: [],
  ...of,
})
const data: StewardMatrix = {
  prison: 'p',
  day: '2026-03-02',
  departments: ['dept_custody', 'dept_labour'],
  ledgers: [
    row('duty-log', {
      marks: [
        mark('dept_custody', { owner: true, approver: true, when: true, reader: true }),
        mark('area', { approver: true, reader: true, vacant: true }),
      ],
      problems: ['vacant'],
    }),
    row('labour-daily', {
      owners: ['dept_labour'],
      marks: [mark('dept_labour', { owner: true, reader: true })],
    }),
  ],
  report: {
    no_owner: [],
    two_owners: [],
    vacant: [
      {
        ledger: 'duty-log',
        step: { zh: '监区长审核' },
        unit: 'area',
        roles: ['area_head'],
        when: false,
        areas: ['a'],
      },
    ],
    owner_only: [],
    idle: ['dept_labour'],
    overlaps: [
      {
        ledger: 'duty-log',
        field: '在押人数',
        other: 'labour-daily',
        text: '实有人数',
        score: 800,
        crossing: true,
      },
    ],
  },
}

function show(at = '/matrix') {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const title = (zh: string) => ({ title: { zh } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '一监区' }] }],
    departments: [
      { code: 'dept_custody', ...title('狱政管理科') },
      { code: 'dept_labour', ...title('劳动改造科') },
    ],
  })
  client.setQueryData(['session'], null)
  client.setQueryData(['ledgers'], {
    ledgers: [
      { id: 'duty-log', ...title('值班日志') },
      { id: 'labour-daily', ...title('劳动日志') },
    ],
    ended: [],
  })
  client.setQueryData(['stewardship', '/prisons/p/matrix'], data)
  const routes = [
    { path: '/prisons/:prison/matrix', element: <Matrix /> },
    { path: '/matrix', element: <Matrix /> },
  ]
  const router = createMemoryRouter(routes, { initialEntries: [at] })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return router
}

it('shows who owns, approves and reads, and where nobody holds the post', () => {
  show('/prisons/p/matrix')
  const duty = screen.getByRole('row', { name: /值班日志/ })
  expect(within(duty).getAllByRole('cell')[2]?.textContent).toBe('主条件审阅')
  expect(within(duty).getAllByRole('cell')[0]?.textContent).toBe('审阅空岗')
  const labour = screen.getByRole('row', { name: /劳动日志/ })
  expect(within(labour).getAllByRole('cell')[3]?.textContent).toBe('主阅')
})

it('narrows by words, by department, and to what has a gap or an overlap', () => {
  const router = show('/prisons/p/matrix')
  expect(screen.getByText('共 2 种台账')).toBeInTheDocument()
  const only = screen.getByLabelText('只看')
  fireEvent.change(only, { target: { value: 'gap' } })
  expect(screen.queryByRole('row', { name: /劳动日志/ })).toBeNull()
  fireEvent.change(only, { target: { value: 'overlap' } })
  expect(screen.queryByRole('row', { name: /值班日志/ })).toBeNull()
  fireEvent.change(only, { target: { value: '' } })
  fireEvent.change(screen.getByLabelText('科室'), { target: { value: 'dept_labour' } })
  expect(screen.queryByRole('row', { name: /值班日志/ })).toBeNull()
  expect(screen.queryByRole('columnheader', { name: '狱政管理科' })).toBeNull()
  fireEvent.change(screen.getByLabelText('台账名称'), { target: { value: '值班' } })
  expect(screen.getByText('没有符合条件的台账')).toBeInTheDocument()
  expect(router.state.location.search).toContain('department=dept_labour')
})

it('opens what each figure counts', () => {
  show('/prisons/p/matrix')
  for (const [figure, n] of [
    ['无归属的台账', 0],
    ['审批环节空岗', 1],
    ['无归属台账的科室', 1],
    ['内容重叠（对）', 1],
  ] as const) {
    fireEvent.click(screen.getByRole('link', { name: `${figure} ${n}` }))
    const list = screen.getByRole('heading', { level: 3, name: figure })
      .parentElement as HTMLElement
    if (n === 0) expect(within(list).getByText('没有')).toBeInTheDocument()
    else
      expect(
        within(list).queryAllByRole(list.querySelector('table') ? 'rowheader' : 'listitem'),
      ).toHaveLength(n)
  }
  fireEvent.click(screen.getByRole('link', { name: '空岗' }))
  const vacant = screen.getByRole('row', { name: /监区长审核/ })
  expect(vacant.textContent).toContain('监区长')
  expect(vacant.textContent).toContain('一监区')
})
