import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { PersonInput } from './PersonInput'

afterEach(() => vi.unstubAllGlobals())

it('proposes everybody found but oneself', async () => {
  const people = [
    { number: '0000001', name: '张三' },
    { number: '0000002', name: '李四' },
  ]
  const asked = vi.fn(async (_: RequestInfo | URL) => new Response(JSON.stringify({ people })))
  vi.stubGlobal('fetch', asked)
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(['me'], { person: 'li', number: '0000002', name: '李四' })
  const { container } = render(
    <QueryClientProvider client={client}>
      <PersonInput
        id="who"
        name="who"
        from="/prisons/P1/entries/E1/signers/addable"
        label="加签人员"
      />
    </QueryClientProvider>,
  )
  await userEvent.type(screen.getByLabelText('加签人员'), '0')
  await waitFor(() => expect(container.querySelectorAll('option')).toHaveLength(1))
  expect(container.querySelector('option')!.value).toBe('0000001')
  expect(String(asked.mock.calls[0]![0])).toContain('/prisons/P1/entries/E1/signers/addable?q=0')
})
