import type { Area, Areas, Duty, LedgerHead, Me } from '../api/model'

/** Whether an area keeps a ledger; the server's own rule, here only to spare dead ends. */
function applies(areas: Areas, { kind, function: own, has_labour }: Area): boolean {
  const names = (list: string[] | null, name: string) => (list ?? []).includes(name)
  if (!names(areas.kinds, kind) || names(areas.except, own)) return false
  if (areas.labour) return has_labour || names(areas.functions, own)
  return kind === 'ordinary' || !areas.functions?.length || names(areas.functions, own)
}

/** The ledgers of an area that somebody in these posts fills in. */
export function fillable(ledgers: LedgerHead[], me: Me, area: Area | undefined): LedgerHead[] {
  return ledgers.filter(
    ({ filler, areas }) =>
      (!area || applies(areas, area)) &&
      me.postings.some(
        (p) => filler.roles.includes(p.role) && (!filler.dept || filler.dept === p.department),
      ),
  )
}

/**
 * What is still to be filled, by urgency. A period that wants several entries
 * has a duty for each; it is one line here, with how many there are of how many.
 */
export function pending(duties: Duty[]): Duty[] {
  const periods = new Map<string, Duty>()
  for (const duty of duties) {
    if (duty.state !== 'open' && duty.state !== 'missing') continue
    const key = `${duty.ledger} ${duty.period}`
    const known = periods.get(key)
    if (!known || duty.target > known.target)
      periods.set(key, { ...duty, have: Math.max(duty.have, known?.have ?? 0) })
    else periods.set(key, { ...known, have: Math.max(duty.have, known.have) })
  }
  return [...periods.values()].sort((a, b) => a.due_at.localeCompare(b.due_at))
}
