import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import type { ReactElement } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { beforeEach, expect, it, vi } from 'vitest'
import {
  attachBasis,
  importStandard,
  replaceBasis,
  reviewStandard,
  type Whole,
} from '../api/standards'
import Basis from './Basis'
import StandardImport from './StandardImport'
import StandardPage from './StandardPage'
import Standards from './Standards'

vi.mock('../api/standards', async (original) => ({
  ...(await original()),
  attachBasis: vi.fn(),
  importStandard: vi.fn(),
  replaceBasis: vi.fn(),
  reviewStandard: vi.fn(),
}))

const version = {
  standard: 'kitchen',
  version: 2,
  title: { zh: '伙房标准' },
  unit: { kind: 'functional', functions: ['kitchen'] },
  unofficial: true,
  points: '1000',
  line: '950',
  state: 'draft',
  revision: 3,
  digest: 'sha256:ab',
} as const

const line = {
  id: 'HF-01.1',
  title: { zh: '未经审批，每名' },
  form: 'each',
  method: 'reading',
  deduct: '5',
}
const whole = {
  version,
  actions: [],
  standard: {
    id: 'kitchen',
    version: 2,
    title: version.title,
    domains: [
      {
        id: 'XF',
        title: { zh: '刑罚执行' },
        points: '1000',
        indicators: [
          {
            code: 'HF-01',
            title: { zh: '选用审批' },
            points: '1000',
            ledgers: [],
            criteria: { zh: '每名扣 5' },
            basis: [{ document: '某规定', clause: '第一条' }],
          },
        ],
      },
    ],
  },
  rules: { standard: 'kitchen', version: 2, indicators: [{ code: 'HF-01', lines: [line] }] },
  guide: {
    standard: 'kitchen',
    version: 2,
    lines: [
      {
        id: 'HF-01.1',
        where: { zh: '伙房' },
        steps: [{ zh: '逐名核对' }],
        evidence: { zh: '记录编号' },
      },
    ],
  },
} as unknown as Whole

function show(page: ReactElement, path: string, of: Whole = whole) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['standards'], { standards: [of.version], actions: of.actions })
  client.setQueryData(['standards', 'kitchen', 2], of)
  client.setQueryData(['basis'], {
    actions: of.actions,
    documents: [
      {
        title: '某规定',
        issuer: '某部',
        level: 'ministry',
        replaced: true,
        replaced_by: '某规定（新）',
        replaced_on: '2026-01-01',
        files: [2, 1].map((n) => ({
          version: n,
          name: `规定${n}.pdf`,
          size: 9,
          sha256: 'sha256:ab',
          added_on: '2026-01-02',
        })),
        uses: [{ standard: 'kitchen', version: 2, indicator: 'HF-01', clause: '第一条' }],
      },
      { title: '某规定（新）', issuer: '某部', level: 'ministry', files: [], uses: [] },
    ],
  })
  const router = createMemoryRouter([{ path, element: page }], {
    initialEntries: [path.replace(':standard', 'kitchen').replace(':version', '2')],
  })
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
}

beforeEach(() => vi.clearAllMocks())

it('lists versions with their state', () => {
  show(<Standards />, '/standards')
  expect(screen.getByRole('link', { name: '伙房标准（非官方）' })).toBeTruthy()
  expect(screen.getByText('草案')).toBeTruthy()
  expect(screen.queryByRole('link', { name: '从表格导入' })).toBeNull()
})

it('shows rule and guidance side by side, and reviews the digest that was read', async () => {
  show(<StandardPage />, '/standards/:standard/v/:version', { ...whole, actions: ['approve'] })
  expect(screen.getByText('逐名核对')).toBeTruthy()
  expect(screen.getByText(/《某规定》第一条/)).toBeTruthy()
  const back = screen.getByRole('button', { name: /退\s*回/ })
  expect((back as HTMLButtonElement).disabled).toBe(true)
  fireEvent.change(screen.getByLabelText('审核意见'), { target: { value: '请核对' } })
  fireEvent.click(back)
  await waitFor(() => expect(reviewStandard).toHaveBeenCalled())
  expect(vi.mocked(reviewStandard).mock.lastCall?.slice(0, 3)).toEqual([
    version,
    'return',
    '请核对',
  ])
})

it('names the mistakes of a table by row and column', async () => {
  vi.mocked(importStandard).mockResolvedValue({
    mistakes: [{ row: 3, column: '分值', text: { zh: '分值须为正数' } }],
  })
  show(<StandardImport />, '/standards/import')
  fireEvent.change(screen.getByLabelText(/标准代码/), { target: { value: 'other' } })
  fireEvent.change(screen.getByLabelText('中文名称'), { target: { value: '外部框架' } })
  fireEvent.change(screen.getByLabelText('合格线'), { target: { value: '80' } })
  const file = new File(['编号\n'], 'a.csv')
  fireEvent.change(screen.getByLabelText(/表格文件/), { target: { files: [file] } })
  const form = screen.getByRole('button', { name: '导入为草案' }).closest('form')
  if (form) fireEvent.submit(form)
  expect(await screen.findByText('分值须为正数')).toBeTruthy()
  expect(screen.getByRole('alert').textContent).toContain('1 处须改正')
})

it('marks what rests on a replaced document', async () => {
  show(<Basis />, '/basis', { ...whole, actions: ['manage'] })
  expect(screen.getByText('1 项指标须复核').className).toBe('danger')
  fireEvent.click(screen.getByRole('button', { name: '登记替代' }))
  await waitFor(() => expect(replaceBasis).toHaveBeenCalled())
  expect(vi.mocked(replaceBasis).mock.lastCall?.[0].title).toBe('某规定（新）')
})

it('gives the document itself, the newest first, and takes the next version', async () => {
  show(<Basis />, '/basis', { ...whole, actions: ['manage'] })
  const newest = screen.getByRole('link', { name: '规定2.pdf · 第 2 版，2026-01-02' })
  expect(newest.getAttribute('href')).toContain('version=2')
  expect(screen.getByText('以前的版本（1）')).toBeTruthy()
  expect(screen.getByText('未上传')).toBeTruthy()
  const file = new File(['x'], '规定.pdf')
  fireEvent.change(screen.getByLabelText('上传文件：某规定（新）'), { target: { files: [file] } })
  await waitFor(() => expect(attachBasis).toHaveBeenCalled())
  expect(vi.mocked(attachBasis).mock.lastCall?.slice(0, 2)).toEqual(['某规定（新）', file])
})

it('lets nobody put a file in who may not', () => {
  show(<Basis />, '/basis')
  expect(screen.queryByLabelText('上传文件：某规定（新）')).toBeNull()
})
