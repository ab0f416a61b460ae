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

function says(fate?: ProposalReport['drafts']['fate'], duties?: number) {
  const { container, unmount } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Report report={report(fate, duties)} />
    </QueryClientProvider>,
  )
  const said = [...container.querySelectorAll('p')].map((p) => p.textContent)
  unmount()
  return said
}

it('says of each operation what becomes of the drafts', () => {
  const fates = ['transfer', 'external', 'delete', 'merge', 'share'] as const
  const said = fates.map((fate) => says(fate)[0])
  expect(new Set(said).size).toBe(fates.length)
  for (const sentence of said) {
    expect(sentence).toContain('7 份')
    expect(sentence).not.toContain('版本')
  }
  expect(said[0]).toContain('照常填报')
  expect(says('version')[0]).toContain('转到新版本')
})

it('reads a report of before as one of a version', () => {
  expect(says()[0]).toContain('转到新版本')
})

it('says of the duties that they are made anew, fall away, or nothing', () => {
  expect(says('version', 12)).toContain('尚未开始的任务 12 项，按新版本重新生成')
  expect(says('delete', 12)).toContain('未到期、尚未填报的任务 12 项，随台账停用取消，不计缺失')
  expect(says('transfer').join()).not.toContain('任务')
})
