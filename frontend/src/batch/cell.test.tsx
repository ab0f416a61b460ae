import { act, fireEvent, render, screen } from '@testing-library/react'
import axe from 'axe-core'
import { createRef, useState } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Option } from '../form/context'
import type { FormLayout, Schema } from '../schema/types'
import { CellEditor } from './CellEditor'
import { columnsOf, readText } from './columns'
import type { Place } from './Grid'
import { type BatchRow, BatchStore, planPaste } from './store'

const police: Schema = {
  type: 'string',
  pattern: '^\\d{7}$',
  'x-ui': { widget: 'lookup', lookup: 'police' },
}
const schema: Schema = {
  type: 'object',
  properties: {
    talker: { ...police, title: '谈话民警' },
    present: { type: 'array', title: '出席人员', items: police, 'x-ui': { lookup: 'police' } },
  },
}
const layout: FormLayout = {
  sections: [{ id: 'all', title: { zh: '全部' }, fields: ['talker', 'present'] }],
}
const columns = columnsOf(schema, layout, 'zh')
const people: Option[] = [
  { value: '0000001', label: '王强 0000001', name: '王强' },
  { value: '0000002', label: '王芳 0000002', name: '王芳' },
]

beforeEach(() => {
  vi.useFakeTimers()
  // As newer browsers do it; jsdom has none.
  Element.prototype.scrollIntoView = async () => undefined
})
afterEach(() => void vi.useRealTimers())

type Lookup = (kind: string, q: string, signal: AbortSignal) => Promise<Option[]>

function open(lookup: Lookup, column = 0, pins: BatchRow['pins'] = []) {
  const store = new BatchStore(schema, 'zh')
  store.load([BatchStore.fresh('a', '', {}, { pins }), BatchStore.fresh('b', '', {})])
  const onPlan = vi.fn()
  const input = createRef<HTMLInputElement>()
  function Alone() {
    const [at, setAt] = useState<Place>({ row: 0, column })
    const block = { top: at.row, bottom: at.row, left: at.column, right: at.column }
    const place = { top: 0, left: 0, width: 100, height: 32 }
    const rest = { store, columns, lookup, onPlan, onSide: vi.fn(), input, at, block, place }
    return (
      <main>
        <CellEditor {...rest} go={setAt} />
        <p id="grid-notes" />
      </main>
    )
  }
  render(<Alone />)
  const box = screen.getByRole('combobox')
  return {
    store,
    onPlan,
    box,
    doc: (row = 0) => store.rows[row]!.doc,
    type: (value: string) => fireEvent.change(box, { target: { value } }),
    key: (key: string) => fireEvent.keyDown(box, { key }),
    answered: () => act(() => vi.advanceTimersByTimeAsync(250)),
    options: () => screen.queryAllByRole('option').map((o) => o.textContent),
    active: () => screen.queryByRole('option', { selected: true })?.textContent,
  }
}

const byName: Lookup = async (_, q) => people.filter((p) => p.label.includes(q))

it('offers whom the letters mean, and puts the number of who is taken', async () => {
  const cell = open(byName)
  expect(cell.box).toHaveAttribute('aria-expanded', 'false')
  cell.type('王')
  await cell.answered()
  expect(cell.options()).toEqual(['王强 0000001', '王芳 0000002'])
  expect(cell.box).toHaveAttribute('aria-expanded', 'true')
  // Of several nobody is chosen for the officer.
  expect(cell.active()).toBeUndefined()
  cell.key('ArrowDown')
  cell.key('ArrowDown')
  expect(cell.active()).toBe('王芳 0000002')
  expect(cell.box.getAttribute('aria-activedescendant')).toBe(
    screen.getByRole('option', { selected: true }).id,
  )
  vi.useRealTimers()
  const { violations } = await axe.run(document.body, { rules: { region: { enabled: false } } })
  expect(violations.map((v) => v.id)).toEqual([])
  vi.useFakeTimers()
  cell.key('Enter')
  expect(cell.doc().talker).toBe('0000002')
  expect(cell.options()).toEqual([])
  expect(cell.box.getAttribute('aria-label')).toContain('第 2 行')
})

it('takes the only one there is at once, and shows the name where it is known', async () => {
  const cell = open(byName)
  cell.store.names.hear('police', [{ number: '0000002', name: '王芳' }])
  cell.type('芳')
  await cell.answered()
  expect(cell.active()).toBe('王芳 0000002')
  cell.key('Enter')
  expect(cell.doc().talker).toBe('0000002')
  cell.key('ArrowUp')
  expect(cell.box.getAttribute('aria-label')).toContain('王芳 0000002')
})

it('closes with Escape, then gives up', async () => {
  const cell = open(byName)
  cell.type('王')
  await cell.answered()
  cell.key('Escape')
  expect(cell.options()).toEqual([])
  expect(cell.box).toHaveValue('王')
  cell.key('Escape')
  expect(cell.box).toHaveValue('')
  expect(cell.doc().talker).toBeUndefined()
})

