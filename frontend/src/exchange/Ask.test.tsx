import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { askExport } from '../api/exchange'
import type { LedgerHead } from '../api/model'
import { Ask } from './Ask'

vi.mock('../api/exchange', async (original) => ({ ...(await original()), askExport: vi.fn() }))

const head = (id: string, zh: string, more: object = {}) =>
  ({ id, title: { zh, en: id }, ...more }) as LedgerHead
const ledgers = [head('visit-call', '会见通话'), head('fire-safety', '消防')]
const end = { ledger: 'letter-parcel', kind: 'merge', target: 'visit-call', on: '2026-11-01' }

function show(ledger: string) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['ledgers'], { ledgers, ended: [head('letter-parcel', '信件包裹', { end })] })
  const first = { area: '', from: '', to: '', q: '', state: '' }
  render(
    <QueryClientProvider client={client}>
      <Ask {...{ prison: 'p', ledgers, areas: [], ledger, onLedger: () => {}, first }} />
    </QueryClientProvider>,
  )
}
const asked = async () => {
  await userEvent.click(screen.getByRole('button', { name: /导\s*出/ }))
  await waitFor(() => expect(askExport).toHaveBeenCalled())
  return vi.mocked(askExport).mock.lastCall?.[1].filter?.merged
}

it('asks for what was merged into the ledger too, unless somebody does not want it', async () => {
  show('visit-call')
  const box = screen.getByRole('checkbox', { name: '含并入的旧台账（信件包裹）' })
  expect(await asked()).toBe(true)
  await userEvent.click(box)
  expect(await asked()).toBeUndefined()
})

it('says what becomes of an export that is interrupted', () => {
  show('fire-safety')
  screen.getByText(/CSV 从中断处接着做，Excel 从头重做/)
})

it('asks nothing of a ledger that received none', async () => {
  show('fire-safety')
  expect(screen.queryByRole('checkbox')).toBeNull()
  expect(await asked()).toBeUndefined()
})
