import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import type { EntryView } from './model'
import { useEntryAnew } from './queries'

afterEach(() => vi.unstubAllGlobals())

const read = (etag: number) => ({ entry: { etag } }) as EntryView

/** Every etag that was shown, in order, to somebody who had read the first version a moment ago. */
function shown(): (number | undefined)[] {
  const client = new QueryClient({
    defaultOptions: { queries: { networkMode: 'always', staleTime: 10_000, retry: false } },
  })
  client.setQueryData(['entry', 'P1', 'e1'], read(1))
  const seen: (number | undefined)[] = []
  function Shown() {
    seen.push(useEntryAnew('P1', 'e1').data?.entry.etag)
    return null
  }
  render(
    <QueryClientProvider client={client}>
      <Shown />
    </QueryClientProvider>,
  )
  return seen
}

it('waits for the server, however lately the entry was read', async () => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(read(2))))
  const seen = shown()
  await waitFor(() => expect(seen).toContain(2))
  expect(seen).not.toContain(1)
})

it('goes on with what was read before while the server is away', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('failed')
  })
  const seen = shown()
  expect(seen).toEqual([undefined])
  await waitFor(() => expect(seen).toContain(1))
})
