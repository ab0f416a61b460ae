import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, it } from 'vitest'
import { blank, type Files } from './design'
import { FilesPanel } from './FilesPanel'
import { type Texts, textOf, unread } from './texts'

const begun = blank('drill', 'dept_custody', '演练', 'Drill')

function show() {
  const now: { files: Files; texts: Texts } = { files: begun, texts: {} }
  function Alone() {
    const [files, change] = useState(begun)
    const [texts, write] = useState<Texts>({})
    Object.assign(now, { files, texts })
    return <FilesPanel files={files} texts={texts} change={change} write={write} />
  }
  render(<Alone />)
  const box = screen.getAllByRole('textbox')[1]!
  const type = (text: string) => void fireEvent.change(box, { target: { value: text } })
  return { now, type, box: box as HTMLTextAreaElement }
}

it('takes what is typed over as soon as it can be read', () => {
  const { now, type, box } = show()
  type('{"id": "drill",   "zz": 1}')
  expect(now.files.definition).toEqual({ id: 'drill', zz: 1 })
  expect(unread(now.texts)).toEqual([])
  // As it was typed, spaces and all.
  expect(box.value).toBe('{"id": "drill",   "zz": 1}')
})

it('names the file whose text says no object, and keeps that text', () => {
  for (const text of ['{"id": ', '[]', '3', '']) {
    const { now, type, box } = show()
    type(text)
    expect(unread(now.texts)).toEqual(['ledger.json'])
    expect(now.files.definition).toEqual(begun.definition)
    expect(box.value).toBe(text)
    expect(box).toHaveAttribute('aria-invalid', 'true')
    document.body.replaceChildren()
  }
})

it('shows the file where another tab changed it since', () => {
  const texts = { definition: '{"id":"old"}' }
  const files = { ...begun, definition: { id: 'new' } }
  expect(JSON.parse(textOf('definition', files, texts))).toEqual({ id: 'new' })
})
