import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { listEntries } from '../api/entries'
import { Proof } from './Proof'

vi.mock('../api/entries', async (original) => ({ ...(await original()), listEntries: vi.fn() }))
vi.mock('../ui/names', () => ({ useNames: () => ({ ledger: () => '清监检查' }) }))

beforeEach(() => vi.clearAllMocks())

it('finds the entry that proves it by its words, with the keyboard alone', async () => {
  vi.mocked(listEntries).mockResolvedValue({
    entries: [{ id: 'e1', ledger: 'cell-search', day: '2026-11-20', summary: [] }],
  } as never)
  const sent = vi.fn((e) => e.preventDefault())
  render(
    <form onSubmit={sent}>
      <Proof prison="p" area="a1" />
    </form>,
  )
  const box = screen.getByLabelText(/按内容查找佐证条目/)
  fireEvent.change(box, { target: { value: '挂钩' } })
  fireEvent.keyDown(box, { key: 'Enter' })
  const list = await screen.findByLabelText('佐证条目')
  expect(sent).not.toHaveBeenCalled()
  expect(listEntries).toHaveBeenCalledWith(
    expect.objectContaining({ prison: 'p', area: 'a1', q: '挂钩' }),
  )
  fireEvent.change(list, { target: { value: 'e1' } })
  const form = list.closest('form') as HTMLFormElement
  expect(new FormData(form).get('entry')).toBe('e1')
  expect(screen.getByRole('option', { name: /2026-11-20 清监检查/ })).toBeTruthy()
})

it('says that nothing was found', async () => {
  vi.mocked(listEntries).mockResolvedValue({ entries: [] } as never)
  render(<Proof prison="p" area="" />)
  fireEvent.click(screen.getByRole('button', { name: '查找条目' }))
  await waitFor(() => expect(screen.getByText('没有找到条目')).toBeTruthy())
  expect(vi.mocked(listEntries).mock.calls[0]?.[0]).not.toHaveProperty('area')
})
