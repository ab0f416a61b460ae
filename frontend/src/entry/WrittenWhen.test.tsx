import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { Claim } from '../api/model'
import { WrittenWhen } from './WrittenWhen'

const claim: Claim = {
  not_before: '2026-11-24T01:00:00Z',
  not_after: '2026-11-24T02:00:00Z',
  verified: true,
  saves: 2,
  document: 'sha256:0',
}

it('says of which files nothing is verified', () => {
  const { rerender } = render(<WrittenWhen claim={claim} />)
  expect(screen.queryByText(/未核实/)).toBeNull()
  rerender(<WrittenWhen claim={{ ...claim, unseen_files: 2 }} />)
  expect(screen.getByText(/其中 2 个文件当时未到服务器，未核实/)).toBeTruthy()
})
