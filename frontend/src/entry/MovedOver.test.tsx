import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import type { EntryView, LedgerType } from '../api/model'
import { Timeline } from './History'
import { MovedBefore } from './MovedOver'

const type = {
  schema: {
    type: 'object',
    properties: {
      guests: {
        type: 'array',
        items: {
          type: 'object',
          properties: { rank: { type: 'string', title: '职级', 'x-id': 'guests.rank' } },
        },
      },
      heard: { type: 'string', title: '旁听人', 'x-id': 'heard' },
    },
  },
} as unknown as LedgerType

const event = (kind: string, at: string, detail: object) => ({
  kind,
  revision: 0,
  person: 'officer',
  person_name: '张三',
  detail,
  recorded_at: `2026-11-24T0${at}:00:00Z`,
})
const created = event('created', '1', {})
const moved = event('rebased', '2', {
  from: 1,
  to: 2,
  dropped: { heard: '李四', 'guests.rank': ['三级'] },
})
const stays = event('not_moved', '3', {
  from: 1,
  to: 2,
  held: [{ zh: '方式', en: 'kind' }, { zh: '人数' }],
})
const view = (events: object[]) =>
  ({ entry: { ledger: 'talk', version: 2 }, events }) as unknown as EntryView

function show(what: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['type', 'talk', 1], type)
  return render(<QueryClientProvider client={client}>{what}</QueryClientProvider>)
}

it('says in the history why what was taken back stays on its version', () => {
  show(<Timeline view={view([created, stays])} />)
  const [first] = screen.getAllByRole('listitem')
  expect(first?.textContent).toContain('台账已改版，留在原版本')
  expect(first?.textContent).toContain('照原版本填完即可：方式、人数')
  expect(first?.textContent).not.toContain('张三')
})

it('says in the history what a move left out, and that the program moved it', () => {
  show(<Timeline view={view([created, moved])} />)
  const [first, second] = screen.getAllByRole('listitem').filter((li) => !li.closest('ul'))
  expect(first?.textContent).toContain('转到新版本')
  expect(first?.textContent).toContain('系统')
  expect(first?.textContent).not.toContain('张三')
  expect(first?.textContent).toMatch(/旁听人\s*李四/)
  expect(first?.textContent).toMatch(/职级\s*\["三级"\]/)
  expect(second?.textContent).toContain('张三')
})

it('tells the acts of one moment in the order they were done, the last first', () => {
  show(<Timeline view={view([created, event('submitted', '1', {})])} />)
  const told = screen.getAllByRole('listitem').map((li) => li.querySelector('strong')?.textContent)
  expect(told).toEqual(['提交', '新建'])
})

it('says when a draft is opened what a move left out while nobody had it open', () => {
  show(<MovedBefore view={view([created, moved])} />)
  const note = screen.getByRole('status').textContent
  expect(note).toContain('新版本没有下列项目')
  expect(note).toMatch(/旁听人\s*李四/)
})

it.each([
  ['nothing was left out', [created, event('rebased', '2', { from: 1, to: 2, dropped: {} })]],
  ['of old, without a list', [created, event('rebased', '2', { from: 1, to: 2, dropped: null })]],
  ['what followed was filed', [created, moved, event('submitted', '3', {})]],
])('says nothing of a move where %s', (_, events) => {
  show(<MovedBefore view={view(events)} />)
  expect(screen.queryByRole('status')).toBeNull()
})
