import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { addVisit, callOffVisit, type FocusUnit, markFocus } from '../api/together'
import Visits from '../pages/Visits'
import { FocusUnits } from './Focus'

vi.mock('../api/together', async (original) => ({
  ...(await original()),
  addVisit: vi.fn(),
  markFocus: vi.fn(),
  callOffVisit: vi.fn(),
}))

const planned = (id: string, state: FocusUnit['planned'][number]['state'], more = {}) => ({
  prison: 'p',
  id,
  area: 'a',
  day: '2026-03-02',
  department: 'dept_custody',
  subject: '点名记录',
  author_name: '张三',
  recorded_at: '2026-03-01T00:00:00Z',
  state,
  ...more,
})
const focus: FocusUnit = {
  prison: 'p',
  on: true,
  acts: [
    {
      n: 1,
      begins: true,
      reason: '条件成熟',
      author_name: '张三',
      recorded_at: '2026-03-01T00:00:00Z',
    },
  ],
  planned: [
    planned('v1', 'overdue'),
    planned('v2', 'done', { visited_on: '2026-03-03' }),
    planned('v3', 'called_off', {
      end: { reason: '与检查冲突', author_name: '张三', recorded_at: '2026-03-01T00:00:00Z' },
    }),
  ],
}

function show(element: React.ReactNode, may = true, prisons = [focus]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  const prison = (id: string, zh: string) => ({
    id,
    name: { zh },
    open: true,
    areas: id === 'p' ? [{ id: 'a', name_zh: '一监区' }] : [],
  })
  client.setQueryData(['organisation'], {
    prisons: [prison('p', '甲监狱'), prison('q', '乙监狱')],
    departments: [{ code: 'dept_custody', title: { zh: '狱政科' }, bureau: { zh: '狱政处' } }],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office', prison: 'p' }], grants: [] })
  client.setQueryData(['together', '/focus'], { prisons, may })
  client.setQueryData(['together', '/prisons/p/visits'], { visits: [], may })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element }])} />
    </QueryClientProvider>,
  )
}

it('tells what became of each planned visit, and calls one off with a reason', async () => {
  show(<FocusUnits prisons={['p', 'q']} />)
  const rows = screen.getAllByRole('row').slice(1)
  expect(rows.map((r) => within(r).getAllByRole('cell').at(-1)?.textContent)).toEqual([
    expect.stringContaining('逾期未走访'),
    '已走访 2026-03-03',
    '已取消 与检查冲突',
  ])
  const off = within(rows[0]!)
  fireEvent.change(off.getByLabelText('理由'), { target: { value: '改期' } })
  fireEvent.click(off.getByRole('button', { name: /提\s*交/ }))
  await waitFor(() => expect(callOffVisit).toHaveBeenCalled())
  expect(vi.mocked(callOffVisit).mock.lastCall?.slice(0, 2)).toMatchObject([
    { id: 'v1' },
    { reason: '改期' },
  ])
})

it('says on which day it was marked, in the time of China, and no state that is not in sight', () => {
  const unseen = { prison: 'q', acts: [], planned: [planned('v4', 'planned')] }
  const marked = { ...focus, acts: [{ ...focus.acts[0]!, recorded_at: '2026-03-01T20:00:00Z' }] }
  show(<FocusUnits prisons={['p', 'q']} />, false, [marked, unseen])
  expect(screen.getByText(/2026-03-02 · 条件成熟/)).toBeInTheDocument()
  expect(screen.getByRole('heading', { name: /乙监狱/ })).toHaveTextContent(/^乙监狱\s*$/)
})

it('marks a prison that is no focus unit', async () => {
  show(<FocusUnits prisons={['p', 'q']} />)
  const select = screen.getByLabelText('监狱')
  expect(within(select).getAllByRole('option')).toHaveLength(1)
  const form = within(select.closest('form')!)
  fireEvent.change(form.getByLabelText('理由'), { target: { value: '条件成熟' } })
  fireEvent.click(form.getByRole('button', { name: /提\s*交/ }))
  await waitFor(() => expect(markFocus).toHaveBeenCalled())
  expect(vi.mocked(markFocus).mock.lastCall?.slice(0, 2)).toEqual([
    'q',
    { begins: true, seen: 0, reason: '条件成熟' },
  ])
})

it('offers nothing to those who may not', () => {
  show(<FocusUnits prisons={['p', 'q']} />, false)
  expect(screen.queryByRole('button', { name: /提\s*交/ })).toBeNull()
})

it('closes a planned visit by the one that was made, of its unit', async () => {
  show(<Visits />)
  expect(screen.getByRole('region', { name: '计划的走访' })).toBeInTheDocument()
  fireEvent.change(screen.getByLabelText('对应计划'), { target: { value: 'v1' } })
  fireEvent.change(screen.getByLabelText('发现情况'), { target: { value: '齐全' } })
  fireEvent.change(screen.getByLabelText('指导意见'), { target: { value: '保持' } })
  fireEvent.click(screen.getByRole('button', { name: /提\s*交/ }))
  await waitFor(() => expect(addVisit).toHaveBeenCalled())
  expect(vi.mocked(addVisit).mock.lastCall?.slice(0, 2)).toMatchObject([
    'p',
    { planned: 'v1', area: 'a', findings: '齐全' },
  ])
})
