import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it } from 'vitest'
import { AskOpinion } from '../accreditation/AskOpinion'
import type { WholeCase } from '../api/cases'
import type { OwedOpinion } from '../api/opinions'
import Opinions from './Opinions'

const owed: OwedOpinion = {
  prison: 'p',
  case: 'c',
  area: 'a',
  level: 'area',
  department: 'dept_custody',
  seq: 3,
  asked_at: '2026-03-01T23:30:00Z', // half past seven on the second
  due_on: '2026-03-12',
  mark: 'open',
  mine: true,
  may_give: true,
}

function show(element: React.ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [],
    departments: [
      { code: 'dept_custody', title: { zh: '狱政管理科' }, bureau: { zh: '狱政管理处' } },
      { code: 'dept_labour', title: { zh: '劳动改造科' }, bureau: { zh: '劳动改造处' } },
    ],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['opinions'], [owed])
  client.setQueryData(['me'], { name: '张三', postings: [], demonstration: false })
  const router = createMemoryRouter([{ path: '/', element }])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('shows when a department was asked by the clock of the country', () => {
  show(<Opinions />)
  expect(screen.getByText('2026-03-02 07:30')).toBeInTheDocument()
})

it('asks departments of the bureau by the names they have there', () => {
  show(<AskOpinion whole={{ prison: 'p', id: 'c', opinions: [owed] } as unknown as WholeCase} />)
  expect(screen.getByRole('option')).toHaveTextContent('劳动改造处')
})
