import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { ProblemError } from '../api/problem'
import { Toast } from './toast'
import { useAttempt } from './useAttempt'

/** An act that ends when it is told to, on a page that counts how often it asks the server. */
function page() {
  const acts: { end: (refused?: ProblemError) => void }[] = []
  const said: boolean[] = []
  let asked = 0
  function Page() {
    useQuery({ queryKey: ['shown'], queryFn: async () => ++asked })
    const { busy, attempt } = useAttempt()
    const run = () =>
      new Promise<void>((resolve, reject) => {
        acts.push({ end: (refused) => (refused ? reject(refused) : resolve()) })
      })
    return (
      <button type="button" onClick={() => void attempt(run).then((stands) => said.push(stands))}>
        {busy ? 'busy' : 'idle'}
      </button>
    )
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Page />
      <Toast />
    </QueryClientProvider>,
  )
  return {
    acts,
    said,
    asked: () => asked,
    press: () => fireEvent.click(screen.getByRole('button')),
  }
}

it('acts once at a time, and asks anew whatever came of it', async () => {
  const { acts, said, asked, press } = page()
  await waitFor(() => expect(asked()).toBe(1))
  press()
  await screen.findByText('busy')
  press()
  await waitFor(() => expect(said).toEqual([false]))
  expect(acts).toHaveLength(1)
  acts[0]!.end()
  await screen.findByText('idle')
  expect(said).toEqual([false, true])
  expect(asked()).toBe(2)

  press()
  await screen.findByText('busy')
  acts[1]!.end(new ProblemError(409, 'changed_meanwhile', '条目已被他人改动'))
  await screen.findByText('idle')
  expect(screen.getByRole('status').textContent).toContain('条目已被他人改动')
  expect(said).toEqual([false, true, false])
  expect(asked()).toBe(3)
})
