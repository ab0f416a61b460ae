import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { decideTitle, type Title } from '../api/cases'
import Titles from './Titles'

vi.mock('../api/cases', async (original) => ({ ...(await original()), decideTitle: vi.fn() }))

beforeEach(() => vi.clearAllMocks())

const title: Title = {
  prison: 'p',
  id: 't1',
  level: 'standard',
  wording: '规范化监狱（达标）',
  document_no: '旧发1号',
  named_on: '2020-12-25',
  body: '省厅',
  origin: 'imported',
  added_by: '张三',
  recorded_at: '2026-11-01T01:00:00Z',
  acts: [],
  standing: false,
  actions: [],
}

function show(...titles: Title[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [],
  })
  client.setQueryData(['cases', 'titles'], { titles, may_import: false })
  const router = createMemoryRouter([{ path: '/titles', element: <Titles /> }], {
    initialEntries: ['/titles'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('a title from before waits, and who may not confirm it has no button', () => {
  show(title)
  expect(screen.getByText('待确认')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /确认/ })).toBeNull()
})

it('a second person confirms it', async () => {
  vi.mocked(decideTitle).mockResolvedValue({} as never)
  show({ ...title, actions: ['confirm', 'refuse'] })
  fireEvent.click(screen.getByRole('button', { name: /^确认 甲监狱/ }))
  await waitFor(() => expect(decideTitle).toHaveBeenCalled())
  expect(vi.mocked(decideTitle).mock.calls[0]?.slice(1, 3)).toEqual(['confirmed', ''])
})

it('or refuses it, and says why', async () => {
  vi.mocked(decideTitle).mockResolvedValue({} as never)
  show({ ...title, actions: ['confirm', 'refuse'] })
  fireEvent.change(screen.getByLabelText('不予确认的理由'), { target: { value: '文号不符' } })
  fireEvent.click(screen.getByRole('button', { name: /^不予确认/ }))
  await waitFor(() => expect(decideTitle).toHaveBeenCalled())
  expect(vi.mocked(decideTitle).mock.calls[0]?.slice(1, 3)).toEqual(['refused', '文号不符'])
})

it('shows who refused it', () => {
  show({
    ...title,
    decision: {
      verdict: 'refused',
      reason: '文号不符',
      by: '李四',
      recorded_at: '2026-11-02T01:00:00Z',
    },
  })
  expect(screen.getByText('未予确认')).toBeTruthy()
  expect(screen.getByText('李四 未予确认：文号不符')).toBeTruthy()
})
