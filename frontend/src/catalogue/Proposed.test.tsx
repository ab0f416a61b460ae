import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import type { ProposalContent } from '../api/model'
import { blank, changed, type Files, nextVersion, withField } from './design'
import { Proposed } from './Proposed'

const whole = { code: 'drill_min', zh: '时长', en: 'Duration', required: true, options: '' }
const first = withField(blank('drill', 'dept_custody', '演练', 'Drill'), {
  ...whole,
  type: 'integer',
})
const second = nextVersion(changed(first, ['drill_min'], { maximum: 240 }), 'dept_custody')
const written = (files: Files) => ({
  schema: JSON.stringify(files.schema),
  definition: JSON.stringify(files.definition),
  form: JSON.stringify(files.form),
})

/** A catalogue of one ledger, of one version. */
function show(content: Partial<ProposalContent>, status = 200) {
  vi.stubGlobal('fetch', async (url: string) => {
    const data = url.includes('/versions')
      ? { versions: [{ version: 1, changes: [], ...first }], title: '没有权限', code: 'forbidden' }
      : { ledgers: [], ended: [], prisons: [], departments: [] }
    return new Response(JSON.stringify(data), { status: url.includes('/versions') ? status : 200 })
  })
  const all = { kind: 'version', ledger: 'drill', reason: '', on: '2026-11-25', ...content }
  render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}
    >
      <Proposed content={all as ProposalContent} />
    </QueryClientProvider>,
  )
}

it('shows the five answers with their questions, and every saving', () => {
  const savings = [
    { ledger: 'a', minutes: 7, how: '不再抄写' },
    { ledger: 'b', minutes: 9, how: '不再汇总' },
  ]
  const answers = { basis: '规定', purpose: '', no_other: '没有', minutes: 2, per_month: 4 }
  show({ gate: { ...answers, savings, review_on: '2027-05-01' } })
  const said = screen.getByRole('region', { name: /新增把关/ })
  const of = (question: RegExp) =>
    within(said)
      .getAllByText(question)
      .map((dt) => dt.nextElementSibling?.textContent)
  expect(of(/^G1/)).toEqual(['规定'])
  expect(of(/^G2/)).toEqual(['未答'])
  expect(of(/^G4 每月节省/)).toEqual(['7', '9'])
  expect(of(/^G4 如何/)).toEqual(['不再抄写', '不再汇总'])
  expect(of(/^G5/)).toEqual(['2027-05-01'])
})

it('shows the notice and where each field goes', async () => {
  show({
    kind: 'merge',
    target: 'other',
    notice: { zh: '请填另一本', en: 'Use the other' },
    map: [
      { from: 'drill_min', to: 'drill_min' },
      { from: 'gone', to: '' },
    ],
  })
  screen.getByText('请填另一本')
  await screen.findByRole('cell', { name: '→ 时长' })
  const rows = screen.getAllByRole('row').slice(1)
  expect(rows.map((r) => r.textContent)).toEqual(['时长→ 时长', 'gone不再保留'])
})

it('compares with the version before, and shows the form and the files', async () => {
  show(written(second))
  await screen.findByRole('rowheader', { name: '时长 有改动' })
  screen.getByText('100000', { selector: 'del' })
  screen.getByText('240', { selector: 'ins' })
  expect(screen.queryByLabelText(/时长/)).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: '显示表单' }))
  screen.getByLabelText(/时长/)
  screen.getByText('schema.json')
})

it('says when the version before cannot be read', async () => {
  show(written(second), 403)
  expect((await screen.findByRole('alert')).textContent).toContain('没有权限')
})
