import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import type { Drawing, WholeCheck } from '../api/checks'
import { Draws } from './Draws'

afterEach(() => vi.unstubAllGlobals())

const draw: Drawing = {
  id: 'd',
  no: 1,
  kind: 'prisoners',
  area: 'a',
  word: "二十七'",
  algorithm: 'hmac-sha256-order/1',
  chance: '01',
  seed: 'ab',
  n: 2,
  of: 30,
  digest: 'cd',
  drawn: [
    { item: '0000000001', name: '张三' },
    {
      item: '0000000002',
      mark: { n: 2, result: 'wrong', by: '李四', recorded_at: '2026-11-27T01:00:00Z' },
    },
  ],
  by: '李四',
  may_mark: true,
  recorded_at: '2026-11-27T01:00:00Z',
}

function show(may: boolean, change: Partial<Drawing> = {}, more: object = {}) {
  const sent: { path: string; body: unknown }[] = []
  const known = {
    draws: [{ ...draw, may_mark: may, ...change }],
    may_draw: may,
    may_double: may,
    ...more,
  }
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (init.method !== 'POST') return new Response(JSON.stringify(known))
    sent.push({ path, body: JSON.parse(String(init.body)) })
    return new Response(JSON.stringify(draw), { status: 201 })
  })
  const client = new QueryClient()
  client.setQueryData(['draws', 'p', 'c'], known)
  const check = { id: 'c', area: 'a' } as WholeCheck
  const lines = new Map([['JG-01.lock', '门未上锁，每处']])
  const router = createMemoryRouter([
    { path: '/', element: <Draws prison="p" check={check} lines={lines} /> },
  ])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return sent
}

it('shows whom to ask, marks what was seen, and says how to draw the same again', async () => {
  const sent = show(true)
  const one = within(screen.getByRole('article', { name: '第 1 次抽取' }))
  expect(one.getByText(/30 中抽 2/)).toBeTruthy()
  expect(one.getByText(/对 0 · 错 1 · 未记 1/)).toBeTruthy()
  expect(one.getByText(/0000000001 张三/)).toBeTruthy()
  // A word is quoted, whatever was said.
  expect(document.querySelector('pre')?.textContent).toContain(`'二十七'\\'''`)
  const results = within(one.getByRole('group', { name: '0000000002 的结果' }))
  const right = results.getByRole('button', { name: '对' })
  expect(results.getByRole('button', { name: '错', pressed: true })).toBeTruthy()
  right.focus()
  fireEvent.click(right)
  fireEvent.click(results.getByRole('button', { name: '错' })) // as it is: nothing is sent
  expect(document.activeElement).toBe(right)
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toEqual({
    path: '/api/v1/prisons/p/checks/c/draws/d/marks',
    body: { item: '0000000002', result: 'right', seen: 2 },
  })
})

it('marks the next while the last is on its way', async () => {
  const sent = show(true)
  for (const item of ['0000000001', '0000000002'])
    fireEvent.click(
      within(screen.getByRole('group', { name: `${item} 的结果` })).getByRole('button', {
        name: '对',
      }),
    )
  await waitFor(() => expect(sent).toHaveLength(2))
})

