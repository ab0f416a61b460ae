import type { Sheet } from '../api/model'
import type { ExternalList } from '../api/standards'

export type Clause = ExternalList['clauses'][number]

/** Whether a unit conforms to a clause, by what its indicators lose. */
export type Conformity = 'met' | 'unmet' | 'unchecked' | 'not_applicable' | 'unanswered'

/**
 * A clause is met when none of the indicators that answer it loses anything. Those are the ones of the
 * very version that the unit was scored by; what nobody looked at yet is not met.
 */
export function conformity(clause: Clause, sheet: Sheet): Conformity {
  const codes = clause.answers
    .filter((a) => a.standard === sheet.standard && a.version === sheet.version)
    .map((a) => a.indicator)
  const own = sheet.domains.flatMap((d) => d.indicators ?? []).filter((i) => codes.includes(i.code))
  if (own.length === 0) return 'unanswered'
  const applying = own.filter((i) => i.applies)
  if (applying.length === 0) return 'not_applicable'
  if (applying.some((i) => i.deducted !== '0')) return 'unmet'
  const open = applying.some((i) => i.lines.some((l) => l.state === 'not_checked'))
  return open ? 'unchecked' : 'met'
}
