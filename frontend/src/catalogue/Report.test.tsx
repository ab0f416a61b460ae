import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ProposalReport } from '../api/model'
import { Report } from './Report'

const burden = { ledgers: 26, fields: 512, per_week: 1000 }
const report = (fate?: ProposalReport['drafts']['fate'], duties = 0) =>
  ({
    version: 0,
    changes: [],
    drafts: { open: 7, move: 0, hold: 0, fate },
    records: 0,
    duties,
    uses: [],
    overlaps: [],
    burden_before: burden,
    burden_after: burden,
    failed: [],
  }) as unknown as ProposalReport

function says(of: ProposalReport) {
  const { container, unmount } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Report report={of} />
    </QueryClientProvider>,
  )
  const said = [...container.querySelectorAll('p')].map((p) => p.textContent)
  unmount()
  return said
}

it('says of each operation what becomes of the drafts', () => {
  const fates = ['transfer', 'external', 'delete', 'merge', 'share'] as const
  const said = fates.map((fate) => says(report(fate))[0])
  expect(new Set(said).size).toBe(fates.length)
  for (const sentence of said) {
    expect(sentence).toContain('7 份')
    expect(sentence).not.toContain('版本')
  }
  expect(said[0]).toContain('照常填报')
  expect(says(report('version'))[0]).toContain('转到新版本')
})

it('names what lies returned or in approval, where there is any', () => {
  const lying = (fate: ProposalReport['drafts']['fate']) => {
    const r = report(fate)
    r.drafts.returned = 2
    r.drafts.submitted = 3
    return says(r)[1]
  }
  expect(lying('version')).toBe(
    '另有退回待重报 2 条、在审 3 条：修改重报或撤回时，能转的转到新版本，其余留在原版本',
  )
  expect(lying('delete')).toBe('另有退回待重报 2 条、在审 3 条：照原样办完')
  expect(says(report('version')).join()).not.toContain('退回')
})

it('reads a report of before as one of a version', () => {
  expect(says(report())[0]).toContain('转到新版本')
})

it('says of the duties that they are made anew, fall away, or nothing', () => {
  expect(says(report('version', 12))).toContain('尚未开始的任务 12 项，按新版本重新生成')
  expect(says(report('delete', 12))).toContain(
    '未到期、尚未填报的任务 12 项，随台账停用取消，不计缺失',
  )
  expect(says(report('transfer')).join()).not.toContain('任务')
})
