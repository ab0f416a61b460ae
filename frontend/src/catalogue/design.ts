import type { Json, Schema } from '../schema/types'
import blankType from './blank.json'

/** The three files of a version, as the designer holds them. */
export interface Files {
  schema: Schema & { [key: string]: unknown }
  definition: { [key: string]: Json }
  form: Layout
}

export interface Layout {
  sections: { id: string; title: { zh: string; en?: string }; fields: string[] }[]
}

/** Names of properties from the top; rows of a table are gone through without a step of their own. */
export type Path = readonly string[]

/** How a kind of field is written in the schema. The order is that of the choice on screen. */
const shapes = {
  string: { type: 'string', maxLength: 200 },
  text: { type: 'string', maxLength: 500, 'x-ui': { widget: 'textarea' } },
  integer: { type: 'integer', minimum: 0, maximum: 100000 },
  number: { type: 'number', minimum: 0, maximum: 100000 },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  month: {
    type: 'string',
    pattern: '^\\d{4}-(0[1-9]|1[0-2])$',
    'x-ui': { widget: 'month' },
  },
  choice: { type: 'string', oneOf: [] },
  checks: {
    type: 'array',
    items: { type: 'string', oneOf: [] },
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
    'x-ui': { widget: 'checks' },
  },
  tags: { type: 'array', items: { type: 'string', maxLength: 60 }, minItems: 1, maxItems: 50 },
  police: { type: 'string', pattern: '^\\d{7}$', 'x-ui': { widget: 'lookup', lookup: 'police' } },
  inmate: { type: 'string', pattern: '^\\d{10}$', 'x-ui': { widget: 'lookup', lookup: 'inmate' } },
  asset: {
    type: 'string',
    pattern: '^[A-Z]{2}-\\d{6}$',
    'x-ui': { widget: 'lookup', lookup: 'asset' },
  },
  file: { type: 'string', format: 'uuid', 'x-ui': { widget: 'evidence' } },
  rows: {
    type: 'array',
    minItems: 1,
    maxItems: 50,
    items: { type: 'object', additionalProperties: false, required: [], properties: {} },
    'x-ui': { widget: 'rows' },
  },
  group: {
    type: 'object',
    additionalProperties: false,
    required: [],
    properties: {},
    'x-ui': { widget: 'group' },
  },
} as const

export type FieldType = keyof typeof shapes
export const fieldTypes = Object.keys(shapes) as FieldType[]

/** A field to be added. */
export interface NewField {
  code: string
  zh: string
  en: string
  type: FieldType
  required: boolean
  /** code=Chinese=English, one a line; choices only. */
  options: string
}

/** What kind of field a node is, as the designer names it. */
export function typeOf(node: Schema): FieldType | 'other' {
  const { widget, lookup } = node['x-ui'] ?? {}
  if (node.oneOf) return 'choice'
  if (node.type === 'array') {
    if (node.items?.type === 'object') return 'rows'
    return node.items?.oneOf ? 'checks' : 'tags'
  }
  if (node.type === 'object') return 'group'
  if (widget === 'evidence') return 'file'
  if (lookup === 'police' || lookup === 'inmate' || lookup === 'asset') return lookup
  if (node.format === 'date') return 'date'
  if (node.format === 'date-time') return 'datetime'
  if (widget === 'month') return 'month'
  if (widget === 'textarea') return 'text'
  return node.format || !node.type ? 'other' : node.type
}

/** Choices as text, one a line, and back. */
export const choices = {
  write: (list: Schema['oneOf'] = []) =>
    list.map((o) => `${String(o.const)}=${o.title ?? ''}=${o['x-en'] ?? ''}`).join('\n'),
  read: (lines: string): NonNullable<Schema['oneOf']> =>
    lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [value = '', zh = '', en = ''] = line.split(/[=＝]/).map((w) => w.trim())
        return { const: value, title: zh || value, 'x-en': en || zh || value }
      }),
}

function nodeOf(f: NewField, at: Path): Schema {
  const node = structuredCopy(shapes[f.type]) as unknown as Schema
  if (f.type === 'choice') node.oneOf = choices.read(f.options)
  if (f.type === 'checks' && node.items) node.items.oneOf = choices.read(f.options)
  return { title: f.zh, 'x-en': f.en, 'x-id': [...at, f.code].join('.'), ...node }
}

/** The object whose members a path's children are: the node itself, or the rows of a table. */
function holder(node: Schema): Schema {
  return node.type === 'array' && node.items ? node.items : node
}

/** The node at a path; the top for an empty one. */
export function nodeAt(files: Files, path: Path): Schema | undefined {
  let node: Schema | undefined = files.schema
  for (const name of path) node = node && holder(node).properties?.[name]
  return node
}

