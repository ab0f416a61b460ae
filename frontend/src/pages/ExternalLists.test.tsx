import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import ExternalLists from './ExternalLists'

afterEach(() => vi.unstubAllGlobals())

const use = { standard: 'kitchen', version: 1, indicator: 'HF-01', clause: '1.1' }
const list = {
  list: '智慧监狱验收细则（虚构）',
  version: 2,
  by: '张三',
  at: '2026-11-26T01:00:00Z',
  clauses: [
    { number: '1.1', text: '统一门户', answers: [use] },
    { number: '1.2', text: '移动执法', answers: [] },
  ],
  strays: [{ ...use, clause: '9' }],
}

function show(actions: string[], lists = [list]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['organisation'], {
    departments: [],
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a', name_zh: '三监区' }] }],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['standards'], { standards: [], actions: [] })
  client.setQueryData(['external-lists'], { lists, actions })
  client.setQueryData(['score', 'p', 'a'], {
    standard: 'kitchen',
    version: 1,
    to: '2026-11-26',
    domains: [{ indicators: [{ code: 'HF-01', applies: true, deducted: '2', lines: [] }] }],
  })
  client.setQueryData(['overview', '/prisons/p/whole', {}], {
    day: '2026-11-26',
    departments: [],
    sheet: {
      standard: 'prison',
      version: 1,
      to: '2026-11-26',
      domains: [{ indicators: [{ code: 'P-XX-01', applies: true, deducted: '0', lines: [] }] }],
    },
  })
  const router = createMemoryRouter([{ path: '/', element: <ExternalLists /> }])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('shows what answers each clause, what nothing answers, and how an area conforms', () => {
  show([])
  expect(screen.getByRole('link', { name: /HF-01 · kitchen 第 1 版/ })).toBeTruthy()
  expect(screen.getByText('没有指标对应')).toBeTruthy()
  expect(screen.getByText('这些指标对应的条款本版已没有：HF-01 → 9')).toBeTruthy()
  expect(screen.queryByRole('columnheader', { name: '符合情况' })).toBeNull()
  fireEvent.change(screen.getByLabelText('看哪个单位的符合情况'), { target: { value: 'p a' } })
  expect(screen.getByText('不符合')).toBeTruthy()
  expect(screen.getByText('本单位标准未对应')).toBeTruthy()
  expect(screen.getByText(/符合 0 条，共考核 1 条/)).toBeTruthy()
  fireEvent.change(screen.getByLabelText('显示'), { target: { value: 'true' } })
  expect(screen.queryByText('统一门户')).toBeNull()
  expect(screen.queryByRole('button', { name: /导\s*入/ })).toBeNull()
})

it('shows how a prison as a whole conforms, by the standard of prisons', () => {
  const answers = [{ standard: 'prison', version: 1, indicator: 'P-XX-01', clause: '1.2' }]
  show([], [{ ...list, clauses: [list.clauses[0]!, { ...list.clauses[1]!, answers }] }])
  fireEvent.change(screen.getByLabelText('看哪个单位的符合情况'), { target: { value: 'p ' } })
  expect(screen.getByText('符合')).toBeTruthy()
  expect(screen.getByText('本单位标准未对应')).toBeTruthy()
  expect(screen.getByText(/符合 1 条，共考核 1 条/)).toBeTruthy()
})

it('brings a table in, and names its mistakes', async () => {
  const answer = { mistakes: [{ row: 2, column: '内容', text: { zh: '不能为空' } }] }
  // What is read again afterwards is not waited for.
  vi.stubGlobal('fetch', (_: string, init: RequestInit) =>
    init.method === 'POST'
      ? Promise.resolve(new Response(JSON.stringify(answer)))
      : new Promise(() => {}),
  )
  show(['manage'], [])
  expect(screen.getByText('还没有外部清单')).toBeTruthy()
  fireEvent.change(screen.getByLabelText('清单名称'), { target: { value: '某细则' } })
  const file = new File(['编号,内容\n1,\n'], 'a.csv')
  fireEvent.change(screen.getByLabelText(/表格文件/), { target: { files: [file] } })
  const form = screen.getByRole('button', { name: /导\s*入/ }).closest('form')
  if (form) fireEvent.submit(form)
  await waitFor(() => expect(screen.getByText('不能为空')).toBeTruthy())
  expect(screen.getByRole('alert').textContent).toContain('没有导入')
})
