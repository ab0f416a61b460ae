import { join, type Pointer } from '../schema/pointer'
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

/** What a pasted block means for a table of rows. */
export interface Block {
  values: [Pointer, Json][]
  /** Rows and columns of the block that the table has no room for: then nothing of it is taken. */
  over: { rows: number; columns: number }
  /** Cells that came for a column which the system fills. */
  skipped: number
}

/** Columns of a line up to the last that says something. */
function widthOf(line: string[]): number {
  return line.reduce((width, cell, i) => (cell.trim() === '' ? width : i + 1), 0)
}

/** Lays a block over a table from one cell on. Blank lines of it are no rows. */
export function layBlock(
  cells: string[][],
  array: Pointer,
  node: Schema,
  from: { row: number; column: number },
): Block {
  const columns = Object.entries(node.items?.properties ?? {})
  const lines = cells.filter((line) => line.some((cell) => cell.trim() !== ''))
  const width = Math.max(0, ...lines.map((line) => widthOf(line)))
  const over = {
    rows: Math.max(0, from.row + lines.length - (node.maxItems ?? Number.POSITIVE_INFINITY)),
    columns: Math.max(0, from.column + width - columns.length),
  }
  const block: Block = { values: [], over, skipped: 0 }
  if (over.rows > 0 || over.columns > 0) return block
  let row = from.row
  for (const line of lines) {
    const before = block.values.length
    for (const [right, cell] of line.entries()) {
      const [name, column] = columns[from.column + right] ?? []
      const value = column && coerce(cell, column)
      if (name === undefined || column === undefined || value === undefined) continue
      if (column.readOnly) block.skipped++
      else block.values.push([join(join(array, row), name), value])
    }
    if (block.values.length > before) row++
  }
  return block
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
