import { Validator } from '@cfworker/json-schema'
import type { Doc, Json, Schema } from './types'
import { isObject } from './types'

/** A branch of an if: its schema, and whether the document takes it. */
interface Branch {
  schema: Schema
  active: boolean
}

const validators = new WeakMap<Schema, Validator>()

function holds(condition: Schema, value: Doc): boolean {
  let v = validators.get(condition)
  if (!v) {
    // The validator writes into the schema it is given; ours stays untouched.
    v = new Validator(structuredCloneJson(condition) as never, '2020-12', true)
    validators.set(condition, v)
  }
  return v.validate(value).valid
}

function structuredCloneJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** Every branch that speaks about this object, its own and those of the objects around it. */
function branches(node: Schema, value: Doc, outer: Branch[]): Branch[] {
  const found: Branch[] = [...outer]
  const visit = (schema: Schema, active: boolean) => {
    if (schema.if) {
      const yes = active && holds(schema.if, value)
      for (const [branch, taken] of [
        [schema.then, yes],
        [schema.else, active && !yes],
      ] as const) {
        if (!branch) continue
        found.push({ schema: branch, active: taken })
        visit(branch, taken)
      }
    }
    for (const part of schema.allOf ?? []) visit(part, active)
  }
  visit(node, true)
  for (const branch of outer) visit(branch.schema, branch.active)
  return found
}

/** What an object shows: hidden names, names asked for, and the branches for what lies below. */
export interface Shape {
  hidden: ReadonlySet<string>
  required: ReadonlySet<string>
  below: (name: string) => Branch[]
}

/**
 * The shape of one object. A property asked for by some branch is visible only
 * while a branch asking for it holds; one that occurs in no branch always is.
 */
export function shape(node: Schema, value: Doc, outer: Branch[] = []): Shape {
  const conditional = new Set<string>()
  const required = new Set(node.required)
  const all = branches(node, value, outer)
  for (const { schema, active } of all) {
    for (const name of schema.required ?? []) {
      conditional.add(name)
      if (active) required.add(name)
    }
  }
  for (const [name, needs] of Object.entries(node.dependentRequired ?? {})) {
    if (value[name] !== undefined) for (const need of needs) required.add(need)
  }
  const hidden = new Set([...conditional].filter((name) => !required.has(name)))
  return {
    hidden,
    required,
    below: (name) =>
      all.flatMap(({ schema, active }) => {
        const child = schema.properties?.[name]
        return child ? [{ schema: child, active }] : []
      }),
  }
}

/** The branches for each row of an array, from those for the array. */
export function itemBranches(outer: Branch[]): Branch[] {
  return outer.flatMap(({ schema, active }) =>
    schema.items ? [{ schema: schema.items, active }] : [],
  )
}

export type { Branch }

/**
 * The document without hidden fields, empty strings and emptied objects. Hiding
 * one field may end the condition of another, hence the repetition until
 * nothing changes. Computed fields stay: conditions may ask them.
 */
export function settle(node: Schema, doc: Doc): Doc {
  let current = doc
  for (;;) {
    const next = pruneObject(node, current, [])
    if (JSON.stringify(next) === JSON.stringify(current)) return next
    current = next
  }
}

/** The document as it is sent: settled, and without what the server computes. */
export function prune(node: Schema, doc: Doc): Doc {
  return withoutComputed(node, settle(node, doc)) as Doc
}

function withoutComputed(node: Schema | undefined, value: Json): Json {
  if (Array.isArray(value)) return value.map((row) => withoutComputed(node?.items, row))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !node?.properties?.[name]?.readOnly)
      .map(([name, member]) => [name, withoutComputed(node?.properties?.[name], member)]),
  )
}

function pruneObject(node: Schema, value: Doc, outer: Branch[]): Doc {
  const { hidden, below } = shape(node, value, outer)
  const out: Doc = {}
  for (const [name, member] of Object.entries(value)) {
    if (hidden.has(name) && node.properties?.[name]?.['x-ui']?.hidden !== 'keep') continue
    const kept = pruneValue(node.properties?.[name], member, below(name))
    if (kept !== undefined) out[name] = kept
  }
  return out
}

function pruneValue(node: Schema | undefined, value: Json, outer: Branch[]): Json | undefined {
  if (value === '' || value === null || value === undefined) return undefined
  if (Array.isArray(value)) {
    const items = node?.items
    if (!items) return value
    const rows = itemBranches(outer)
    return value.flatMap((row) => {
      const kept = isObject(row) ? pruneObject(items, row, rows) : pruneValue(items, row, rows)
      return kept === undefined ? [] : [kept]
    })
  }
  if (isObject(value) && node?.properties) {
    const kept = pruneObject(node, value, outer)
    return Object.keys(kept).length > 0 ? kept : undefined
  }
  return value
}
