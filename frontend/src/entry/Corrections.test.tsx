import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import type { Revision } from '../api/model'
import { Corrections } from './Corrections'

it('leads to what a revision corrects and to what stands in its place', async () => {
  const show = vi.fn()
  render(<Corrections of={{ corrects: 1, corrected_by: 4 } as Revision} show={show} />)
  await userEvent.click(screen.getByRole('button', { name: '更正的是第 1 次提交' }))
  await userEvent.click(screen.getByRole('button', { name: '已由第 4 次提交更正' }))
  expect(show.mock.calls).toEqual([[1], [4]])
})

it('leads nowhere from what was never corrected', () => {
  render(<Corrections of={{ corrects: 0, corrected_by: 0 } as Revision} show={() => {}} />)
  expect(screen.queryByRole('button')).toBeNull()
})
