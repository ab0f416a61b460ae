export type SubjectKind = 'inmate' | 'tool' | 'hazard' | 'reward' | 'entry'

export const subjectKinds: SubjectKind[] = ['inmate', 'tool', 'hazard', 'reward', 'entry']

/** The kind of subject that a reference can only be; undefined for words. */
export function kindOf(typed: string): SubjectKind | undefined {
  const ref = typed.trim()
  if (/^\d{10}$/.test(ref)) return 'inmate'
  if (/^[A-Z]{2}-\d{6}$/.test(ref)) return 'tool'
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(ref)) return 'entry'
  return undefined
}

const ofLedger: Record<string, SubjectKind> = {
  'hazard-rectification': 'hazard',
  'reward-punishment': 'reward',
}

/** The kind under which an entry of a ledger is traced. */
export function kindOfEntry(ledger: string): SubjectKind {
  return ofLedger[ledger] ?? 'entry'
}

export function traceOf(kind: SubjectKind, ref: string): string {
  return `/trace?${new URLSearchParams({ kind, ref })}`
}
