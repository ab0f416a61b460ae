import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  asked,
  blank,
  changed,
  type Files,
  isRequired,
  nextVersion,
  nodeAt,
  typeOf,
  withField,
  withoutField,
} from './design'

const read = (name: string) =>
  JSON.parse(readFileSync(`../schemas/ledgers/culture-activity/v1/${name}.json`, 'utf8'))
const files: Files = {
  schema: read('schema'),
  definition: read('ledger'),
  form: read('form'),
}
const field = {
  code: 'mood',
  zh: '气氛',
  en: 'Mood',
  type: 'choice' as const,
  required: true,
  options: 'good=好=good\nbad＝差',
}

describe('the designer', () => {
  it('adds a field to the schema and the layout, and takes it out again', () => {
    const more = withField(files, field)
    expect(more.schema.properties?.mood).toMatchObject({
      title: '气氛',
      'x-id': 'mood',
      oneOf: [
        { const: 'good', title: '好', 'x-en': 'good' },
        { const: 'bad', title: '差', 'x-en': '差' },
      ],
    })
    expect(more.schema.required).toContain('mood')
    expect(more.form.sections[0]?.fields.at(-1)).toBe('mood')
    expect(withoutField(more, ['mood'])).toEqual({ ...files, definition: files.definition })
  })

  it('leaves what it was given as it was', () => {
    const before = JSON.stringify(files)
    withField(files, field)
    withoutField(files, ['title'])
    asked(changed(files, ['place'], { title: '地点' }), ['place'], false)
    expect(JSON.stringify(files)).toBe(before)
  })

  it('changes a title and whether a field must be filled', () => {
    const next = asked(changed(files, ['place'], { title: '举办地点' }), ['place'], false)
    expect(next.schema.properties?.place?.title).toBe('举办地点')
    expect(next.schema.required).not.toContain('place')
  })

  it('adds a table and a field in its rows, with a stable id of its own', () => {
    const table = withField(files, { ...field, code: 'guests', type: 'rows', required: false })
    const more = withField(table, { ...field, code: 'rank' }, ['guests'])
    const node = nodeAt(more, ['guests', 'rank'])
    expect(node?.['x-id']).toBe('guests.rank')
    expect(isRequired(more, ['guests', 'rank'])).toBe(true)
    expect(more.form).toEqual(table.form)
    expect(nodeAt(withoutField(more, ['guests', 'rank']), ['guests', 'rank'])).toBeUndefined()
  })

  it('takes a retired field out of the conditions that ask for it', () => {
    const when = { if: { properties: { title: {} }, required: ['title'] } }
    const some = {
      ...files,
      schema: { ...files.schema, allOf: [{ ...when, then: { required: ['place', 'theme'] } }] },
    }
    expect(withoutField(some, ['place']).schema.allOf?.[0]?.then).toEqual({ required: ['theme'] })
    const none = withoutField(withoutField(some, ['place']), ['theme'])
    expect(none.schema.allOf).toEqual([])
  })

  it('takes a keyword away that is undefined', () => {
    const wide = changed(files, ['title'], { 'x-ui': { colSpan: 2 } })
    expect(nodeAt(wide, ['title'])?.['x-ui']).toEqual({ colSpan: 2 })
    expect(nodeAt(changed(wide, ['title'], { 'x-ui': undefined }), ['title'])).not.toHaveProperty(
      'x-ui',
    )
  })

  it('numbers the next version and names who owns the ledger now', () => {
    const next = nextVersion(files, 'dept_custody')
    expect(next.definition.owner).toBe('dept_custody')
    expect(next.definition.version).toBe(2)
    expect(next.schema.$id).toBe('urn:ledger:culture-activity:2')
  })

  it('names the kinds of the shipped fields', () => {
    const kinds = Object.values(files.schema.properties ?? {}).map(typeOf)
    expect(new Set(kinds)).toEqual(
      new Set(['choice', 'string', 'datetime', 'integer', 'boolean', 'number', 'police', 'rows']),
    )
  })

  it('begins a new type', () => {
    const made = blank('repair-book', 'dept_custody', '维修簿', 'Repair book')
    expect(made.definition).toMatchObject({ id: 'repair-book', owner: 'dept_custody', version: 1 })
    expect(made.form.sections[0]?.fields).toEqual(['held_at'])
  })
})
