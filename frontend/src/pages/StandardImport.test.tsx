import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, expect, it, vi } from 'vitest'
import StandardImport from './StandardImport'

afterEach(() => vi.unstubAllGlobals())

it('asks before a table takes the place of a draft, and names the revision that was seen', async () => {
  const sent: (string | null)[] = []
  const known = {
    standards: [{ standard: 'ward', version: 1, state: 'draft', revision: 3 }],
    actions: ['create'],
  }
  vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
    if (init.method !== 'POST') return new Response(JSON.stringify(known))
    sent.push(new Headers(init.headers).get('If-Match'))
    return new Response(JSON.stringify({ mistakes: [] }), { status: 201 })
  })
  const client = new QueryClient()
  client.setQueryData(['standards'], known)
  const router = createMemoryRouter([{ path: '/', element: <StandardImport /> }])
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  const file = new File(['编号,方面\n'], 'a.csv')
  fireEvent.change(screen.getByLabelText(/表格文件/), { target: { files: [file] } })
  const id = document.querySelector('input[name=id]')!
  fireEvent.change(id, { target: { value: 'other' } })
  expect(screen.queryByRole('checkbox')).toBeNull()
  // As a browser does: what is required and not given is not sent.
  const send = () => {
    const form = id.closest('form')!
    const box = form.querySelector<HTMLInputElement>('input[name=over]')
    if (!box?.required || box.checked) fireEvent.submit(form)
  }
  send()
  await waitFor(() => expect(sent).toEqual([null]))
  fireEvent.change(id, { target: { value: 'ward' } })
  const box = screen.getByRole('checkbox')
  expect(box.closest('label')?.textContent).toContain('第 3 次修改')
  send()
  await waitFor(() => expect(document.querySelector('.ant-btn-loading')).toBeNull())
  expect(sent).toEqual([null])
  fireEvent.click(box)
  send()
  await waitFor(() => expect(sent).toEqual([null, '"3"']))
})
