import type { Json, Schema } from '../schema/types'
import blankType from './blank.json'

/** The three files of a version, as the designer holds them. */
export interface Files {
  schema: Schema & { [key: string]: unknown }
  definition: { [key: string]: Json }
  form: { sections: { id: string; title: { zh: string; en?: string }; fields: string[] }[] }
}

export const fieldTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'datetime',
  'choice',
] as const
export type FieldType = (typeof fieldTypes)[number]

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
  if (node.oneOf) return 'choice'
  if (node.format === 'date') return 'date'
  if (node.format === 'date-time') return 'datetime'
  if (node.type === 'array' || node.type === 'object' || node.format) return 'other'
  return node.type ?? 'other'
}

function nodeOf(f: NewField): Schema {
  const head = { title: f.zh, 'x-en': f.en, 'x-id': f.code }
  const shapes: Record<FieldType, Schema> = {
    string: { type: 'string', maxLength: 200 },
    integer: { type: 'integer', minimum: 0, maximum: 100000 },
    number: { type: 'number', minimum: 0, maximum: 100000 },
    boolean: { type: 'boolean' },
    date: { type: 'string', format: 'date' },
    datetime: { type: 'string', format: 'date-time' },
    choice: {
      type: 'string',
      oneOf: f.options
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => {
          const [value = '', zh = '', en = ''] = line.split(/[=＝]/).map((w) => w.trim())
          return { const: value, title: zh || value, 'x-en': en || zh || value }
        }),
    },
  }
  return { ...head, ...shapes[f.type] } as Schema
}

const without = (list: string[] = [], name: string) => list.filter((n) => n !== name)

/** Adds a field at the end of the first section. */
export function withField(files: Files, f: NewField): Files {
  const { schema, form } = files
  const [first, ...rest] = form.sections
  if (!first) return files
  return {
    ...files,
    schema: {
      ...schema,
      properties: { ...schema.properties, [f.code]: nodeOf(f) },
      required: f.required ? [...(schema.required ?? []), f.code] : schema.required,
    },
    form: { sections: [{ ...first, fields: [...without(first.fields, f.code), f.code] }, ...rest] },
  }
}

/** Takes a field out of all three files; what else names it, the server says. */
export function withoutField(files: Files, name: string): Files {
  const { [name]: _, ...properties } = files.schema.properties ?? {}
  const summary = files.definition.summary
  return {
    schema: { ...files.schema, properties, required: without(files.schema.required, name) },
    definition: Array.isArray(summary)
      ? { ...files.definition, summary: summary.filter((p) => p !== `/${name}`) }
      : files.definition,
    form: {
      sections: files.form.sections.map((s) => ({ ...s, fields: without(s.fields, name) })),
    },
  }
}

/** Changes the title of a field, or whether it must be filled. */
export function changed(
  files: Files,
  name: string,
  to: { title?: string; required?: boolean },
): Files {
  const { schema } = files
  const node = schema.properties?.[name]
  if (!node) return files
  const rest = without(schema.required, name)
  return {
    ...files,
    schema: {
      ...schema,
      properties: {
        ...schema.properties,
        [name]: to.title === undefined ? node : { ...node, title: to.title },
      },
      required: to.required === undefined ? schema.required : to.required ? [...rest, name] : rest,
    },
  }
}

/** The files of the version after this one. */
export function nextVersion(files: Files): Files {
  const version = Number(files.definition.version) + 1
  return {
    ...files,
    schema: { ...files.schema, $id: `urn:ledger:${files.definition.id}:${version}` },
    definition: { ...files.definition, version },
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
function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
