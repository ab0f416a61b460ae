import type { Json, Schema } from '../schema/types'
import type { Files } from './design'

/** When one field has a value, others are shown and asked for. */
export interface Condition {
  tests: Test[]
  asks: string[]
}

export const comparisons = ['is', 'one_of', 'at_least', 'more_than', 'filled'] as const
export interface Test {
  field: string
  op: (typeof comparisons)[number]
  /** Of one_of a list; of filled nothing. */
  value: Json
}

const written: Record<Test['op'], (value: Json) => Schema> = {
  is: (value) => ({ const: value }),
  one_of: (value) => ({ enum: Array.isArray(value) ? value : [value] }),
  at_least: (value) => ({ minimum: Number(value) }),
  more_than: (value) => ({ exclusiveMinimum: Number(value) }),
  filled: () => ({}),
}

function readTest(field: string, node: Schema): Test | undefined {
  const entries = Object.entries(node)
  if (entries.length === 0) return { field, op: 'filled', value: null }
  if (entries.length > 1) return undefined
  const [[keyword, value]] = entries as [[string, Json]]
  const op = (
    { const: 'is', enum: 'one_of', minimum: 'at_least', exclusiveMinimum: 'more_than' } as const
  )[keyword as 'const']
  return op ? { field, op, value } : undefined
}

/** A member of allOf in the designer's words; undefined when it says more than those can. */
export function read(node: Schema): Condition | undefined {
  const { if: when, then, ...rest } = node
  if (!when || !then || Object.keys(rest).length > 0) return undefined
  const { properties = {}, required = [], ...other } = when
  const { required: asks = [], ...more } = then
  if (Object.keys(other).length > 0 || Object.keys(more).length > 0) return undefined
  const tests = Object.entries(properties).map(([field, test]) => readTest(field, test))
  const named = Object.keys(properties)
  if (tests.length === 0 || required.length !== named.length) return undefined
  if (!named.every((n) => required.includes(n)) || tests.includes(undefined)) return undefined
  return { tests: tests as Test[], asks }
}

export function write({ tests, asks }: Condition): Schema {
  return {
    if: {
      properties: Object.fromEntries(tests.map((t) => [t.field, written[t.op](t.value)])),
      required: tests.map((t) => t.field),
    },
    then: { required: asks },
  }
}

/** Puts other conditions in the place of those there are. */
export function withConditions(files: Files, allOf: Schema[]): Files {
  const { allOf: _, ...schema } = files.schema
  return { ...files, schema: (allOf.length > 0 ? { ...schema, allOf } : schema) as Files['schema'] }
}
