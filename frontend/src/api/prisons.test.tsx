import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { beforeEach, describe, expect, it } from 'vitest'
import { choosePrison } from './chosen'
import { usePrison, usePrisons } from './queries'

const organisation = { prisons: ['P1', 'P2', 'P3'].map((id) => ({ id, areas: [] })) }

/** What the pages look into, for a person of these postings and grants. */
function seen(postings: object[], grants: object[]) {
  const queries = new QueryClient()
  queries.setQueryData(['me'], { person: 'x', postings, grants })
  queries.setQueryData(['organisation'], organisation)
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  return renderHook(() => ({ all: usePrisons(), now: usePrison() }), { wrapper }).result
}

beforeEach(() => sessionStorage.clear())

describe('the prisons a person looks into', () => {
  it.each([
    ['a prison’s officer sees the own', [{ role: 'officer', prison: 'P2' }], [], ['P2']],
    [
      'an inspector sees those granted, each once',
      [{ role: 'inspector' }],
      [{ prison: 'P3' }, { prison: 'P1' }, { prison: 'P3' }],
      ['P3', 'P1'],
    ],
    ['the bureau sees all', [{ role: 'bureau_office' }], [], ['P1', 'P2', 'P3']],
  ])('%s', (_, postings, grants, all) => {
    expect(seen(postings, grants).current).toEqual({ all, now: all[0] })
  })

  it('follows the choice, as far as it may', () => {
    const bureau = seen([{ role: 'bureau_office' }], [])
    const officer = seen([{ role: 'officer', prison: 'P2' }], [])
    act(() => choosePrison('P3'))
    expect(bureau.current.now).toBe('P3')
    expect(officer.current.now).toBe('P2')
  })
})
