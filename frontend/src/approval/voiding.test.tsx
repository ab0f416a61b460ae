import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import type { Action, EntryView } from '../api/model'
import { longestRemark } from '../ui/RemarkArea'
import { AskVoid, Voiding } from './Voiding'

afterEach(() => vi.unstubAllGlobals())

const entry = { prison: 'P1', id: 'e1', etag: 3, state: 'draft', revision: 2, in_force: 1 }
const request = {
  id: 'v1',
  revision: 1,
  of_digest: 'sha256:one',
  asked_by: 'zhang',
  asked_by_name: '张三',
  role: 'officer',
  reason: '重复填报',
  recorded_at: '2026-11-01T00:00:00Z',
}

function show(actions: Action[], asked: boolean, what: typeof AskVoid) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { person: 'li', number: '0000002', name: '李四' })
  const view = {
    entry: { ...entry, ...(asked ? { void_asked: 'v1', void_roles: ['dept_head'] } : {}) },
    actions,
    voids: asked ? [request] : [],
    revisions: [
      { revision: 1, digest: 'sha256:one' },
      { revision: 2, digest: 'sha256:two' },
    ],
  } as unknown as EntryView
  const Shown = what
  return render(
    <QueryClientProvider client={client}>
      <Shown view={view} />
    </QueryClientProvider>,
  )
}

/** What the page sent, and where. */
function sent() {
  const calls: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: string, init: RequestInit) => {
    calls.push({ path: new URL(request, 'http://x').pathname, body: JSON.parse(String(init.body)) })
    return new Response(JSON.stringify({ entry }))
  })
  return calls
}

it('asks for a void with a reason, of the revision in force and not of the correction', async () => {
  const calls = sent()
  show(['ask_void'], false, AskVoid)
  await userEvent.click(screen.getByRole('button', { name: '申请作废' }))
  const button = screen.getByRole('button', { name: '申请作废' })
  expect(button).toHaveProperty('disabled', true)
  await userEvent.type(screen.getByRole('textbox'), '重复填报')
  await userEvent.click(button)
  await waitFor(() => expect(calls).toHaveLength(1))
  expect(calls[0]!.path).toMatch(/\/entries\/e1\/ask_void$/)
  expect(calls[0]!.body).toMatchObject({ digest: 'sha256:one', comment: '重复填报' })
})

it('shows who asks and why, and lets only those decide whom the server lets', async () => {
  const { container, unmount } = show([], true, Voiding)
  expect(container.textContent).toContain('张三')
  expect(container.textContent).toContain('重复填报')
  expect(screen.queryByRole('button')).toBeNull()
  unmount()
  const calls = sent()
  show(['void', 'refuse_void'], true, Voiding)
  expect(document.body.textContent).toContain('更正一并终止')
  await userEvent.type(screen.getByRole('textbox'), '内容属实')
  await userEvent.click(screen.getByRole('button', { name: '不予作废' }))
  await waitFor(() => expect(calls).toHaveLength(1))
  expect(calls[0]!.path).toMatch(/\/entries\/e1\/refuse_void$/)
  expect(calls[0]!.body).toMatchObject({ digest: 'sha256:one', comment: '内容属实' })
})

it('shows nothing where nothing is asked for', () => {
  expect(show([], false, Voiding).container.textContent).toBe('')
  expect(show(['edit'], false, AskVoid).container.textContent).toBe('')
})

it('counts what is written and ends where the server would refuse it', async () => {
  const calls = sent()
  show(['void', 'refuse_void'], true, Voiding)
  await userEvent.click(screen.getByRole('textbox'))
  await userEvent.paste('长'.repeat(longestRemark + 20))
  expect(document.body.textContent).toContain(`${longestRemark} / ${longestRemark}`)
  await userEvent.click(screen.getByRole('button', { name: '同意作废' }))
  await waitFor(() => expect(calls).toHaveLength(1))
  expect((calls[0]!.body as { comment: string }).comment).toHaveLength(longestRemark)
})
