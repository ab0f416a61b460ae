import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it } from 'vitest'
import type { Import, ImportRow } from '../api/model'
import ImportPage from './ImportPage'

const of = {
  prison: 'p',
  id: 'i',
  ledger: 'cell-body-search',
  version: 2,
  name: '表.xlsx',
  format: 'xlsx',
  encoding: '',
  state: 'checked',
  etag: 3,
  row: 0,
  total: 1,
  good: 1,
  bad: 0,
  written: 0,
  skipped: 0,
  differs: 0,
  uncompared: 0,
  as_draft: false,
  actions: ['start', 'remove'],
} as unknown as Import
const row = { number: 1, line: 3, area: '', outcome: 'good', summary: [], errors: [] } as ImportRow

function show(more: Partial<Import>, untaken?: ImportRow['untaken']) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['import', 'p', 'i'], { ...of, ...more })
  client.setQueryData(['importRows', 'p', 'i', 3, ''], {
    pages: [{ rows: [{ ...row, untaken }], next: null }],
    pageParams: [undefined],
  })
  const routes = [{ path: '/prisons/:prison/imports/:id', element: <ImportPage /> }]
  const router = createMemoryRouter(routes, { initialEntries: ['/prisons/p/imports/i'] })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

it('names what a retired column held before anything is written, and offers the workbook that keeps it', () => {
  show({ retired: ['人数'] }, [{ title: '人数', text: '12' }])
  expect(screen.getByRole('alert').textContent).toContain('人数')
  expect(screen.getByText('“人数”已停用，未导入：12')).toBeTruthy()
  expect(screen.getByRole('link', { name: '下载更正表' })).toBeTruthy()
  expect(screen.getByRole('button', { name: '写入 1 行' })).toBeTruthy()
})

it('says why a cell is not taken', () => {
  show({}, [
    { title: '合计', text: '3', why: 'given' },
    { title: 'R3', text: '并报监区长', why: 'untitled' },
  ])
  expect(screen.getByText('“合计”由系统得出，未导入：3')).toBeTruthy()
  expect(screen.getByText('R3 没有表头，未导入：并报监区长')).toBeTruthy()
})

it('says nothing of it where everything was taken', () => {
  show({})
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.queryByRole('link', { name: '下载更正表' })).toBeNull()
})

it('says of how many rows the entry says something else', () => {
  show({ differs: 2 })
  expect(screen.getByRole('alert').textContent).toContain('2 行已有条目，内容与条目不同，未改')
  expect(screen.getByRole('option', { name: '已有条目，内容不同，未改' })).toBeTruthy()
})

it('says of how many rows nobody compared what the entry says', () => {
  show({ uncompared: 2 })
  expect(screen.getByText(/2 行已有条目，内容不对您开放，未比对/)).toBeTruthy()
  expect(screen.getByRole('option', { name: '已有条目，未比对' })).toBeTruthy()
  expect(screen.queryByRole('alert')).toBeNull()
})
