import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { Conditions } from '../api/cases'
import { Suppose } from './Suppose'

const of = (passed: boolean): Conditions => ({
  level: 'standard',
  day: '2026-11-26',
  holds: passed,
  ratios: [
    { of: 'ordinary', need: 4, passed: passed ? 4 : 3, all: 7, applies: true, holds: passed },
  ],
  areas: [
    { area: 'a1', name: { zh: '一监区' }, code: 'A', of: 'ordinary', passed: true },
    { area: 'a6', name: { zh: '六监区' }, code: 'A', of: 'ordinary', passed: false },
  ],
  says: passed ? [] : [{ zh: '普通监区 3/7，达标需 4', en: 'Ordinary areas 3/7' }],
})

it('says what the conditions would be if area 6 passed', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['organisation'], {
    prisons: [{ id: 'p', name: { zh: '甲监狱' }, areas: [{ id: 'a6', name: { zh: '六监区' } }] }],
    departments: [],
  })
  client.setQueryData(['cases', 'eligibility', 'p', 'standard', []], of(false))
  client.setQueryData(['cases', 'eligibility', 'p', 'standard', ['a6']], of(true))
  render(
    <QueryClientProvider client={client}>
      <Suppose prison="p" />
    </QueryClientProvider>,
  )
  expect(screen.getByText('普通监区 3/7，达标需 4')).toBeTruthy()
  expect(screen.getAllByRole('checkbox')).toHaveLength(1) // of one that passed nothing is supposed
  fireEvent.click(screen.getByRole('checkbox', { name: '六监区' }))
  expect(screen.queryByText('普通监区 3/7，达标需 4')).toBeNull()
  fireEvent.click(screen.getByRole('checkbox', { name: '六监区' }))
  expect(screen.getByText('普通监区 3/7，达标需 4')).toBeTruthy()
})
