import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import StandardCompare from './StandardCompare'

afterEach(() => vi.unstubAllGlobals())

it.each([
  '/standards/kitchen/compare',
  '/standards/kitchen/compare?from=x&to=2',
  '/standards/no-such/compare?from=1&to=2',
])('%s is not found, and names no version that is not there', async (at) => {
  const problem = { type: 'about:blank', status: 404, code: 'not_found', title: '没有找到' }
  const headers = { 'Content-Type': 'application/problem+json' }
  vi.stubGlobal(
    'fetch',
    async () => new Response(JSON.stringify(problem), { status: 404, headers }),
  )
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const routes = [{ path: '/standards/:standard/compare', element: <StandardCompare /> }]
  const router = createMemoryRouter(routes, { initialEntries: [at] })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  await screen.findByText('没有找到这个页面，或者您无权查看')
  expect(screen.queryByRole('heading')).toBeNull()
})
