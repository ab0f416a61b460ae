import type { HeatCell } from '../api/calendar'
import type { Duty } from '../api/model'
import { today } from '../form/time'

/** The worst of what became of a day, as the cell is coloured; the order is that of the legend. */
export const standings = ['excused', 'filled', 'late', 'returned', 'missing'] as const
export type Standing = (typeof standings)[number]

/** How many were filed and came back: neither filled nor missing until they are filed again. */
function returnedOf(cell: HeatCell): number {
  return Math.max(0, cell.due - cell.missing - cell.filled)
}

/** The numbers of a cell, as its words take them. */
export function countsOf(cell: HeatCell) {
  return { ...cell, returned: returnedOf(cell) }
}

export function standingOf(cell: HeatCell): Standing {
  if (cell.missing > 0) return 'missing'
  if (returnedOf(cell) > 0) return 'returned'
  if (cell.late + cell.backfilled > 0) return 'late'
  if (cell.due > 0) return 'filled'
  return 'excused'
}

/** The colours of the chart; the table beside it says the same in words. */
export const colours: Record<Standing, string> = {
  excused: '#c9d2df',
  filled: '#9fd3ab',
  late: '#f3c969',
  returned: '#eb9a57',
  missing: '#e0695f',
}

/** The days in which lies what counts for duties: a week's duty is due on its last day alone. */
export function spanOf(duties: Pick<Duty, 'starts_at' | 'ends_at'>[], day: string) {
  const starts = duties.map((d) => today(new Date(d.starts_at)))
  const ends = duties.map((d) => today(new Date(Date.parse(d.ends_at) - 1)))
  return { from: [day, ...starts].sort()[0]!, to: [day, ...ends].sort().at(-1)! }
}

/** Every day from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const list: string[] = []
  const end = Date.parse(`${to}T00:00:00Z`)
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= end; at += 86_400_000) {
    list.push(new Date(at).toISOString().slice(0, 10))
  }
  return list
}

/** A month by some months on: 2026-12 + 1 is 2027-01. */
export function monthOn(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

export interface Row {
  id: string
  cells: Map<string, HeatCell>
}

/** The cells as rows of areas or of ledgers, by day. */
export function rowsOf(cells: HeatCell[], by: 'area' | 'ledger'): Row[] {
  const rows = new Map<string, Row>()
  for (const cell of cells) {
    const id = cell[by]
    const row = rows.get(id) ?? { id, cells: new Map() }
    row.cells.set(cell.day, cell)
    rows.set(id, row)
  }
  return [...rows.values()].sort((a, b) => a.id.localeCompare(b.id))
}
