import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { type Brand, stepBrand } from '../api/together'
import Brands from './Brands'

vi.mock('../api/together', async (original) => ({ ...(await original()), stepBrand: vi.fn() }))

const step = (act: number) => ({
  act,
  step: act,
  passed: true,
  document: `材料${act}`,
  content: '正文',
  day: '2026-03-01',
  by: 'p1',
  by_name: '张三',
  recorded_at: '2026-03-01T00:00:00Z',
})

function show(brands: Brand[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['together', '/brands'], { brands, own: [] })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element: <Brands /> }])} />
    </QueryClientProvider>,
  )
}

const brand: Brand = {
  prison: 'p',
  id: 'b',
  title: '样例品牌',
  theme: 'police',
  recorded_at: '2026-03-01T00:00:00Z',
  steps: [step(1), step(2), step(3)],
  next: 4,
  may: true,
}

it('takes the step that is due, on what was seen, and may send it back', async () => {
  show([brand])
  fireEvent.change(screen.getByLabelText('结论'), { target: { value: 'no' } })
  fireEvent.change(screen.getByLabelText('文件名称'), { target: { value: '审核意见' } })
  fireEvent.change(screen.getByLabelText('日期'), { target: { value: '2026-03-02' } })
  fireEvent.change(screen.getByLabelText('内容'), { target: { value: '材料不全' } })
  fireEvent.click(screen.getByRole('button', { name: /提\s*交/ }))
  await waitFor(() => expect(stepBrand).toHaveBeenCalled())
  expect(vi.mocked(stepBrand).mock.lastCall?.[1]).toEqual({
    step: 4,
    seen: 3,
    passed: false,
    document: '审核意见',
    content: '材料不全',
    day: '2026-03-02',
  })
})

it('offers no step to those who may not, nor after the seventh', () => {
  show([{ ...brand, may: false, next: 8, steps: [1, 2, 3, 4, 5, 6, 7].map(step) }])
  expect(screen.getByText(/七步已完成/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /提\s*交/ })).toBeNull()
})

it('says that there is none', () => {
  show([])
  expect(screen.getByText('没有品牌')).toBeTruthy()
})
