import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import Batch from './Batch'

it('says to who is posted in no prison that they fill nothing', () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { person: 'x', postings: [{ role: 'bureau_office' }], grants: [] })
  client.setQueryData(['organisation'], { prisons: [{ id: 'p', areas: [] }], departments: [] })
  client.setQueryData(['ledgers'], { ledgers: [], ended: [] })
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Batch />
      </MemoryRouter>
    </QueryClientProvider>,
  )
  expect(screen.getByText('您的岗位不填报监区台账')).toBeTruthy()
})
