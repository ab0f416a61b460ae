import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Pair } from '../api/together'
import { Together } from '../testing/together'
import Pairs from './Pairs'

const pair: Pair = {
  prison: 'p',
  area: 'a',
  id: 'pair',
  strong_prison: 'q',
  strong_area: 'b',
  strong_score: '980',
  weak_score: '1900/2',
  aim: '台账按时率到 98%',
  until_day: '2026-06-30',
  helps: [
    {
      id: 'h',
      day: '2026-03-02',
      content: '现场带教',
      author_name: '张三',
      recorded_at: '2026-03-02T00:00:00Z',
    },
  ],
  may: false,
  recorded_at: '2026-03-01T00:00:00Z',
} as unknown as Pair

let server: Together
beforeEach(() => {
  server = new Together('/pairs', { pairs: [], may: false })
})
afterEach(() => vi.unstubAllGlobals())

function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter([{ path: '/', element: <Pairs /> }])} />
    </QueryClientProvider>,
  )
}

const typed = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const sent = () => {
  const form = screen.getByRole('button', { name: /提\s*交/ }).closest('form')
  if (form) fireEvent.submit(form)
}

it('waits, and then says that there is none', async () => {
  open()
  expect(screen.getByRole('status')).toBeTruthy()
  await screen.findByText('还没有结对')
  expect(screen.queryByText('结对')).toBeNull()
})

it('says why it cannot be read', async () => {
  server.fails = '没有权限'
  open()
  await screen.findByText(/没有权限/)
})

it('shows who helps whom, where both stood, the log, and who passed whom', async () => {
  const overtake = { day: '2026-05-01', strong_score: '981', weak_score: '982.5' }
  server.data = { pairs: [{ ...pair, overtake }], may: false }
  open()
  await screen.findByRole('heading', { name: '乙监狱 二监区 帮扶 甲监狱 一监区' })
  expect(screen.getByText('结对时 980 分对 950 分，至 2026-06-30')).toBeTruthy()
  expect(screen.getByText('2026-05-01 超越：982.5 分对 981 分')).toBeTruthy()
  expect(screen.getByText(/现场带教/).textContent).toContain('张三')
  expect(screen.queryByText('记录帮扶')).toBeNull()
})

it('adds to the log, and keeps what was typed when the server refuses it', async () => {
  server.data = { pairs: [{ ...pair, may: true }], may: false }
  open()
  await screen.findByText('记录帮扶')
  typed('日期', '2026-03-09')
  typed('内容', '交叉检查台账')
  server.refuses = '日期不晚于今天'
  sent()
  await screen.findByText('日期不晚于今天')
  expect(screen.getByLabelText('内容')).toHaveProperty('value', '交叉检查台账')
  server.refuses = ''
  sent()
  await waitFor(() => expect(server.posted).toHaveLength(1))
  expect(server.posted[0]).toEqual({
    path: '/prisons/p/pairs/pair/helps',
    body: { day: '2026-03-09', content: '交叉检查台账' },
  })
})

it('pairs two areas where the server lets one', async () => {
  server.data = { pairs: [], may: true }
  open()
  await screen.findByRole('button', { name: /提\s*交/ })
  await waitFor(() => expect(screen.getByLabelText('帮扶单位').children).toHaveLength(2))
  typed('帮扶单位', 'q b')
  typed('被帮扶单位', 'p a')
  typed('结束日期', '2026-12-31')
  typed('目标', '年底达标')
  sent()
  await waitFor(() => expect(server.posted).toHaveLength(1))
  expect(server.posted[0]).toEqual({
    path: '/prisons/p/pairs',
    body: {
      area: 'a',
      strong_prison: 'q',
      strong_area: 'b',
      aim: '年底达标',
      until_day: '2026-12-31',
    },
  })
})
