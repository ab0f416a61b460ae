import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FormStore } from '../form/store'
import { prune, settle } from './conditions'
import { expand } from './expand'
import type { Doc, FormLayout, Schema } from './types'
import { DocumentValidator } from './validate'

/** The catalogue that the server's own test reads, file by file: the verdicts must be the same. */
const root = '../schemas/ledgers'

interface Invalid {
  why: string
  errors: { pointer: string; code: string }[]
  document: Doc
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const folder = (path: string) =>
  existsSync(path) ? readdirSync(path).filter((f) => f.endsWith('.json')) : []
const types = readdirSync(root, { withFileTypes: true }).flatMap((ledger) =>
  ledger.isDirectory()
    ? readdirSync(`${root}/${ledger.name}`).map((version) => `${root}/${ledger.name}/${version}`)
    : [],
)

it('finds the catalogue', () => {
  expect(types.length).toBeGreaterThan(0)
})

describe.each(types)('%s', (type) => {
  const schema = expand(read<Schema>(`${type}/schema.json`))
  const validator = new DocumentValidator(schema)

  // Rules and computed values are the server's alone.
  const computes = (pointer: string) => schema.properties?.[pointer.slice(1)]?.readOnly === true

  // What a condition on a computed field asks for shows once the server has computed it.
  const computed = (branch: Schema) =>
    Object.keys(branch.if?.properties ?? {}).some((name) => schema.properties?.[name]?.readOnly)
  const asked = new Set(
    (schema.allOf ?? []).filter(computed).flatMap((b) => b.then?.required ?? []),
  )

  it.each(folder(`${type}/valid`))('accepts %s', (file) => {
    const doc = read<Doc>(`${type}/valid/${file}`)
    expect(validator.problems(doc, 'zh')).toEqual([])
  })

  it.each(folder(`${type}/valid`))('sends %s as it is filled in', (file) => {
    const doc = read<Doc>(`${type}/valid/${file}`)
    const sent = prune(schema, doc)
    expect(doc).toMatchObject(sent)
    const held = Object.keys(doc).filter((name) => !(name in sent))
    expect(held.filter((name) => !asked.has(name))).toEqual([])
  })

  it.each(folder(`${type}/invalid`))('refuses %s where the server does', (file) => {
    const { errors, document } = read<Invalid>(`${type}/invalid/${file}`)
    const want = errors
      .filter((e) => !e.code.startsWith('rule:') && !computes(e.pointer))
      .filter((e) => !asked.has(e.pointer.slice(1)))
      .map((e) => `${e.pointer} ${e.code}`)
    const problems = validator.problems(settle(schema, document), 'zh')
    const here = problems.filter((p) => !asked.has(p.pointer.slice(1)))
    expect(here.map((p) => `${p.pointer} ${p.code}`).sort()).toEqual(want.sort())
    for (const problem of problems) expect(problem.message).toMatch(/[\u4e00-\u9fff]/)
  })

  it('has every field of its form, and no other', () => {
    const { sections } = read<FormLayout>(`${type}/form.json`)
    expect(sections.flatMap((s) => s.fields).sort()).toEqual(
      Object.keys(schema.properties ?? {}).sort(),
    )
    expect(new FormStore(schema, {}, 'zh').toSend()).toEqual({})
  })
})
