import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import type { ScoreHistory } from '../api/readiness'
import { History } from './History'

const run = {
  kind: 'self_check',
  standard: 'ordinary-area',
  engine: 1,
  as_of: '2026-01-31',
  score: '1901/2',
  passes: true,
  made_by: 'a',
  made_by_name: '张三',
  recorded_at: '2026-01-31T08:00:00Z',
} as const

const history: ScoreHistory = {
  standard: 'ordinary-area',
  version: 3,
  domains: [
    { id: 'JG', title: { zh: '监管改造' }, points: '230' },
    { id: 'SS', title: { zh: '设施保障' }, points: '80' },
  ],
  points: [
    {
      ...run,
      id: 'r1',
      version: 2,
      domains: [
        { id: 'JG', points: '230', rate: '43/46', covered: '230', coverage: 'partial' },
        { id: 'SS', points: '80', rate: '0', covered: '0', coverage: 'none' },
      ],
    },
  ],
}

function show(of: ScoreHistory) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['runs', 'p', 'a', 'history'], of)
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <History prison="p" area="a" />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

it('lays a score of then on the domains of now, and says what it does not know', () => {
  show(history)
  expect(screen.getByRole('link', { name: '2026-01-31' }).getAttribute('href')).toBe(
    '/prisons/p/runs/r1',
  )
  expect(screen.getByText('第 2 版')).toBeTruthy()
  expect(within(screen.getByRole('row', { name: /监管改造/ })).getByText('93.5%')).toBeTruthy()
  expect(within(screen.getByRole('row', { name: /监管改造/ })).getByText('部分')).toBeTruthy()
  expect(within(screen.getByRole('row', { name: /设施保障/ })).getByText('—')).toBeTruthy()
  expect(screen.getByRole('row', { name: /950.5/ })).toBeTruthy()
})

it('says what will stand there while nothing was kept', () => {
  show({ ...history, points: [] })
  expect(screen.getByText(/还没有保存过得分/)).toBeTruthy()
})
