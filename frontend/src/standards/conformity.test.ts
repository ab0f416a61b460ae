import { expect, it } from 'vitest'
import type { Sheet } from '../api/model'
import { type Clause, conformity } from './conformity'

const indicator = (code: string, deducted: string, state = 'counted', applies = true) => ({
  code,
  deducted,
  applies,
  lines: [{ state }],
})

const sheet = {
  standard: 'kitchen',
  version: 2,
  domains: [
    {
      indicators: [
        indicator('A', '0'),
        indicator('B', '0.5'),
        indicator('C', '0', 'not_checked'),
        indicator('E', '0', 'met'),
        indicator('D', '0', 'counted', false),
      ],
    },
  ],
} as unknown as Sheet

const clause = (codes: string[], version = 2): Clause => ({
  number: '1',
  text: '统一门户',
  answers: codes.map((indicator) => ({ standard: 'kitchen', version, indicator, clause: '1' })),
})

it.each([
  [['A'], 'met'],
  [['A', 'B'], 'unmet'],
  [['A', 'C'], 'unchecked'],
  [['A', 'E'], 'met'],
  [['C', 'E'], 'unchecked'],
  [['B', 'C'], 'unmet'],
  [['D'], 'not_applicable'],
  [['A', 'D'], 'met'],
  [[], 'unanswered'],
] as const)('%s is %s', (codes, says) => {
  expect(conformity(clause([...codes]), sheet)).toBe(says)
})

it('asks the indicators of the version that the unit was scored by', () => {
  expect(conformity(clause(['A'], 1), sheet)).toBe('unanswered')
})
