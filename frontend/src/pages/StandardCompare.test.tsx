import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen, within } from '@testing-library/react'
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

const line = {
  id: 'ZZ-04.pass',
  title: { zh: '教育合格率' },
  form: 'each',
  method: 'ledger',
  deduct: '1',
  guide: {
    id: 'ZZ-04.pass',
    where: { zh: '教室' },
    steps: [{ zh: '逐人核对' }],
    evidence: { zh: '名册' },
  },
}
const indicator = {
  code: 'ZZ-04',
  title: { zh: '思想教育' },
  points: '20',
  ledgers: [],
  criteria: { zh: '合格率' },
}
const comparison = {
  standard: 'kitchen',
  from: 1,
  to: 2,
  by_codes: [],
  before: {
    title: { zh: '伙房标准（样例）' },
    unit: { kind: 'other' },
    points: '1000',
    line: '950',
  },
  after: { title: { zh: '伙房标准' }, unit: { kind: 'other' }, points: '1000', line: '950' },
  domains: [
    {
      how: 'split',
      before: [{ id: 'JG', title: { zh: '监管改造' }, points: '300' }],
      after: [
        { id: 'AQ', title: { zh: '监管安全' }, points: '200' },
        { id: 'ZC', title: { zh: '狱内侦查' }, points: '100' },
      ],
    },
    {
      how: 'same',
      before: [{ id: 'ZZ', title: { zh: '政治改造' }, points: '20' }],
      after: [{ id: 'ZZ', title: { zh: '政治改造' }, points: '20' }],
    },
  ],
  indicators: [
    {
      change: 'changed',
      before: [indicator],
      after: [indicator],
      lines: [
        {
          before: line,
          after: {
            ...line,
            form: 'below',
            target: '90',
            of: [{ ledger: 'talk', measure: 'm' }],
            guide: {
              ...line.guide,
              steps: [{ zh: '逐人核对' }, { zh: '填写达到数' }],
              anchors: [
                {
                  severity: 'high',
                  scope: 'widespread',
                  example: { zh: '整班缺课', en: 'a class' },
                },
              ],
            },
          },
        },
      ],
    },
    { change: 'same', before: [indicator], after: [indicator], lines: [] },
    {
      change: 'split',
      before: [{ ...indicator, code: 'JG-01', title: { zh: '谈话' } }],
      after: [
        { ...indicator, code: 'AQ-01', title: { zh: '个别谈话' }, points: '5' },
        { ...indicator, code: 'ZC-01', title: { zh: '排查' }, points: '15' },
      ],
      lines: [{ after: { ...line, id: 'AQ-01.x', title: { zh: '漏谈' } } }],
    },
    {
      change: 'ended',
      before: [{ ...indicator, code: 'WH-01', title: { zh: '板报' } }],
      after: [],
      lines: [{ before: { ...line, id: 'WH-01.x', title: { zh: '漏刊' } } }],
    },
  ],
}

function compared(of: object = comparison) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['standards', 'kitchen', 'compare', 1, 2], of)
  const named = { standard: 'kitchen', version: 2, title: { zh: '伙房标准' } }
  client.setQueryData(['standards'], { standards: [named], actions: [] })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['basis'], { documents: [], actions: [] })
  client.setQueryData(['external-lists'], { lists: [], actions: [] })
  client.setQueryData(['measures'], {
    every: [],
    ledgers: [
      { id: 'talk', title: { zh: '谈话台账' }, measures: [{ id: 'm', title: { zh: '合格人数' } }] },
    ],
  })
  const routes = [{ path: '/standards/:standard/compare', element: <StandardCompare /> }]
  const at = '/standards/kitchen/compare?from=1&to=2'
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={createMemoryRouter(routes, { initialEntries: [at] })} />
    </QueryClientProvider>,
  )
}

const cells = (of: HTMLElement) =>
  within(of)
    .getAllByRole('row')
    .slice(1)
    .map((r) =>
      [...r.children].map((c) =>
        [...(c.children.length > 0 ? c.children : [c])].map((x) => x.textContent).join('|'),
      ),
    )

it('says in words what of a rule and of its guidance changed, and only that', () => {
  compared()
  const changed = screen.getByRole('region', { name: /ZZ-04 思想教育/ })
  expect(cells(changed)).toEqual([
    ['扣分规则：教育合格率'],
    ['扣分方式', '按次扣分', '低于目标扣分'],
    ['分子（达到的）', '—', '谈话台账 · 合格人数'],
    ['目标', '—', '90'],
    ['检查步骤', '逐人核对', '逐人核对|填写达到数'],
    ['参照例：严重程度与影响范围', '—', '严重 · 普遍 · 整班缺课'],
  ])
  const marked = [...changed.querySelectorAll('ins')].map((m) => m.textContent)
  expect(marked).not.toContain('逐人核对')
  expect(marked).toContain('填写达到数')
  expect(changed.textContent).not.toContain('ZZ-04.pass')
  expect(screen.getByRole('status').textContent).toBe('3 项指标有变化，1 项不变')
})

it('shows the rule and the guidance of what came and of what went', () => {
  compared()
  const told = [
    ['扣分方式', '按次扣分'],
    ['方法', '台账'],
    ['扣分', '1'],
    ['检查地点', '教室'],
    ['检查步骤', '逐人核对'],
    ['应取佐证', '名册'],
  ]
  const split = cells(screen.getByRole('region', { name: /AQ-01 个别谈话、ZC-01 排查/ }))
  expect(split.slice(1)).toEqual([
    ['新增的规则：漏谈'],
    ...told.map(([label, is]) => [label, '—', is]),
  ])
  const ended = screen.getByRole('region', { name: /WH-01 板报/ })
  const rows = cells(ended)
  expect(rows).toContainEqual(['分值', '20', '—'])
  expect(rows.slice(rows.findIndex((r) => r.length === 1))).toEqual([
    ['删去的规则：漏刊'],
    ...told.map(([label, was]) => [label, was, '—']),
  ])
  expect(ended.textContent).not.toContain('否')
})

it('is called what the standard is, and says where nothing but the codes joins the versions', () => {
  compared()
  screen.getByRole('heading', { name: '标准对照：伙房标准 第 1 版与第 2 版' })
  expect(screen.queryByText(/按编号对照/)).toBeNull()
  cleanup()
  compared({ ...comparison, by_codes: [{ from: 1, to: 2 }] })
  screen.getByText('第 1 版到第 2 版没有写新旧对应，按编号对照')
})

it('shows what a domain was split into on one row, and the title that the standard had', () => {
  compared()
  expect(cells(screen.getByRole('region', { name: '方面' }))).toEqual([
    ['拆分', '监管改造 · 300 分', '监管安全 · 200 分|狱内侦查 · 100 分'],
    ['不变', '政治改造 · 20 分', '政治改造 · 20 分'],
  ])
  expect(cells(screen.getByRole('region', { name: '标准总体' }))).toEqual([
    ['名称', '伙房标准（样例）', '伙房标准'],
  ])
})
