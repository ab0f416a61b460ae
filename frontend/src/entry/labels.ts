import { showTime } from '../form/time'
import { i18n } from '../i18n'
import { type Pointer, split } from '../schema/pointer'
import { type Json, type Lang, lookupOf, type Schema, titleOf } from '../schema/types'
import { type Who, withName } from '../ui/who'

/** The schema node at an instance pointer, {} where there is none. */
export function nodeAt(schema: Schema, pointer: Pointer): Schema {
  let node = schema
  for (const key of split(pointer)) node = node.items ?? node.properties?.[key] ?? {}
  return node
}

/** The field of a stable id, wherever it stands; undefined where there is none. */
export function fieldOf(schema: Schema, id: string): Schema | undefined {
  for (const node of Object.values((schema.items ?? schema).properties ?? {})) {
    const found = node['x-id'] === id ? node : fieldOf(node, id)
    if (found) return found
  }
  return undefined
}

/** A pointer in words: 查获物品 2 · 名称. */
export function labelOf(schema: Schema, pointer: Pointer, lang: Lang): string {
  const words: string[] = []
  let node = schema
  for (const key of split(pointer)) {
    if (node.items) {
      words[words.length - 1] += ` ${Number(key) + 1}`
      node = node.items
    } else {
      node = node.properties?.[key] ?? {}
      words.push(titleOf(node, key, lang))
    }
  }
  return words.join(' · ')
}

/** A scalar, or list of scalars, as people read it; the unit is put behind it. */
export function formatValue(
  node: Schema,
  value: Json | undefined,
  lang: Lang,
  who: Who = () => undefined,
): string {
  if (value === undefined || value === null) return '—'
  if (Array.isArray(value)) {
    // What the list looks up, each of its items does.
    const item = { 'x-ui': node['x-ui'], ...node.items }
    const items = value.map((one) => formatValue(item, one, lang, who))
    return items.join(lang === 'zh' ? '、' : ', ')
  }
  const option = node.oneOf?.find((o) => o.const === value)
  if (option) return (lang === 'en' && option['x-en']) || option.title || String(value)
  if (typeof value === 'boolean') return i18n.t(value ? 'form.yes' : 'form.no', { lng: lang })
  if (typeof value === 'object') return JSON.stringify(value)
  if (node.format === 'date-time') return showTime(String(value))
  const kind = lookupOf(node)
  if (kind && typeof value === 'string') return withName(who(kind, value), value, lang)
  const unit = node['x-unit']
  const shownUnit = unit ? ` ${(lang === 'en' && unit.en) || unit.zh}` : ''
  return `${value}${shownUnit}`
}
