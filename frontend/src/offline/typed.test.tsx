import 'fake-indexeddb/auto'
import { act, configure, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { useRef, useState } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { local } from './store'
import { useLastingForm } from './typed'

configure({ asyncUtilTimeout: 6000 })

afterEach(async () => {
  vi.restoreAllMocks()
  await local.clear('')
})

/** A form of which a choice shows another field, drawn again at will. */
function Form() {
  const ref = useRef<HTMLFormElement>(null)
  const { keep } = useLastingForm(ref, 'f')
  const [kind, choose] = useState('a')
  const [, again] = useState(0)
  return (
    <form ref={ref} onInput={keep}>
      <select name="kind" aria-label="kind" value={kind} onChange={(e) => choose(e.target.value)}>
        <option value="a">a</option>
        <option value="b">b</option>
      </select>
      {kind === 'b' && <input name="more" aria-label="more" />}
      <input name="note" aria-label="note" />
      <button type="button" onClick={() => again((n) => n + 1)}>
        again
      </button>
    </form>
  )
}
const value = (label: string) => (screen.getByLabelText(label) as HTMLInputElement).value

it('gives back what was typed, the field that a choice shows too', async () => {
  await local.put('', 'typed', 'f', [
    ['kind', 'b'],
    ['more', '二楼'],
    ['note', '门锁着'],
  ])
  render(<Form />)
  await waitFor(() => expect(value('note')).toBe('门锁着'))
  expect(value('more')).toBe('二楼')
})

it('leaves what is typed before the old is read back', async () => {
  let read = (_: [string, string][]) => {}
  vi.spyOn(local, 'get').mockReturnValue(new Promise((resolve) => (read = resolve as typeof read)))
  render(<Form />)
  fireEvent.input(screen.getByLabelText('note'), { target: { value: '新写的' } })
  await act(async () => read([['note', '门锁着']]))
  expect(value('note')).toBe('新写的')
  fireEvent.click(screen.getByText('again'))
  expect(value('note')).toBe('新写的')
})
