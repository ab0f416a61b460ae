import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { settle } from './conditions'
import { expand } from './expand'
import { type Doc, isObject, type Json, type Schema } from './types'
import { DocumentValidator } from './validate'

/**
 * Five hundred documents that nobody wrote: valid ones of every type, broken,
 * with hidden fields filled and members nobody asked for. Browser and server
 * must say the same of each, and hold the same document to be what is stored.
 */
const root = '../schemas/ledgers'
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

const types = readdirSync(root)
  .filter((id) => existsSync(`${root}/${id}/v1/schema.json`))
  .map((id) => ({
    id,
    schema: expand(read<Schema>(`${root}/${id}/v1/schema.json`)),
    valid: readdirSync(`${root}/${id}/v1/valid`).map((f) =>
      read<Doc>(`${root}/${id}/v1/valid/${f}`),
    ),
  }))

let state = 20261124
/** The same numbers every time. */
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
const one = <T>(list: readonly T[]): T => list[random(list.length)]!

/** Some value for a node, good or bad. */
function some(node: Schema): Json {
  const odd = random(5) === 0
  if (odd) return one<Json>(['', 0, -1, 'x', true, [], {}, 3.5, '2026-02-30', 99999])
  if (node.const !== undefined) return node.const
  if (node.oneOf) return one(node.oneOf).const
  switch (node.type) {
    case 'boolean':
      return random(2) === 0
    case 'integer':
      return random((node.maximum ?? 100) + 2)
    case 'number':
      return random(1000) / 10
    case 'array':
      return Array.from({ length: random(3) }, () => some(node.items ?? {}))
    case 'object':
      return Object.fromEntries(
        Object.entries(node.properties ?? {})
          .filter(() => random(4) > 0)
          .map(([name, child]) => [name, some(child)]),
      )
    default:
      if (node.format === 'date') return `2026-11-${10 + random(19)}`
      if (node.format === 'date-time')
        return `2026-11-${10 + random(19)}T0${random(10)}:30:00+08:00`
      if (node.format === 'uuid') return '0193a5c0-0000-7000-8000-00000000000a'
      return one(['0000001', '0000000001', '张三', 'AB-000001', '情况正常，无异常情况发生', 'A-01'])
  }
}

function mutate(schema: Schema, doc: Doc): Doc {
  const out = JSON.parse(JSON.stringify(doc)) as Doc
  const into = (node: Schema, value: Doc) => {
    const [name, child] = one(Object.entries(node.properties ?? { x: {} }))
    const now = value[name]
    if (isObject(now) && child.properties && random(2) === 0) return into(child, now)
    if (Array.isArray(now) && child.items?.properties && now.length > 0 && random(2) === 0) {
      const row = one(now)
      if (isObject(row)) return into(child.items, row)
    }
    const act = random(10)
    if (act < 3) delete value[name]
    else if (act === 9) value.nobody_asked = some({ type: 'string' })
    else value[name] = some(child)
  }
  for (let n = 1 + random(5); n > 0; n--) into(schema, out)
  return out
}

const cases = Array.from({ length: 520 }, (_, i) => {
  const type = types[i % types.length]!
  return { type, document: mutate(type.schema, one(type.valid)) }
})

interface Verdict {
  door?: boolean
  errors: { pointer: string; code: string }[]
  document: Doc
}

const verdicts = JSON.parse(
  execFileSync('go', ['run', './internal/catalog/verdicts'], {
    cwd: '..',
    input: JSON.stringify(cases.map(({ type, document }) => ({ ledger: type.id, document }))),
    maxBuffer: 64 << 20,
  }).toString(),
) as Verdict[]

it('are judged alike and stored alike by browser and server', () => {
  let judged = 0
  let refused = 0
  for (const [i, { type, document }] of cases.entries()) {
    const said = verdicts[i]!
    if (said.door) continue
    judged++
    const props = type.schema.properties ?? {}
    const typed = Object.entries(document).filter(([name]) => !props[name]?.readOnly)
    const computed = Object.entries(said.document).filter(([name]) => props[name]?.readOnly)
    const settled = settle(type.schema, Object.fromEntries([...typed, ...computed]))
    const about = `${type.id} ${JSON.stringify(document)}`
    expect(settled, about).toEqual(said.document)
    const errors = said.errors.filter((e) => !e.code.startsWith('rule:'))
    if (errors.length > 0) refused++
    const problems = new DocumentValidator(type.schema).problems(settled, 'zh')
    expect(problems.map((p) => `${p.pointer} ${p.code}`).sort(), about).toEqual(
      errors.map((e) => `${e.pointer} ${e.code}`).sort(),
    )
  }
  expect(judged).toBeGreaterThan(499)
  expect(refused).toBeGreaterThan(200)
  expect(judged - refused).toBeGreaterThan(50)
})
