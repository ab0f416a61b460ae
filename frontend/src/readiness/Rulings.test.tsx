import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Sheet } from '../api/model'
import type { NewRuling, Ruling } from '../api/readiness'
import { Tree } from '../score/Tree'
import { toast } from '../ui/toast'
import { Rulings } from './Rulings'

vi.mock('../ui/toast', () => ({ toast: vi.fn() }))

/** What is asked for by one person and decided by another, at the network. */
class Server {
  who = 'asker'
  /** Of which the one that is asked for is kept. */
  rulings: Ruling[] = []
  refuses = false

  fetch = async (url: string, init: RequestInit = {}) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    const json = (data: unknown, status = 200) =>
      new Response(JSON.stringify(data), {
        status,
        headers: status < 400 ? {} : { 'Content-Type': 'application/problem+json' },
      })
    if (url.endsWith('/standards/area')) return json(standard)
    if (init.method === 'POST' && url.endsWith('/decision')) {
      if (this.refuses) return json({ code: 'own_request', title: '自己提出的，须由他人裁定' }, 403)
      const by = { id: 'd1', decided_by: 'p2', decided_by_name: '李四', ...body }
      this.rulings = this.rulings.map((r) => ({
        ...r,
        state: 'granted',
        decisions: [{ ...by, recorded_at: '2026-03-02T00:00:00Z' }],
      }))
      return json({})
    }
    if (init.method === 'POST') {
      this.rulings = [asked(body)]
      return json({})
    }
    const open = this.rulings.map((r) => ({
      ...r,
      actions:
        r.state !== 'requested' ? [] : this.who === 'asker' ? ['withdraw'] : ['grant', 'refuse'],
    }))
    return json({ rulings: open, may: this.who === 'asker' ? ['exclude', 'override'] : [] })
  }
}

const asked = (body: NewRuling) =>
  ({
    ...body,
    id: 'r1',
    area: 'a',
    author: 'p1',
    author_name: '张三',
    recorded_at: '2026-03-01T00:00:00Z',
    state: 'requested',
    decisions: [],
    actions: [],
  }) as unknown as Ruling

const line = {
  id: 'XF-01.late',
  title: { zh: '漏填，每次' },
  form: 'each',
  method: 'ledger',
  deduct: '1',
}
const standard = {
  id: 'area',
  domains: [
    {
      id: 'XF',
      title: { zh: '刑罚执行' },
      indicators: [
        {
          code: 'XF-01',
          title: { zh: '点名' },
          points: '20',
          ledgers: [],
          criteria: { zh: '' },
          lines: [line],
        },
      ],
    },
  ],
}

let server: Server
beforeEach(() => {
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
})
afterEach(() => vi.unstubAllGlobals())

function open(who: string) {
  server.who = who
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return render(
    <QueryClientProvider client={client}>
      <Rulings prison="p" area="a" standard="area" />
    </QueryClientProvider>,
  )
}

async function propose() {
  open('asker')
  await screen.findByText('申请裁定')
  fireEvent.change(screen.getByLabelText('种类'), { target: { value: 'override' } })
  await screen.findByRole('option', { name: 'XF-01 漏填，每次' })
  fireEvent.change(screen.getByLabelText('改为扣'), { target: { value: '1.5' } })
  fireEvent.change(screen.getByLabelText('理由'), { target: { value: '断网两次，已报备' } })
  const form = screen.getByRole('button', { name: '提交申请' }).closest('form')
  if (form) fireEvent.submit(form)
  return await screen.findByRole('row', { name: /XF-01\.late/ })
}

it('asks for another deduction of one line with its reason, which the asker cannot decide', async () => {
  const row = await propose()
  expect(server.rulings[0]).toMatchObject({
    kind: 'override',
    target: 'XF-01.late',
    amount: '1.5',
    reason: '断网两次，已报备',
  })
  expect(row.textContent).toContain('漏填，每次')
  expect(row.textContent).toContain('−1.5')
  expect(row.textContent).toContain('待裁定')
  expect(within(row).queryByRole('button', { name: /^同意/ })).toBeNull()
  expect(within(row).getByRole('button', { name: '撤回 XF-01.late' })).toBeTruthy()
})

it('is decided by a second person, whose name stands beside the asker’s', async () => {
  const first = await propose()
  expect(first).toBeTruthy()
  document.body.replaceChildren()
  open('second')
  fireEvent.click(await screen.findByRole('button', { name: '同意 XF-01.late' }))
  const row = await waitFor(() => {
    const row = screen.getByRole('row', { name: /XF-01\.late/ })
    expect(row.textContent).toContain('在用')
    return row
  })
  expect(row.textContent).toContain('张三')
  expect(row.textContent).toContain('李四')
  expect(screen.queryByText('申请裁定')).toBeNull()
})

it('says why the server does not take a decision', async () => {
  server.refuses = true
  server.rulings = [
    asked({
      kind: 'override',
      target: 'XF-01.late',
      amount: '0',
      from_day: '2026-03-01',
      to_day: '2026-03-01',
      reason: '误扣',
    }),
  ]
  open('second')
  fireEvent.click(await screen.findByRole('button', { name: '同意 XF-01.late' }))
  await waitFor(() => expect(toast).toHaveBeenCalledWith('自己提出的，须由他人裁定'))
  expect(screen.getByText('待裁定')).toBeTruthy()
})

it('shows what was computed and what was decided beside each other on the sheet', () => {
  const sheet = {
    standard: 'area',
    version: 1,
    points: '20',
    applicable_points: '20',
    deducted: '1.5',
    rescaled: '0',
    domains: [
      {
        id: 'XF',
        title: { zh: '刑罚执行' },
        points: '20',
        deducted: '1.5',
        score: '18.5',
        indicators: [
          {
            code: 'XF-01',
            title: { zh: '点名' },
            points: '20',
            applies: true,
            deducted: '1.5',
            score: '18.5',
            criteria: { zh: '' },
            ledgers: [],
            lines: [
              {
                ...line,
                state: 'computed',
                deducted: '1.5',
                losses: [],
                override: { id: 'r1', computed: '4', amount: '1.5', reason: '断网两次，已报备' },
              },
            ],
          },
        ],
      },
    ],
  } as unknown as Sheet
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Tree sheet={sheet} prison="p" />
      </MemoryRouter>
    </QueryClientProvider>,
  )
  expect(screen.getByText('原计算扣 4 分，裁定扣 1.5 分：断网两次，已报备')).toBeTruthy()
})