it('draws hours before cameras, of days', async () => {
  const sent = show(true)
  fireEvent.click(screen.getByRole('button', { name: /^抽\s*取$/ }))
  const form = within(screen.getByRole('form', { name: '抽取' }))
  fireEvent.change(form.getByLabelText('抽取对象'), { target: { value: 'slots' } })
  const fill = (label: RegExp, value: string) =>
    fireEvent.change(form.getByLabelText(label), { target: { value } })
  fill(/^抽取数量/, '5')
  fill(/^现场报的字词/, '七')
  fill(/^镜头编号/, 'A3-0102\nA3-0103\n')
  fill(/^起日/, '2026-11-20')
  fill(/^止日/, '2026-11-26')
  fireEvent.submit(screen.getByRole('form', { name: '抽取' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({
    kind: 'slots',
    area: 'a',
    n: 5,
    word: '七',
    reason: '',
    cameras: ['A3-0102', 'A3-0103'],
    from_day: '2026-11-20',
    to_day: '2026-11-26',
  })
})

it('offers nothing to who is checked', () => {
  show(false)
  expect(screen.queryByRole('button', { name: '对' })).toBeNull()
  expect(screen.queryByRole('button', { name: '抽取' })).toBeNull()
  expect(screen.getByText('错')).toBeTruthy()
})

it('says when what was drawn is shown', () => {
  show(false, { drawn: [], chance: '', seed: '' })
  const one = within(screen.getByRole('article', { name: '第 1 次抽取' }))
  expect(one.getByText(/30 中抽 2/)).toBeTruthy()
  expect(one.getByText(/确认考核表后公开/)).toBeTruthy()
  expect(one.queryByText(/未记/)).toBeNull()
  expect(document.querySelector('pre')).toBeNull()
})

const value = (name: string, count: number, points: string) => ({
  person: name,
  name,
  count,
  points,
  note: count ? '二楼两处' : '',
  recorded_at: '2026-11-27T01:00:00Z',
})
const scored = (double: Partial<NonNullable<Drawing['drawn'][number]['double']>>) =>
  ({
    kind: 'lines',
    n: 1,
    drawn: [
      {
        item: 'JG-01.lock',
        double: { asks: 'count', said: 0, values: [], may_say: false, told: false, ...double },
      },
    ],
  }) satisfies Partial<Drawing>

it('has a value said of a line on its own, once', async () => {
  const sent = show(true, scored({ said: 1, may_say: true }))
  const line = within(screen.getByRole('listitem', { name: '门未上锁，每处' }))
  expect(line.getByText(/已评 1\/2/)).toBeTruthy()
  expect(line.getByRole('link', { name: '门未上锁，每处' }).getAttribute('href')).toBe(
    '/route#JG-01.lock',
  )
  fireEvent.click(line.getByRole('button', { name: '独立评分 门未上锁，每处' }))
  fireEvent.change(line.getByLabelText(/^扣分次数/), { target: { value: '2' } })
  fireEvent.change(line.getByLabelText('依据'), { target: { value: '二楼两处' } })
  fireEvent.submit(line.getByRole('form'))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toEqual({
    path: '/api/v1/prisons/p/checks/c/draws/d/values',
    body: { item: 'JG-01.lock', count: 2, note: '二楼两处' },
  })
})

it('asks of a ratio how much of how much', async () => {
  const sent = show(true, scored({ asks: 'ratio', may_say: true }))
  fireEvent.click(screen.getByRole('button', { name: /^独立评分/ }))
  fireEvent.change(screen.getByLabelText('实得数'), { target: { value: '17' } })
  fireEvent.change(screen.getByLabelText('应有数'), { target: { value: '20' } })
  fireEvent.submit(screen.getByRole('form', { name: /^独立评分/ }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({ item: 'JG-01.lock', of: '17', per: '20', note: '' })
})

it('shows both values and their difference, and how far the team agrees', () => {
  const both = [value('张三', 2, '3'), value('李四', 0, '0')]
  show(true, scored({ said: 2, values: both, difference: '3' }), {
    calibration: { lines: 3, agreed: 2, mean: '10/3' },
  })
  expect(screen.getByText(/一致 2\/3 条 · 平均相差 3.33（10\/3） 分/)).toBeTruthy()
  const line = within(screen.getByRole('listitem', { name: '门未上锁，每处' }))
  expect(line.getByText('相差 3 分')).toBeTruthy()
  expect(line.getByText(/张三 2 次 扣 3 分 二楼两处/)).toBeTruthy()
  expect(line.getByText(/李四 相符 扣 0 分/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^独立评分/ })).toBeNull()
  expect(screen.getByText(/已双评 1\/1 条/)).toBeTruthy()
})

it('says that a line is spoken of already', () => {
  show(true, scored({ said: 1, told: true }))
  expect(screen.getByText(/不再双评/)).toBeTruthy()
})

it('offers no value to who looked there before anybody said one: no second would follow', () => {
  show(true, scored({ told: true, may_say: true }))
  expect(screen.getByText(/不再双评/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^独立评分/ })).toBeNull()
})

it('has the second value said by who looked there after the first was', () => {
  show(true, scored({ said: 1, told: true, may_say: true }))
  expect(screen.getByText(/已评 1\/2/)).toBeTruthy()
  expect(screen.queryByText(/不再双评/)).toBeNull()
  expect(screen.getByRole('button', { name: /^独立评分/ })).toBeTruthy()
})

it('offers lines to the leader alone', () => {
  show(true, {}, { may_double: false })
  fireEvent.click(screen.getByRole('button', { name: /^抽\s*取$/ }))
  expect(screen.queryByRole('option', { name: '双评条款' })).toBeNull()
})

it('has five lines drawn by the leader', async () => {
  const sent = show(true)
  fireEvent.click(screen.getByRole('button', { name: /^抽\s*取$/ }))
  fireEvent.change(screen.getByLabelText(/^抽取对象/), { target: { value: 'lines' } })
  fireEvent.change(screen.getByLabelText(/^现场报的字词/), { target: { value: '九' } })
  fireEvent.submit(screen.getByRole('form', { name: '抽取' }))
  await waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.body).toEqual({ kind: 'lines', area: 'a', n: 5, word: '九', reason: '' })
})
