import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { Entry, EntryState } from '../api/model'
import { EntryTags } from './Status'

it.each<[EntryState, number, boolean]>([
  ['draft', 0, false],
  ['draft', 1, true],
  ['submitted', 1, true],
  ['returned', 1, true],
  ['approved', 1, false],
  ['voided', 1, false],
])(
  'of %s with revision %i in force says that it is being corrected: %s',
  (state, inForce, says) => {
    const entry = { state, in_force: inForce, warnings: 0, revision: 1 } as Entry
    const { container } = render(<EntryTags entry={entry} />)
    expect(container.textContent?.includes('现行有效，更正中')).toBe(says)
  },
)