it('asks once for keys in a row, drops what comes too late, and does without an answer', async () => {
  const asked: [string, AbortSignal][] = []
  const cell = open((_, q, signal) => {
    asked.push([q, signal])
    return Promise.reject(new Error('away'))
  })
  cell.type('0')
  cell.type('00')
  await cell.answered()
  cell.type('0000009')
  expect(asked[0]![0]).toBe('00')
  expect(asked[0]![1].aborted).toBe(true)
  await cell.answered()
  expect(cell.options()).toEqual([])
  cell.key('ArrowDown')
  expect(cell.doc().talker).toBe('0000009')
})

it('goes on behind what is taken in a list, and keeps every number of it', async () => {
  const cell = open(byName, 1)
  cell.type('0000009、强')
  await cell.answered()
  cell.key('Enter')
  expect(cell.box).toHaveValue('0000009、0000001')
  cell.key('Enter')
  expect(cell.doc().present).toEqual(['0000009', '0000001'])
})

/** What the server answers to somebody's name. */
const answers = {
  王强: [{ number: '0000001', name: '王强' }],
  李明: [
    { number: '0000003', name: '李明' },
    { number: '0000004', name: '李明' },
  ],
  无人: [],
}
const settle = (store: BatchStore, ...list: (keyof typeof answers)[]) => {
  for (const name of list) store.names.settle('police', name, answers[name])
}

it('reads a pasted name that is one person’s; any other stays to be corrected', () => {
  const { store } = open(byName)
  settle(store, '王强', '李明')
  const plan = planPaste(store, columns, { row: 0, column: 0 }, [
    ['王强', '0000004、王强'],
    ['李明', '无人'],
  ])
  expect(plan.changes.map((c) => c.value)).toEqual([
    '0000001',
    ['0000004', '0000001'],
    '李明',
    ['无人'],
  ])
  store.paste(plan, {})
  store.validate()
  expect(store.rows.map((r) => r.problems.map((p) => p.pointer))).toEqual([
    [],
    ['/talker', '/present/0'],
  ])
})

it('puts the numbers once it hears whose the names are, and nobody has to take that back', () => {
  const { store } = open(byName)
  const cells = [
    ['王强', '0000004、王强'],
    ['李明', '无人'],
  ]
  const plan = planPaste(store, columns, { row: 0, column: 0 }, cells)
  store.paste(plan, {})
  const { changes } = store
  // Of the area there is one; that there is nobody else only the server knows.
  store.names.hear('police', answers.王强)
  expect(store.rows[0]!.doc.talker).toBe('王强')
  expect(store.names.unsettled(schema, store.rows[0]!.doc).map((one) => one.name)).toContain('王强')
  settle(store, '王强', '李明')
  const docs = () => store.rows.map((r) => r.doc)
  expect(docs()).toEqual([
    { talker: '0000001', present: ['0000004', '0000001'] },
    { talker: '李明', present: ['无人'] },
  ])
  // It is kept, and the schema is asked anew.
  expect(store.changes).toBe(changes + 1)
  expect(store.unasked).toContain('a')
  const { node } = columns[0]!
  expect(store.names.unclear(node, '李明')).toEqual([
    { name: '李明', numbers: ['0000003', '0000004'] },
  ])
  expect(store.names.unclear(node, '王强')).toEqual([])
  // Who is heard of later makes no difference to rows that say nobody's name.
  const [first] = store.rows
  store.names.settle('police', '无人', [{ number: '0000009', name: '无人' }])
  expect(store.rows[0]).toBe(first)
  expect(docs()[1]).toEqual({ talker: '李明', present: ['0000009'] })
  store.undo()
  expect(docs()).toEqual([{}, {}])
  // A paste looked at before the names were heard.
  store.paste(plan, {})
  expect(docs()[0]).toEqual({ talker: '0000001', present: ['0000004', '0000001'] })
})

it('leaves the names of rows that are given away', () => {
  const { store } = open(byName)
  store.load([{ ...BatchStore.fresh('a', '', { talker: '王强' }), state: 'waiting' }])
  settle(store, '王强')
  expect(store.rows[0]!.doc).toEqual({ talker: '王强' })
})

it('takes a name with its number, as the grid writes it, and tells two of one name apart', () => {
  const { store } = open(byName)
  store.names.hear('police', answers.李明)
  const plan = planPaste(store, columns, { row: 0, column: 0 }, [
    ['李明 0000004', '李明（0000003）、李明(0000004)'],
    ['王强 0000004', ''],
  ])
  expect(plan.changes.map((c) => c.value)).toEqual([
    '0000004',
    ['0000003', '0000004'],
    '王强 0000004',
  ])
  const words = { yes: '', no: '' }
  expect(readText(columns[1]!.node, ['0000003', '0000004'], 'zh', words, store.names)).toBe(
    '李明（0000003）、李明（0000004）',
  )
})

it('is not typed in where a source says what stands', () => {
  const pin = {
    field: '/talker',
    ledger: 'l',
    of: [],
    value: '0000001',
    taken_at: '2026-11-25T02:00:00Z',
  }
  const { store, box } = open(async () => [], 0, [pin])
  expect(box).toHaveProperty('readOnly', true)
  fireEvent.change(box, { target: { value: '0000002' } })
  fireEvent.keyDown(box, { key: 'Delete' })
  act(() => vi.advanceTimersByTime(1000))
  expect(store.rows[0]?.doc).toEqual({})
})
