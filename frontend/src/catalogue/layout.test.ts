import { describe, expect, it } from 'vitest'
import type { Layout } from './design'
import { layout } from './layout'

const form: Layout = {
  sections: [
    { id: 'a', title: { zh: '甲' }, fields: ['one', 'two'] },
    { id: 'b', title: { zh: '乙' }, fields: ['three'] },
  ],
}
const fields = (f: Layout) => f.sections.map((s) => s.fields.join(' '))

describe('the layout', () => {
  it('moves a field within its section and over its border', () => {
    expect(fields(layout.move(form, 'one', 1))).toEqual(['two one', 'three'])
    expect(fields(layout.move(form, 'two', 1))).toEqual(['one', 'two three'])
    expect(fields(layout.move(form, 'three', -1))).toEqual(['one two three', ''])
    expect(layout.move(form, 'one', -1)).toBe(form)
    expect(layout.move(form, 'three', 1)).toBe(form)
  })

  it('moves, adds and drops sections; one with fields stays', () => {
    expect(fields(layout.moveSection(form, 0, 1))).toEqual(['three', 'one two'])
    const more = layout.add(form, '丙')
    expect(more.sections.at(-1)).toEqual({ id: 'section_3', title: { zh: '丙' }, fields: [] })
    expect(layout.drop(more, 2)).toEqual(form)
    expect(layout.drop(form, 0)).toEqual(form)
  })

  it('places every field exactly once', () => {
    const placed = layout.place(form, 'one', 'b', 'last')
    expect(placed.sections.flatMap((s) => s.fields).sort()).toEqual(['one', 'three', 'two'])
  })
})
