import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import type { Candidate } from '../api/checks'
import Checks from '../pages/Checks'

const person = (id: string, name: string, more: Partial<Candidate> = {}): Candidate => ({
  person: id,
  number: `000000${id}`,
  name,
  own: false,
  turns: 1,
  served: 0,
  skills: [],
  engaged: false,
  ...more,
})
const people = [
  person('1', '张三', { skills: ['JG'] }),
  person('2', '李四', { away_to: '2026-03-09' }),
  person('3', '王五', { skills: ['YJ'], engaged: true }),
]
const domains = [
  { code: 'JG', title: { zh: '监管改造' } },
  { code: 'YJ', title: { zh: '硬件设施' } },
]
vi.mock('../api/checks', async (original) => ({
  ...(await original()),
  useCandidates: (_: string, __: string, { domain }: { domain?: string }) => ({
    data: { people: people.filter((p) => !domain || p.skills.includes(domain)), domains },
  }),
}))

it('shows skills and turns, calls nobody who is away, and tells a team what it lacks', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['checks', 'p'], { checks: [], more: false, may: ['mock'], frameworks: [] })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element: <Checks /> }])} />
    </QueryClientProvider>,
  )
  fireEvent.click(screen.getByRole('button', { name: '组织考核' }))
  const of = (name: RegExp) => within(screen.getByRole('row', { name }))
  expect(of(/李四/).getByRole('checkbox')).toBeDisabled()
  expect(of(/李四/).getByText('不在岗至 2026-03-09')).toBeInTheDocument()
  expect(of(/王五/).getByText('同期另有考核')).toBeInTheDocument()
  expect(of(/张三/).getByText('监管改造')).toBeInTheDocument()
  expect(screen.queryByRole('status')).toBeNull()
  fireEvent.click(of(/张三/).getByRole('checkbox'))
  expect(screen.getByRole('status')).toHaveTextContent('考核组中没有人擅长：硬件设施')
  // One who is chosen stays chosen while another is looked for.
  fireEvent.change(screen.getByLabelText('擅长领域'), { target: { value: 'YJ' } })
  expect(screen.queryByRole('row', { name: /张三/ })).toBeNull()
  fireEvent.click(of(/王五/).getByRole('checkbox'))
  expect(screen.queryByRole('status')).toBeNull()
})
