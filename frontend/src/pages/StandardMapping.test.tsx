import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import { howOf, linksOf, pairings } from '../standards/mapping'
import StandardMapping from './StandardMapping'

afterEach(() => vi.unstubAllGlobals())

const domain = (...codes: string[]) => ({
  id: 'XF',
  title: { zh: '刑罚执行' },
  points: '60',
  indicators: codes.map((code) => ({ code, title: { zh: `指标${code}` }, points: '30' })),
})

const mapping = {
  standard: 'kitchen',
  from: 1,
  to: 2,
  domains: [{ from: ['XF'], to: ['XF'], how: 'same', coverage: 'full' }],
  indicators: [
    { from: ['A'], to: ['A'], how: 'same', coverage: 'full' },
    { from: ['B'], how: 'ended' },
    { to: ['C'], how: 'new' },
  ],
}

it('says by the ends what became of what, and leaves out nothing', () => {
  const list = pairings(mapping.indicators as Parameters<typeof pairings>[0])
  expect(linksOf(list, ['A', 'B'], ['A', 'C'])).toEqual(mapping.indicators)
  const coverage = 'full' as const
  expect(howOf({ from: ['B'], to: ['C'], coverage })).toBe('renamed')
  expect(howOf({ from: ['B'], to: ['C', 'D'], coverage })).toBe('split')
  expect(howOf({ from: ['A', 'B'], to: ['C'], coverage })).toBe('merged')
  expect(linksOf([{ from: ['B'], to: [], coverage }], ['A', 'B'], [])).toEqual([
    { from: ['B'], how: 'ended' },
    { from: ['A'], how: 'ended' },
  ])
})

it('is proposed from the codes, parted and saved; a mistake stands in its row', async () => {
  const sent: { indicators: unknown[] }[] = []
  const version = {
    standard: 'kitchen',
    version: 2,
    title: { zh: '伙房标准' },
    state: 'draft',
    revision: 3,
  }
  vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
    if (init.method !== 'PUT')
      return new Response(
        JSON.stringify({
          mapping,
          written: false,
          mistakes: [],
          before: { version: 1, domains: [domain('A', 'B')] },
          after: { version: 2, domains: [domain('A', 'C')] },
          version,
          actions: ['edit'],
        }),
      )
    sent.push(JSON.parse(String(init.body)))
    if (sent.length > 1) return new Response(JSON.stringify({ ...version, revision: 4 }))
    const errors = [{ pointer: '/indicators/0', code: 'mapping', message: '不在方面的对照之内' }]
    return new Response(JSON.stringify({ code: 'bad_mapping', title: '新旧对应有错', errors }), {
      status: 422,
    })
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const router = createMemoryRouter(
    [{ path: '/standards/:standard/v/:version/mapping', element: <StandardMapping /> }],
    { initialEntries: ['/standards/kitchen/v/2/mapping'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  const list = within(await screen.findByRole('region', { name: '指标的去向' }))
  expect(list.getByText('B 指标B（30 分）')).toBeTruthy()
  fireEvent.click(list.getByText('1 项不变'))
  fireEvent.click(list.getByRole('button', { name: '改为部分对应 A' }))
  fireEvent.click(list.getByRole('button', { name: '加一组对应' }))
  fireEvent.click(screen.getByRole('button', { name: '保存对应' }))
  await list.findByText('不在方面的对照之内')
  expect(sent[0]?.indicators[0]).toEqual({
    from: ['A'],
    to: ['A'],
    how: 'same',
    coverage: 'partial',
  })
  fireEvent.click(list.getByRole('button', { name: '拆开 2' }))
  fireEvent.click(list.getByRole('button', { name: '拆开 1' }))
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull())
  fireEvent.click(screen.getByRole('button', { name: /保存对应/ }))
  await waitFor(() => expect(sent).toHaveLength(2))
  expect(sent[1]?.indicators).toEqual([
    { from: ['A'], how: 'ended' },
    { from: ['B'], how: 'ended' },
    { to: ['A'], how: 'new' },
    { to: ['C'], how: 'new' },
  ])
})

it('shows what was saved to who comes back, and asks before what was not is left', async () => {
  const version = {
    standard: 'kitchen',
    version: 2,
    title: { zh: '伙房标准' },
    state: 'draft',
    revision: 3,
  }
  let kept: typeof mapping | undefined
  vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
    if (init.method === 'PUT') {
      kept = JSON.parse(String(init.body))
      return new Response(JSON.stringify({ ...version, revision: 4 }))
    }
    return new Response(
      JSON.stringify({
        mapping: kept ?? mapping,
        written: kept !== undefined,
        mistakes: [],
        before: { version: 1, domains: [domain('A', 'B')] },
        after: { version: 2, domains: [domain('A', 'C')] },
        version: { ...version, revision: kept ? 4 : 3 },
        actions: ['edit'],
      }),
    )
  })
  // As the program keeps it: what was read a moment ago is shown without asking again.
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 60_000 } },
  })
  const router = createMemoryRouter(
    [
      { path: '/standards/:standard/v/:version/mapping', element: <StandardMapping /> },
      { path: '/standards/:standard/v/:version', element: <h1>标准页</h1> },
    ],
    { initialEntries: ['/standards/kitchen/v/2/mapping'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  let list = within(await screen.findByRole('region', { name: '指标的去向' }))
  fireEvent.click(list.getByText('1 项不变'))
  fireEvent.click(list.getByRole('button', { name: '改为部分对应 A' }))
  await act(() => router.navigate('/standards/kitchen/v/2'))
  await screen.findByText('还有没保存的修改')
  fireEvent.click(screen.getByRole('button', { name: '留在此页' }))
  fireEvent.click(screen.getByRole('button', { name: '保存对应' }))
  await waitFor(() => expect(kept).toBeDefined())
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull())
  await act(() => router.navigate('/standards/kitchen/v/2'))
  await screen.findByText('标准页')
  await act(() => router.navigate('/standards/kitchen/v/2/mapping'))
  list = within(await screen.findByRole('region', { name: '指标的去向' }))
  expect(list.queryByText('1 项不变')).toBeNull()
  expect(list.getByText('部分对应')).toBeTruthy()
})
