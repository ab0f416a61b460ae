import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import type { ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { Prepare } from '../accreditation/Prepare'
import type { WholeCase } from '../api/cases'
import { type Candidate, openCheck } from '../api/checks'
import { ProblemError } from '../api/problem'
import Checks from './Checks'

const person = (id: string, name: string): Candidate => ({
  person: id,
  number: `000000${id}`,
  name,
  own: false,
  turns: 1,
  served: 0,
  skills: [],
  engaged: false,
})
const people = [person('1', '张三'), person('2', '李四'), person('3', '王五')]
vi.mock('../api/checks', async (original) => ({
  ...(await original()),
  openCheck: vi.fn(),
  useCandidates: (_: string, __: string, { to }: { to?: string }) => ({
    data: {
      people: people.map((p) => (p.name === '张三' && to === later ? { ...p, away_to: later } : p)),
      domains: [],
    },
  }),
}))
const later = '2099-01-01'

function shows(page: ReactNode, listed = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['checks', 'p'], {
    checks: [],
    more: false,
    may: ['mock'],
    frameworks: [],
    ...listed,
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element: page }])} />
    </QueryClientProvider>,
  )
}

const away = new ProblemError(409, 'inspector_away', '不在岗', [
  { pointer: '/team', code: 'away', message: '张三 不在岗，服务器' },
])

it('leaves nobody out who is chosen and away once the days are others', async () => {
  vi.mocked(openCheck).mockReset().mockRejectedValue(away)
  shows(<Checks />)
  fireEvent.click(screen.getByRole('button', { name: '组织考核' }))
  const of = (name: RegExp) => within(screen.getByRole('row', { name }))
  fireEvent.click(of(/张三/).getByRole('checkbox'))
  fireEvent.click(of(/张三/).getByRole('radio'))
  fireEvent.click(of(/王五/).getByRole('checkbox'))
  expect(screen.queryByRole('alert')).toBeNull()
  fireEvent.change(screen.getByLabelText('止日'), { target: { value: later } })
  expect(screen.getByRole('alert')).toHaveTextContent(`张三 在考核期间不在岗（至 ${later}）`)
  expect(of(/张三/).getByRole('checkbox')).toBeEnabled()
  fireEvent.submit(screen.getByRole('form', { name: '组织考核' }))
  expect(await screen.findByText('张三 不在岗，服务器')).toBeInTheDocument()
  expect(vi.mocked(openCheck).mock.calls[0]?.[1].team).toEqual([
    { person: '1', leader: true },
    { person: '3', leader: false },
  ])
  // Let go, they are not to be chosen again.
  fireEvent.click(of(/张三/).getByRole('checkbox'))
  expect(of(/张三/).getByRole('checkbox')).toBeDisabled()
  expect(screen.queryByText(/张三 在考核期间不在岗/)).toBeNull()
})

it('keeps one who is chosen for a case and away once the days are others', async () => {
  vi.mocked(openCheck).mockReset().mockRejectedValue(away)
  const whole = { id: 'c', prison: 'p', prepares: ['baseline'], prepared: [] }
  shows(<Prepare whole={whole as unknown as WholeCase} />)
  fireEvent.change(screen.getByLabelText('组长'), { target: { value: '1' } })
  fireEvent.change(screen.getByLabelText('结束'), { target: { value: later } })
  expect(screen.getByRole('alert')).toHaveTextContent('张三 在考核期间不在岗')
  fireEvent.submit(screen.getByRole('form'))
  await waitFor(() =>
    expect(vi.mocked(openCheck).mock.calls[0]?.[1].team[0]).toEqual({ person: '1', leader: true }),
  )
  expect(await screen.findByText('张三 不在岗，服务器')).toBeInTheDocument()
})

it('asks for a framework where the check is of another field, and says what it leaves alone', async () => {
  vi.mocked(openCheck).mockReset().mockRejectedValue(away)
  const frameworks = [
    { standard: 'csf', version: 2, title: { zh: '网络安全框架' } },
    { standard: 'care', version: 1, title: { zh: '医疗质量框架' } },
  ]
  shows(<Checks />, { may: ['mock', 'other'], frameworks })
  fireEvent.click(screen.getByRole('button', { name: '组织考核' }))
  expect(screen.queryByLabelText('依据的其他标准')).toBeNull()
  fireEvent.change(screen.getByLabelText('考核类别'), { target: { value: 'other' } })
  const asked = screen.getByLabelText('依据的其他标准')
  expect(asked).toHaveDisplayValue('网络安全框架 第 2 版')
  expect(screen.getByText(/不影响本单位的得分、申报和称号/)).toBeInTheDocument()
  fireEvent.change(asked, { target: { value: 'care' } })
  const send = () => fireEvent.submit(screen.getByRole('form', { name: '组织考核' }))
  send()
  await waitFor(() => expect(openCheck).toHaveBeenCalledTimes(1))
  expect(vi.mocked(openCheck).mock.calls[0]?.[1]).toMatchObject({ kind: 'other', standard: 'care' })
  // What was chosen of a framework goes with no other kind.
  fireEvent.change(screen.getByLabelText('考核类别'), { target: { value: 'mock' } })
  send()
  await waitFor(() => expect(openCheck).toHaveBeenCalledTimes(2))
  expect(vi.mocked(openCheck).mock.calls[1]?.[1]).not.toHaveProperty('standard')
})
