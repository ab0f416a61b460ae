import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import RunPage from './RunPage'

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'))
})

const run = {
  id: 'r',
  area: 'a',
  kind: 'self_check',
  standard: 'ordinary-area',
  version: 1,
  engine: 1,
  as_of: '2026-11-27',
  score: '960',
  passes: true,
  made_by: 'm',
  made_by_name: '甲',
  recorded_at: '2026-11-27T01:00:00Z',
}

// What another engine made is not accused: it was not worked out again.
it.each([
  ['same', 'quiet', '逐字节相同'],
  ['differs', 'danger', '与保存的不一致'],
  ['not_evaluated', 'quiet', '其他版本的评分引擎'],
])('says of a kept score that is %s', async (replays, look, words) => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['run', 'p', 'r'], { run, replays })
  const router = createMemoryRouter([{ path: '/:prison/:run', element: <RunPage /> }], {
    initialEntries: ['/p/r'],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  const said = await screen.findByText(new RegExp(words))
  expect(said.className).toBe(look)
})
