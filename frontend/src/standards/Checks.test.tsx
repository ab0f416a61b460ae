import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { StandardReport } from '../api/standards'
import { Checks } from './Checks'

const coverage: StandardReport['coverage'] = {
  domains: [
    {
      id: 'XF',
      title: { zh: '刑罚执行' },
      points: '600',
      indicators: 2,
      methods: { ledger: 3, reading: 1 },
    },
    { id: 'LD', title: { zh: '劳动改造' }, points: '400', indicators: 1, methods: { onsite: 1 } },
  ],
  departments: [
    { id: 'dept_life', points: '1000', indicators: ['XF-01', 'XF-02', 'LD-01'] },
    { id: 'dept_custody', points: '0', indicators: [] },
  ],
  ledgers: [
    { id: 'talk', points: '12.5', indicators: ['XF-01'] },
    { id: 'labour-daily', points: '0', indicators: [] },
  ],
}

function show(of: StandardReport['coverage']) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [],
    departments: [
      { code: 'dept_life', title: { zh: '生活科' } },
      { code: 'dept_custody', title: { zh: '狱政科' } },
    ],
  })
  client.setQueryData(['ledgers'], {
    ledgers: [
      { id: 'talk', title: { zh: '谈话台账' } },
      { id: 'labour-daily', title: { zh: '劳动台账' } },
    ],
    ended: [],
  })
  render(
    <QueryClientProvider client={client}>
      <Checks
        report={{ mistakes: [], warnings: [], coverage: of }}
        go={() => {}}
        nameOf={() => ''}
      />
    </QueryClientProvider>,
  )
}

const rows = (table: string) =>
  within(screen.getByRole('table', { name: table, hidden: true }))
    .getAllByRole('row', { hidden: true })
    .slice(1)
    .map((r) => [...r.children].map((c) => c.textContent))

it('says by domain, department and ledger what the standard looks at, all by title', () => {
  show(coverage)
  expect(rows('按方面')).toEqual([
    ['刑罚执行', '600', '2', '台账 3 · 查阅 1'],
    ['劳动改造', '400', '1', '现场 1'],
  ])
  expect(rows('按负责科室')).toEqual([
    ['生活科', '1000', '3', 'XF-01 XF-02 LD-01'],
    ['狱政科', '0', '0', '没有指标'],
  ])
  expect(rows('按台账')).toEqual([
    ['谈话台账', '12.5', '1', 'XF-01'],
    ['劳动台账', '0', '0', '没有指标'],
  ])
  expect(screen.getByText(/按台账（2）/).textContent).toContain('1 个没有指标')
  expect(document.body.textContent).not.toContain('labour-daily')
})

it('draws the bar of the widest in full, and folds a long table', () => {
  const long = Array.from({ length: 11 }, (_, i) => ({
    id: `l${i}`,
    points: '5',
    indicators: ['XF-01'],
  }))
  show({ ...coverage, ledgers: long })
  const bars = [
    ...document.querySelectorAll<HTMLElement>('table[aria-label="按方面"] .share > span'),
  ]
  expect(bars.map((b) => Math.round(Number.parseFloat(b.style.width)))).toEqual([100, 67])
  const open = (name: RegExp) => screen.getByText(name).closest('details')?.open
  expect([open(/按方面（/), open(/按台账（11）/)]).toEqual([true, false])
})
