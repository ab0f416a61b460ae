import type { Json, Schema } from '../schema/types'
import { fromLocal } from './time'

/** Cells of a spreadsheet's clipboard text; cells with breaks or tabs come quoted. */
export function parseCells(clip: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let i = 0; i < clip.length; i++) {
    const c = clip[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (clip[i + 1] === '"') cell += clip[++i]
      else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === '\t') {
      rows.at(-1)!.push(cell)
      cell = ''
    } else if (c === '\n') {
      rows.at(-1)!.push(cell)
      rows.push([])
      cell = ''
    } else if (c !== '\r') cell += c
  }
  rows.at(-1)!.push(cell)
  if (rows.at(-1)!.length === 1 && rows.at(-1)![0] === '') rows.pop()
  return rows
}

/** Full-width digits and signs as an input method leaves them. */
export function halfWidth(value: string): string {
  return value
    .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replaceAll('　', ' ')
}

/**
 * The value that a typed or pasted text means for this field. Text that means
 * nothing stays text, so that the validator can say so at the cell.
 */
export function coerce(typed: string, node: Schema): Json | undefined {
  const value = typed.trim()
  if (value === '') return undefined
  if (node.oneOf) {
    const option = node.oneOf.find(
      (o) => o.title === value || o['x-en'] === value || o.const === value,
    )
    return option ? option.const : value
  }
  const plain = halfWidth(value)
  switch (node.type) {
    case 'integer':
    case 'number':
      return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : value
    case 'boolean':
      if (/^(是|有|对|true|yes|y|1)$/i.test(plain)) return true
      if (/^(否|无|错|false|no|n|0)$/i.test(plain)) return false
      return value
    case 'array':
      return value
        .split(node.items?.pattern ? /[\s,，、;；]+/ : /[\n,，、;；]+/)
        .filter(Boolean)
        .map((item) => coerce(item, node.items ?? {}) ?? item)
    default:
      return coerceText(value, plain, node)
  }
}

function coerceText(value: string, plain: string, node: Schema): string {
  const at =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(
      plain,
    )
  if (at && (node.format === 'date' || node.format === 'date-time')) {
    const [, year, month, day, hour = '0', minute = '00', second = '00'] = at
    const date = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
    if (node.format === 'date') return date
    return fromLocal(`${date}T${hour.padStart(2, '0')}:${minute}:${second}`)!
  }
  return node.pattern ? plain : value
}
