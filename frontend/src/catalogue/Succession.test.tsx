import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import type { LedgerHead } from '../api/model'
import { Succession } from './Succession'

const end = {
  ledger: 'old-book',
  kind: 'merge' as const,
  target: 'duty-log',
  notice: { zh: '已并入值班日志', en: 'Now in the duty log' },
  on: '2026-11-01',
}
const head = (id: string, zh: string, more: Partial<LedgerHead> = {}) =>
  ({ id, title: { zh, en: id }, ...more }) as LedgerHead
const ledgers = [head('duty-log', '值班日志'), head('fire-safety', '消防')]
const ended = [head('old-book', '交接班簿', { end })]

function show(type: LedgerHead) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['ledgers'], { ledgers, ended })
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Succession type={type} />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

it('leads from a ledger that ended to the one that took it over, with its notice', () => {
  show(ended[0]!)
  expect(screen.getByRole('status').textContent).toContain('已并入值班日志')
  expect(screen.getByRole('link').getAttribute('href')).toBe('/ledgers/duty-log')
})

it('leads back to what went into a ledger, and says nothing of others', () => {
  const { unmount } = show(ledgers[0]!)
  expect(screen.getByRole('link', { name: '交接班簿' }).getAttribute('href')).toBe(
    '/ledgers/old-book',
  )
  unmount()
  const { container } = show(ledgers[1]!)
  expect(container.textContent).toBe('')
})
