/** The two languages of the screen; en may be missing, the reader then gets zh. */
export interface Text {
  zh: string
  en?: string
}

export type Lang = 'zh' | 'en'

export function text(t: Text | undefined, lang: Lang): string {
  if (!t) return ''
  return (lang === 'en' && t.en) || t.zh
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Doc = { [key: string]: Json }

export type Widget =
  | 'radio'
  | 'textarea'
  | 'month'
  | 'lookup'
  | 'evidence'
  | 'rows'
  | 'group'
  | 'checks'

/** A node of the profile described in docs/ledger-type.md; nothing else is published. */
export interface Schema {
  $id?: string
  $ref?: string
  $defs?: Record<string, Schema>
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  title?: string
  description?: string
  default?: Json
  readOnly?: boolean
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: false
  dependentRequired?: Record<string, string[]>
  items?: Schema
  contains?: Schema
  enum?: Json[]
  oneOf?: { const: Json; title?: string; 'x-en'?: string }[]
  const?: Json
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  format?: 'date' | 'date-time' | 'uuid'
  allOf?: Schema[]
  if?: Schema
  then?: Schema
  else?: Schema
  'x-id'?: string
  'x-en'?: string
  'x-unit'?: Text
  'x-ui'?: { widget?: Widget; colSpan?: 1 | 2 | 3; lookup?: string; hidden?: 'keep' }
  'x-message'?: Record<string, Text>
}

export interface FormLayout {
  sections: { id: string; title: Text; fields: string[] }[]
}

export function titleOf(node: Schema | undefined, name: string, lang: Lang): string {
  if (lang === 'en' && node?.['x-en']) return node['x-en']
  return node?.title ?? name
}

/** What a field looks up, or each of its items. */
export function lookupOf(node: Schema): string | undefined {
  return node['x-ui']?.lookup ?? node.items?.['x-ui']?.lookup
}

export function isObject(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
