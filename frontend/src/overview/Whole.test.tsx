import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it } from 'vitest'
import { Whole } from './Whole'

const item = { standard: 'ordinary-area', version: 1, title: { zh: '监管安全底线' }, units: 2 }

it('says where the prison stands, and opens what each department lost', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { postings: [], grants: [] })
  client.setQueryData(['organisation'], {
    departments: [{ code: 'dept_custody', title: { zh: '狱政管理科' } }],
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '三监区' }] }],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['overview', '/prisons/p/whole', {}], {
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
            ...item,
            code: 'JG-01',
            points: '120',
            lost: '40',
            losing: [{ area: 'a', lost: '40' }],
          },
          { ...item, code: 'P-JG-02', points: '50', lost: '5', losing: [{ lost: '5' }] },
          { ...item, code: 'JG-03', points: '30', lost: '0', losing: [] },
        ],
      },
    ],
  })
  const router = createMemoryRouter([{ path: '/', element: <Whole prison="p" /> }])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  expect(screen.getByText('还没有施行的监狱标准')).toBeTruthy()
  const row = within(screen.getByRole('row', { name: /狱政管理科/ }))
  expect(row.getByText('775.00')).toBeTruthy()
  expect(row.getByText('45 / 200')).toBeTruthy()
  expect(row.getByText('负责 3 项指标，2 项失分')).toBeTruthy()
  expect(row.getByRole('link', { name: '三监区' })).toHaveProperty(
    'href',
    expect.stringContaining('/prisons/p/areas/a/proof?item=JG-01'),
  )
  expect(row.getByText(/监狱整体 −5/)).toBeTruthy()
})
