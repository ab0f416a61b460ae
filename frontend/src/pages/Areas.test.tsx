import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { changeArea, counts } from '../api/areas'
import type { Area } from '../api/model'
import Areas from './Areas'

vi.mock('../api/areas', async (original) => ({ ...(await original()), changeArea: vi.fn() }))
vi.mock('../api/queries', async (original) => ({ ...(await original()), usePrison: () => 'p' }))

const area = {
  prison: 'p',
  id: 'a',
  code: 'A1',
  name_zh: '一监区',
  name_en: 'Area 1',
  kind: 'ordinary',
  function: 'residential',
  has_labour: true,
  opened_on: '2020-01-01',
  sub_area: false,
  version: 3,
} as Area

function show(actions: string[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], { prisons: [{ id: 'p', areas: [area] }], departments: [] })
  client.setQueryData(['area changes', 'p', 'a'], { changes: [], actions })
  render(
    <QueryClientProvider client={client}>
      <Areas />
    </QueryClientProvider>,
  )
  fireEvent.click(screen.getByRole('button', { name: '查 看' }))
}

it('counts from opening up to the day of closing', () => {
  const closed = { ...area, closed_on: '2025-07-01' }
  expect(
    ['2019-12-31', '2020-01-01', '2025-06-30', '2025-07-01'].map((d) => counts(closed, d)),
  ).toEqual([false, true, true, false])
})

it('changes what was seen, for those who may', async () => {
  show(['edit'])
  fireEvent.change(screen.getByLabelText(/撤销日期/), { target: { value: '2025-07-01' } })
  fireEvent.change(screen.getByLabelText('理由'), { target: { value: '监区撤销' } })
  fireEvent.click(screen.getByRole('button', { name: '保存调整' }))
  await waitFor(() => expect(changeArea).toHaveBeenCalled())
  expect(vi.mocked(changeArea).mock.lastCall?.[1]).toEqual({
    version: 3,
    opened_on: '2020-01-01',
    closed_on: '2025-07-01',
    sub_area: false,
    reason: '监区撤销',
  })
})

it('shows no form to those who may not', () => {
  show([])
  expect(screen.queryByLabelText('理由')).toBeNull()
})