/** The members of a table's row or of a group; of anything else there are none. */
export function members(node: Schema): [string, Schema][] {
  return Object.entries(holder(node).properties ?? {})
}

export function isRequired(files: Files, path: Path): boolean {
  const above = nodeAt(files, path.slice(0, -1))
  return above ? (holder(above).required ?? []).includes(path.at(-1)!) : false
}

/** Copies the way down to a path and puts there what fn makes of the node. */
function changedAt(node: Schema, path: Path, fn: (node: Schema) => Schema): Schema {
  const [name, ...rest] = path
  if (name === undefined) return fn(node)
  const inner = holder(node)
  const child = inner.properties?.[name]
  if (!child) return node
  const next = { ...inner, properties: { ...inner.properties, [name]: changedAt(child, rest, fn) } }
  return inner === node ? next : { ...node, items: next }
}

/** fn gets the object that holds the members. */
function changedHolder(files: Files, path: Path, fn: (object: Schema) => Schema): Files {
  const put = (node: Schema): Schema =>
    node.type === 'array' && node.items ? { ...node, items: fn(node.items) } : fn(node)
  return { ...files, schema: changedAt(files.schema, path, put) as Files['schema'] }
}

const without = (list: string[] = [], name: string) => list.filter((n) => n !== name)

/** Adds a field: at the top to a section (the first unless said), else to the table or group at `into`. */
export function withField(files: Files, f: NewField, into: Path = [], section = 0): Files {
  const next = changedHolder(files, into, (object) => ({
    ...object,
    properties: { ...object.properties, [f.code]: nodeOf(f, into) },
    required: f.required ? [...without(object.required, f.code), f.code] : object.required,
  }))
  if (into.length > 0) return next
  const sections = files.form.sections.map((s, i) => ({
    ...s,
    fields: [...without(s.fields, f.code), ...(i === section ? [f.code] : [])],
  }))
  return { ...next, form: { sections } }
}

/** Takes a field out of all three files; what else names it, the server says. */
export function withoutField(files: Files, path: Path): Files {
  const name = path.at(-1)!
  const next = changedHolder(files, path.slice(0, -1), (object) => {
    const { [name]: _, ...properties } = object.properties ?? {}
    return { ...object, properties, required: without(object.required, name) }
  })
  if (path.length > 1) return next
  const { summary } = files.definition
  return {
    ...next,
    schema: { ...next.schema, ...unasked(next.schema, name) },
    definition: Array.isArray(summary)
      ? { ...files.definition, summary: summary.filter((p) => p !== `/${name}`) }
      : files.definition,
    form: {
      sections: files.form.sections.map((s) => ({ ...s, fields: without(s.fields, name) })),
    },
  }
}

/** Conditions that ask for a field ask for the others only; one that asks for nothing goes. */
function unasked({ allOf }: Schema, name: string): Partial<Schema> {
  if (!allOf) return {}
  return {
    allOf: allOf.flatMap((c) => {
      if (!c.then?.required?.includes(name)) return [c]
      const required = without(c.then.required, name)
      return required.length > 0 ? [{ ...c, then: { ...c.then, required } }] : []
    }),
  }
}

/** Puts keywords over those of a field; undefined takes one away. */
export function changed(files: Files, path: Path, part: Partial<Schema>): Files {
  const schema = changedAt(files.schema, path, (node) => clean({ ...node, ...part }))
  return { ...files, schema: schema as Files['schema'] }
}

export function asked(files: Files, path: Path, required: boolean): Files {
  const name = path.at(-1)!
  return changedHolder(files, path.slice(0, -1), (object) => {
    const rest = without(object.required, name)
    return { ...object, required: required ? [...rest, name] : rest }
  })
}

function clean(node: Schema): Schema {
  return Object.fromEntries(Object.entries(node).filter(([, v]) => v !== undefined)) as Schema
}

/** The files of the version after this one, under the department that owns the ledger now. */
export function nextVersion(files: Files, owner: string): Files {
  const version = Number(files.definition.version) + 1
  return {
    ...files,
    schema: { ...files.schema, $id: `urn:ledger:${files.definition.id}:${version}` },
    definition: { ...files.definition, owner, version },
  }
}

/** The smallest type there is, of blank.json: when, and nothing else yet. */
export function blank(id: string, department: string, zh: string, en: string): Files {
  const files = structuredCopy(blankType) as unknown as Files
  const title = { zh, en }
  return {
    schema: { ...files.schema, $id: `urn:ledger:${id}:1`, title: zh, 'x-en': en },
    definition: { ...files.definition, id, owner: department, title, lawful_basis: title },
    form: { sections: files.form.sections.map((s) => ({ ...s, title })) },
  }
}

/** structuredClone is younger than the browsers of the floor. */
export function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
