import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Adoption, Practice } from '../api/together'
import { Together } from '../testing/together'
import Practices from './Practices'

const adoption = (id: string, more: Partial<Adoption> = {}) =>
  ({
    prison: 'q',
    area: 'b',
    id,
    practice: 'x',
    adopted_on: '2026-03-02',
    proof: `佐证${id}`,
    may: false,
    recorded_at: '2026-03-02T00:00:00Z',
    ...more,
  }) as unknown as Adoption

const practice = {
  prison: 'p',
  area: 'a',
  id: 'x',
  title: '交接班三核对',
  content: '人数、工具、隐患逐项核对',
  author_name: '张三',
  recorded_at: '2026-03-01T00:00:00Z',
  counted: 1,
  adoptions: [],
} as unknown as Practice

let server: Together
beforeEach(() => {
  server = new Together(
    '/practices',
    { practices: [], own: [] },
    { '/brands': { brands: [], own: [] } },
  )
})
afterEach(() => vi.unstubAllGlobals())

function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element: <Practices /> }])} />
    </QueryClientProvider>,
  )
}

/** The form that a line opens. */
const form = (line: string) => {
  const found = screen.getByText(line, { selector: 'summary' }).closest('details')!
  return {
    type: (label: string, value: string) =>
      fireEvent.change(within(found).getByLabelText(label), { target: { value } }),
    send: () => fireEvent.submit(found.querySelector('form')!),
    field: (label: string) => within(found).getByLabelText(label),
  }
}

it('waits, and then says that there is none', async () => {
  open()
  expect(screen.getByRole('status')).toBeTruthy()
  await screen.findByText('还没有发布经验')
  expect(screen.queryByText('发布经验')).toBeNull()
})

it('says why it cannot be read', async () => {
  server.fails = '没有权限'
  open()
  await screen.findByText(/没有权限/)
})

it('counts what was verified, and says of each adoption how it stands', async () => {
  const by = { by_name: '李四', comment: '现场看过', recorded_at: '2026-03-03T00:00:00Z' }
  const adoptions = [
    adoption('1', { verdict: { holds: true, ...by } as Adoption['verdict'] }),
    adoption('2', { verdict: { holds: false, ...by } as Adoption['verdict'] }),
    adoption('3'),
  ]
  server.data = { practices: [{ ...practice, adoptions }], own: [] }
  open()
  await screen.findByText('经核实采用单位 1 个')
  const items = screen
    .getAllByRole('listitem')
    .map((li) => li.querySelector('.status')?.textContent)
  expect(items).toEqual(['属实', '不属实', '待核实'])
  expect(screen.queryByText('核实')).toBeNull()
})

it('adopts with its proof in a unit of one’s own that is not the practice’s, and says a refusal', async () => {
  const own = [
    { prison: 'p', area: 'a' },
    { prison: 'q', area: 'b' },
  ]
  server.data = { practices: [practice], own }
  open()
  await screen.findByText('登记采用')
  const adopts = form('登记采用')
  await waitFor(() => expect(adopts.field('单位').textContent).toBe('乙监狱 二监区'))
  adopts.type('采用日期', '2026-03-02')
  adopts.type('佐证', '值班台账 3 月 2 日起')
  server.refuses = '同一单位已登记采用'
  adopts.send()
  await screen.findByText('同一单位已登记采用')
  expect(adopts.field('佐证')).toHaveProperty('value', '值班台账 3 月 2 日起')
  server.refuses = ''
  adopts.send()
  await waitFor(() => expect(server.posted).toHaveLength(1))
  expect(server.posted[0]).toEqual({
    path: '/prisons/q/adoptions',
    body: { practice: 'x', area: 'b', adopted_on: '2026-03-02', proof: '值班台账 3 月 2 日起' },
  })
})

it('verifies where the server lets one', async () => {
  server.data = { practices: [{ ...practice, adoptions: [adoption('1', { may: true })] }], own: [] }
  open()
  await screen.findByText('核实')
  const verifies = form('核实')
  verifies.type('结论', 'no')
  verifies.type('说明', '未见记录')
  verifies.send()
  await waitFor(() => expect(server.posted).toHaveLength(1))
  expect(server.posted[0]).toEqual({
    path: '/prisons/q/adoptions/1/verdict',
    body: { holds: false, comment: '未见记录' },
  })
})

it('publishes one that came of a brand for the unit of the brand', async () => {
  const brand = {
    prison: 'q',
    area: 'b',
    id: 'brand',
    title: '样例品牌',
    theme: 'police',
    steps: [],
    next: 8,
  }
  server.others['/brands'] = { brands: [brand], own: [] }
  server.data = {
    practices: [],
    own: [
      { prison: 'p', area: 'a' },
      { prison: 'q', area: 'b' },
    ],
  }
  open()
  await screen.findByText('样例品牌')
  const publishes = form('发布经验')
  publishes.type('来自品牌（七步已完成）', 'brand')
  publishes.type('经验名称', '经验')
  publishes.type('内容', '做法')
  publishes.send()
  await waitFor(() => expect(server.posted).toHaveLength(1))
  expect(server.posted[0]).toEqual({
    path: '/prisons/q/practices',
    body: { area: 'b', brand: 'brand', title: '经验', content: '做法' },
  })
})
