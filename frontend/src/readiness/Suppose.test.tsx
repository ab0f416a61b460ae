import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { call } from '../api/http'
import type { Readiness } from '../api/readiness'
import { Suppose } from './Suppose'

vi.mock('../api/http', async (original) => ({ ...(await original()), call: vi.fn() }))

const readiness = {
  sheet: { standard: 'ordinary-area', line: '950', domains: [] },
  versions: [
    { version: 3, effective_on: '2027-01-01', in_force: false },
    { version: 2, effective_on: '2026-01-01', in_force: true },
    { version: 1, effective_on: '2025-01-01', in_force: false },
  ],
} as unknown as Readiness

/** The form with an entry, two findings and a ledger; what it asked the server. */
function show() {
  const asked: unknown[] = []
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], { prisons: [], departments: [] })
  client.setQueryData(['ledgers'], {
    ledgers: [
      { id: 'duty-log', title: { zh: '值班日志' } },
      { id: 'complaint-rights', title: { zh: '申诉维权' } },
    ],
    ended: [],
  })
  const line = (id: string, indicator: string, asks: string) => ({
    id,
    indicator,
    asks,
    title: { zh: id },
  })
  const can = (asks: string) => ({
    filed: ['complaint-rights', 'duty-log'],
    missed: ['duty-log'],
    lines: [line('GV.OC-01.kept', 'GV.OC-01', 'count'), line('XX-01.share', 'XX-01', asks)],
  })
  client.setQueryData(['supposable', 'p', 'a', ''], can('count'))
  client.setQueryData(['supposable', 'p', 'a', '1'], can('ratio'))
  client.setQueryData(['supposable', 'p', 'a', '3'], { ...can('count'), lines: [] })
  const found = (id: string) => ({ id, line: 'JG-02.video', day: '2026-11-20', count: 1, note: id })
  client.setQueryData(['findings', 'p', 'a'], [found('f1'), found('f2')])
  vi.mocked(call).mockImplementation(async (path, options) => {
    if (!path.endsWith('/suppose')) return { data: { entries: [], next: null } } as never
    asked.push(options?.body)
    const sheet = (display: string) => ({ display, passes: true })
    return {
      data: { before: sheet('980.00'), after: sheet('975.00'), changes: [] },
    } as never
  })
  render(
    <QueryClientProvider client={client}>
      <Suppose prison="p" area="a" readiness={readiness} />
    </QueryClientProvider>,
  )
  return asked
}

const work = async () => {
  fireEvent.submit(document.querySelector('form') as HTMLFormElement)
  await screen.findByText(/由 980.00 分变为 975.00 分/)
}

it('offers the versions of the server, the one in force chosen and named, and asks by another', async () => {
  const asked = show()
  const select = screen.getByLabelText('按标准的版本') as HTMLSelectElement
  expect([...select.options].map((o) => o.textContent)).toEqual([
    '第 3 版，2027-01-01 起施行',
    '现行：第 2 版，2026-01-01 起施行',
    '第 1 版，2025-01-01 起施行',
  ])
  expect(select.selectedOptions[0]?.textContent).toMatch(/^现行/)
  await work()
  fireEvent.change(select, { target: { value: '1' } })
  await work()
  expect(asked[0]).toEqual({})
  await vi.waitFor(() => expect(asked[1]).toEqual({ version: 1 }))
})

it('takes several of each, and what was taken away is not asked', async () => {
  const asked = show()
  const choose = (label: string, n: number, value: string) =>
    fireEvent.change(screen.getAllByLabelText(label)[n] as HTMLElement, { target: { value } })
  fireEvent.click(screen.getByLabelText('再加一条 不计某条检查发现'))
  choose('不计某条检查发现', 0, 'f1')
  choose('不计某条检查发现', 1, 'f2')
  fireEvent.click(screen.getByLabelText('再加一条 再漏填'))
  choose('再漏填', 1, 'duty-log')
  await work()
  expect(asked[0]).toEqual({ without: ['f1', 'f2'], missed: { 'duty-log': 1 } })
  fireEvent.click(screen.getByLabelText('去掉 再漏填'))
  fireEvent.click(screen.getByLabelText('去掉 不计某条检查发现'))
  await work()
  await vi.waitFor(() => expect(asked[1]).toEqual({ without: ['f1'] }))
})

const offered = (label: string) =>
  [...(screen.getByLabelText(label) as HTMLSelectElement).options].map((o) => o.textContent)

it('offers the ledgers that the server takes, and each line by the code of its indicator', () => {
  show()
  expect(offered('补填并通过一条')).toEqual(['不变', '申诉维权', '值班日志'])
  expect(offered('再漏填')).toEqual(['不变', '值班日志'])
  expect(offered('被查出')).toEqual(['不变', 'GV.OC-01 GV.OC-01.kept', 'XX-01 XX-01.share'])
})

it('asks for what a line of the chosen version asks for', async () => {
  const asked = show()
  const choose = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } })
  choose('被查出', 'XX-01.share')
  expect(screen.queryByLabelText('实得数')).toBeNull()
  choose('按标准的版本', '1')
  choose('实得数', '17')
  choose('应有数', '20')
  await work()
  const finding = { line: 'XX-01.share', count: 1, of: '17', per: '20' }
  expect(asked[0]).toMatchObject({ version: 1, findings: [finding] })
  choose('按标准的版本', '3')
  expect(screen.queryByLabelText('实得数')).toBeNull()
  await work()
  await vi.waitFor(() => expect(asked[1]).toEqual({ version: 3 }))
  // Back again the line and what it asks for are still of one mind.
  choose('按标准的版本', '1')
  expect((screen.getByLabelText('被查出') as HTMLSelectElement).value).toBe('XX-01.share')
  expect((screen.getByLabelText('实得数') as HTMLInputElement).value).toBe('')
})
