import type { ShownProblem } from '../form/store'
import type { Column } from './columns'
import type { Place } from './Grid'
import { type BatchRow, errorsOf } from './store'

/** An error that no column shows. */
export interface Stray {
  index: number
  row: BatchRow
  problem: ShownProblem
}

/** What concerns a row as a whole, its proof for one: the notes show it at every cell. */
export const ofRow = (p: ShownProblem) => p.pointer.startsWith('/@') || !p.pointer

/** Every cell with an error, row by row, and the errors that stand at none. What concerns a whole row stands at its first cell. */
export function placed(
  rows: readonly BatchRow[],
  columns: readonly Column[],
): { wrong: Place[]; strays: Stray[] } {
  const places = new Map(columns.map((c, i) => [c.pointer, i]))
  const strays: Stray[] = []
  const wrong = rows.flatMap((row, index) => {
    const found = new Set<number>()
    for (const problem of errorsOf(row)) {
      let at = problem.pointer
      while (at && !places.has(at)) at = at.slice(0, at.lastIndexOf('/'))
      const column = ofRow(problem) ? 0 : places.get(at)
      if (column === undefined) strays.push({ index, row, problem })
      else found.add(column)
    }
    return [...found].sort((a, b) => a - b).map((column) => ({ row: index, column }))
  })
  return { wrong, strays }
}
