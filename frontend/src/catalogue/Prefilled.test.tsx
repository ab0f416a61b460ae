import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter } from 'react-router'
import { beforeEach, expect, it } from 'vitest'
import type { FilledBy, Prefilled as Shares } from '../api/model'
import { Prefilled } from './Prefilled'

const share = (taken: number, computed: number, begun: number, typed: number): FilledBy => ({
  taken,
  computed,
  begun,
  typed,
  percent: Math.floor((100 * (taken + computed + begun)) / (taken + computed + begun + typed)),
})
const shares: Shares = {
  target: 80,
  ledgers: [
    { ledger: 'rich', fields: share(5, 2, 1, 2), keys: share(30, 10, 50, 10) },
    { ledger: 'poor', fields: share(0, 1, 0, 9), keys: share(0, 3, 0, 3) },
  ],
  fields: share(5, 3, 1, 11),
  keys: share(30, 13, 50, 13),
}

// jsdom draws nothing; the chart measures its letters.
beforeEach(() => {
  HTMLCanvasElement.prototype.getContext = (() => null) as never
})

function show() {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
  })
  const head = (id: string, zh: string) => ({ id, title: { zh, en: id } })
  client.setQueryData(['ledgers'], { ledgers: [head('rich', '富'), head('poor', '贫')], ended: [] })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['shares'], shares)
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Prefilled />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

it('says plainly that the target is missed, and by whom the rest is filled', () => {
  show()
  const said = screen.getAllByRole('status')[0]!.textContent
  expect(said).toContain('只占 45%，未达到 80% 的目标')
  expect(said).toContain('引用 25%，系统算出 15%，新建时已带好 5%；仍须手填 55%')
  expect(said).toContain('2 种台账中有 1 种未达标')
  const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1)
  expect(rows.map((r) => r.textContent)).toEqual(['合计5311145%', '贫010910%', '富521280%'])
})

it('counts by keys too, and says that the target is reached', async () => {
  show()
  await userEvent.selectOptions(screen.getByLabelText('统计口径'), 'keys')
  expect(screen.getAllByRole('status')[0]!.textContent).toContain('占 87%，达到 80% 的目标')
})
