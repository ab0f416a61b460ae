import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, it, vi } from 'vitest'
import { giveOpinion, type OpinionForm } from '../api/opinions'
import { ProblemError } from '../api/problem'
import OpinionPage from './OpinionPage'

vi.mock('../api/opinions', async (original) => ({ ...(await original()), giveOpinion: vi.fn() }))

const form: OpinionForm = {
  prison: 'p',
  case: 'c',
  level: 'area',
  department: 'dept_custody',
  seq: 4,
  asked_at: '2026-03-01T01:00:00Z',
  due_on: '2026-03-15',
  mark: 'open',
  mine: true,
  may_give: true,
  state_title: { zh: '摸底检查中', en: 'Baseline check' },
  score: '944.5',
  digest: 'sha256:ab',
  facts: {
    day: '2026-03-02',
    department: 'dept_custody',
    standard: { standard: 'ordinary-area', version: 1, digest: 'sha256:cd' },
    deducted: '10.25',
    lines: [
      {
        indicator: 'JG-01',
        name: { zh: '安全', en: 'Safety' },
        line: 'JG-01.riot',
        title: { zh: '发生事件', en: 'An event' },
        method: 'onsite',
        stands: 'counted',
        times: 1,
        deducted: '10.25',
      },
      {
        indicator: 'JG-02',
        name: { zh: '搜身', en: 'Searches' },
        line: 'JG-02.done',
        title: { zh: '按时完成', en: 'In time' },
        method: 'ledger',
        stands: 'not_applicable',
        times: 0,
        deducted: '0',
      },
    ],
    findings: [
      {
        id: 'f',
        kind: 'joint',
        line: 'JG-01.riot',
        day: '2026-02-20',
        note: '联检发现',
        item: 'open',
        due_on: '2026-03-20',
      },
    ],
    earlier: [{ case: 'b', day: '2025-03-01', by: '李四', value: 'delay', reason: '整改未完' }],
  },
}

function show(over: Partial<OpinionForm>) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [] }],
    departments: [
      { code: 'dept_custody', title: { zh: '狱政管理科' }, bureau: { zh: '狱政管理处' } },
    ],
  })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  client.setQueryData(['opinions', 'p', 'c', 'dept_custody'], { ...form, ...over })
  const router = createMemoryRouter(
    [{ path: '/prisons/:prison/cases/:case/opinions/:department', element: <OpinionPage /> }],
    { initialEntries: ['/prisons/p/cases/c/opinions/dept_custody'] },
  )
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return client
}

it('gives the opinion on what is shown, with a reason where it is for a delay', async () => {
  show({})
  expect(screen.getByText(/944.5 分.*10.25 分/)).toBeTruthy()
  expect(screen.queryByText('按时完成')).toBeNull()
  fireEvent.click(screen.getByLabelText(/显示不扣分的 1 行/))
  expect(screen.getByText('按时完成')).toBeTruthy()
  expect(screen.getByText('片区联检')).toBeTruthy()
  expect(screen.getByText(/2025-03-01 延迟 整改未完/)).toBeTruthy()
  fireEvent.change(screen.getByLabelText('意见'), { target: { value: 'delay' } })
  const reason = screen.getByLabelText(/理由/)
  expect((reason as HTMLInputElement).required).toBe(true)
  fireEvent.change(reason, { target: { value: '整改未完成' } })
  fireEvent.click(screen.getByRole('button', { name: /提出意见/ }))
  await waitFor(() => expect(giveOpinion).toHaveBeenCalled())
  const [of, said] = vi.mocked(giveOpinion).mock.lastCall ?? []
  expect(of?.digest).toBe('sha256:ab')
  expect(said).toEqual({ value: 'delay', reason: '整改未完成' })
})

it('looks at the form again where it has changed, and keeps what was typed', async () => {
  vi.mocked(giveOpinion).mockRejectedValueOnce(
    new ProblemError(412, 'changed_meanwhile', '内容已被更改，请核对后再保存'),
  )
  const client = show({})
  const again = vi.spyOn(client, 'invalidateQueries').mockImplementation(async () => {
    client.setQueryData(['opinions', 'p', 'c', 'dept_custody'], { ...form, digest: 'sha256:cd' })
  })
  fireEvent.change(screen.getByLabelText('意见'), { target: { value: 'delay' } })
  fireEvent.change(screen.getByLabelText(/理由/), { target: { value: '整改未完成' } })
  fireEvent.click(screen.getByRole('button', { name: /提出意见/ }))
  await screen.findByText('内容已被更改，请核对后再保存')
  await waitFor(() => expect(again).toHaveBeenCalled())
  expect((screen.getByLabelText(/理由/) as HTMLInputElement).value).toBe('整改未完成')
  fireEvent.click(screen.getByRole('button', { name: /提出意见/ }))
  await waitFor(() => expect(vi.mocked(giveOpinion).mock.lastCall?.[0].digest).toBe('sha256:cd'))
  expect(vi.mocked(giveOpinion).mock.lastCall?.[1]).toEqual({
    value: 'delay',
    reason: '整改未完成',
  })
})

it('has no form for whom it is not, and says that nothing was given', () => {
  show({ may_give: false, mark: 'not_given' })
  expect(screen.queryByRole('button', { name: /提出意见/ })).toBeNull()
  expect(screen.getByText('未提意见')).toBeTruthy()
})
