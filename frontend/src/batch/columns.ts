import { showTime } from '../form/time'
import { join, type Pointer } from '../schema/pointer'
import {
  type FormLayout,
  isObject,
  type Json,
  type Lang,
  lookupOf,
  type Schema,
  titleOf,
} from '../schema/types'
import type { Names } from './names'

/** One column of the grid. A side column is opened in a form of its own, a computed one is read. */
export interface Column {
  pointer: Pointer
  title: string
  node: Schema
  kind: 'cell' | 'side' | 'computed'
  width: number
}

/** An object of few plain fields is spread over columns; more of it is better seen as a form. */
const spread = 4

const scalar = (node: Schema) =>
  node.type !== 'object' &&
  node.items?.type !== 'object' &&
  node['x-ui']?.widget !== 'evidence' &&
  node.items?.['x-ui']?.widget !== 'evidence'

/** The type's top-level fields in the form's order, small objects one level deep. */
export function columnsOf(schema: Schema, layout: FormLayout, lang: Lang): Column[] {
  const list: Column[] = []
  const add = (pointer: Pointer, title: string, node: Schema) =>
    list.push({
      pointer,
      title,
      node,
      kind: node.readOnly ? 'computed' : scalar(node) ? 'cell' : 'side',
      width: widthOf(title, node),
    })
  for (const name of layout.sections.flatMap((s) => s.fields)) {
    const node = schema.properties?.[name]
    if (!node) continue
    const title = titleOf(node, name, lang)
    const members = Object.entries(node.properties ?? {})
    if (node.type === 'object' && members.length <= spread && members.every(([, m]) => scalar(m))) {
      for (const [member, child] of members) {
        const at = join(join('', name), member)
        add(at, `${title} · ${titleOf(child, member, lang)}`, child)
      }
    } else add(join('', name), title, node)
  }
  return list
}

/** Wide enough for the title, and for what is usually typed. */
function widthOf(title: string, node: Schema): number {
  const wide = [...title].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 14 : 8), 28)
  const usual =
    node.format === 'date-time'
      ? 140
      : node.format === 'date'
        ? 112
        : node.format === 'uuid' || node['x-ui']?.widget === 'textarea'
          ? 220
          : node.type === 'array'
            ? 180
            : node['x-ui']?.lookup
              ? 160
              : 96
  return Math.min(Math.max(wide, usual), 240)
}

/** What joins the items of a list in one cell; coerce takes them apart again. */
const between = '\u3001'

/** A value as it is typed into a cell: reading it back with coerce gives the same value. */
export function cellText(
  node: Schema,
  value: Json | undefined,
  lang: Lang,
  words: { yes: string; no: string },
): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) {
    if (value.some(isObject)) return String(value.length)
    return value.map((item) => cellText(node.items ?? {}, item, lang, words)).join(between)
  }
  const option = node.oneOf?.find((o) => o.const === value)
  if (option) return (lang === 'en' && option['x-en']) || option.title || String(value)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'object') return JSON.stringify(value)
  if (node.format === 'date-time') return showTime(String(value))
  return String(value)
}

/** The same to be read: with whose number it is, where that is known. */
export function readText(
  node: Schema,
  value: Json | undefined,
  lang: Lang,
  words: { yes: string; no: string },
  names: Names,
): string {
  const kind = lookupOf(node)
  if (!kind) return cellText(node, value, lang, words)
  if (Array.isArray(value)) {
    // A name alone would make two people of one name the same; a space would take the item apart.
    const one = (text: string) => {
      const name = names.of(kind, text)
      if (!name) return text
      return lang === 'zh' ? `${name}（${text}）` : `${name}(${text})`
    }
    return value.map((item) => one(String(item))).join(between)
  }
  const text = cellText(node, value, lang, words)
  const name = names.of(kind, text)
  return name ? `${name} ${text}` : text
}
