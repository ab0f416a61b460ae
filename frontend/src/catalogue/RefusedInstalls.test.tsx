import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { RefusedInstall } from '../api/model'
import { RefusedInstalls } from './RefusedInstalls'

const refused = {
  id: 'r1',
  digest: 'a'.repeat(64),
  failed: [{ pointer: '/additions', text: { zh: '台账“天气簿”没有增设记录' } }],
  operator: 'zhangsan@server-1',
  program: 'v1.2',
  recorded_at: '2026-11-26T02:00:00Z',
} as unknown as RefusedInstall

it('says what was kept out, why, when and under whom', () => {
  render(<RefusedInstalls list={[refused]} />)
  const row = screen.getAllByRole('row')[1]?.textContent
  for (const said of ['天气簿', 'zhangsan@server-1', 'v1.2', '2026', 'a'.repeat(12)])
    expect(row).toContain(said)
})

it('is not there while nothing was', () => {
  const { container } = render(<RefusedInstalls list={[]} />)
  expect(container.textContent).toBe('')
})
