import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import type { LedgerType } from '../api/model'
import { Places } from './Places'

const field = (id: string, title: string) => ({ title, 'x-id': id, type: 'string' })
const type = (id: string, properties: object, more: object = {}) =>
  ({
    id,
    title: { zh: id, en: id },
    schema: { type: 'object', properties },
    ...more,
  }) as unknown as LedgerType

const old = type(
  '旧簿',
  {
    who: field('who', '收件人'),
    what: field('what', '物品'),
    colour: field('colour', '颜色'),
    list: { type: 'array', items: { type: 'object', properties: { n: field('list.n', '件数') } } },
  },
  {
    end: {
      ledger: 'old',
      kind: 'merge',
      target: 'new',
      notice: { zh: '已并入' },
      on: '2026-11-01',
      places: [
        { from: 'who', to: 'receiver' },
        { from: 'what', to: 'things.what' },
        { from: 'colour', to: '' },
        { from: 'list.n', to: 'things.n' },
        { from: 'gone', to: 'receiver' },
      ],
    },
  },
)
const now = type('新簿', {
  receiver: field('receiver', '会见人'),
  things: {
    type: 'array',
    items: {
      type: 'object',
      properties: { what: field('things.what', '名称'), n: field('things.n', '数量') },
    },
  },
})

function show(of: LedgerType) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
  })
  client.setQueryData(['type', 'new', undefined], now)
  client.setQueryData(['ledgers'], { ledgers: [{ ...now, id: 'new' }], ended: [] })
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Places type={of} />
      </MemoryRouter>
    </QueryClientProvider>,
  )
}

it('says of each field of a merged ledger where it lives now, or that it does not', () => {
  show(old)
  const rows = within(screen.getByRole('table', { hidden: true })).getAllByRole('row', {
    hidden: true,
  })
  expect(rows.slice(1).map((r) => r.textContent)).toEqual([
    '收件人会见人',
    '物品名称',
    '颜色不再保留',
    '件数数量',
  ])
})

it('says nothing of a ledger that is kept, or ended otherwise', () => {
  expect(show(now).container.textContent).toBe('')
  expect(show({ ...old, end: { ...old.end!, places: undefined } }).container.textContent).toBe('')
})
