import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blank, changed, type Files, nextVersion, typeOf, withField, withoutField } from './design'

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
    expect(withoutField(more, 'mood')).toEqual({ ...files, definition: files.definition })
  })

  it('leaves what it was given as it was', () => {
    const before = JSON.stringify(files)
    withField(files, field)
    withoutField(files, 'title')
    changed(files, 'place', { title: '地点', required: false })
    expect(JSON.stringify(files)).toBe(before)
  })

  it('changes a title and whether a field must be filled', () => {
    const next = changed(files, 'place', { title: '举办地点', required: false })
    expect(next.schema.properties?.place?.title).toBe('举办地点')
    expect(next.schema.required).not.toContain('place')
  })

  it('numbers the next version', () => {
    const next = nextVersion(files)
    expect(next.definition.version).toBe(2)
    expect(next.schema.$id).toBe('urn:ledger:culture-activity:2')
  })

  it('names the kinds of the shipped fields', () => {
    const kinds = Object.values(files.schema.properties ?? {}).map(typeOf)
    expect(new Set(kinds)).toEqual(
      new Set(['choice', 'string', 'datetime', 'integer', 'boolean', 'other', 'number']),
    )
  })

  it('begins a new type', () => {
    const made = blank('repair-book', 'dept_custody', '维修簿', 'Repair book')
    expect(made.definition).toMatchObject({ id: 'repair-book', owner: 'dept_custody', version: 1 })
    expect(made.form.sections[0]?.fields).toEqual(['held_at'])
  })
})
