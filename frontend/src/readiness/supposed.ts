import type { Entry } from '../api/model'
import type { Supposed } from '../api/readiness'
import { today } from '../form/time'

type As = 'approved' | 'returned' | 'voided'

/** What an entry may be supposed to become. */
export function ways(entry: Pick<Entry, 'state' | 'in_force'>): As[] {
  const list: As[] = entry.state === 'submitted' ? ['approved', 'returned'] : []
  return entry.in_force > 0 && entry.state !== 'voided' ? [...list, 'voided'] : list
}

/** What the form asks, by its fields, each of as many rows as there are; those that are empty change nothing. */
export function supposed(values: (name: string) => string[], now: Date): Supposed {
  const body: Supposed = {}
  // A row by its first field, and the field beside it.
  const rows = (name: string, beside: string) =>
    values(name).flatMap((said, n): [string, string][] =>
      said ? [[said, values(beside)[n] ?? '']] : [],
    )
  const entries: Supposed['entries'] = values('entry')
    .filter(Boolean)
    .map((said) => {
      const [entry = '', as] = said.split(' ')
      return { entry, as: as as As }
    })
  // Of a day that is over noon is in every period that it is in; of today it may lie ahead.
  for (const [ledger, day] of rows('filed', 'filedOn')) {
    const past = day !== '' && day < today(now)
    entries.push({ ledger, at: past ? `${day}T12:00:00+08:00` : now.toISOString() })
  }
  if (entries.length > 0) body.entries = entries
  for (const [ledger, times] of rows('ledger', 'times')) {
    body.missed = { ...body.missed, [ledger]: (body.missed?.[ledger] ?? 0) + Number(times) }
  }
  const numbers = ['count', 'of', 'per'].map(values)
  const findings: Supposed['findings'] = values('finding').flatMap((line, n) => {
    if (!line) return []
    const [count, of, per] = numbers.map((list) => list[n])
    const id = `supposed ${n}`
    const measured = of && per ? { of, per } : {}
    return [{ id, line, day: today(now), count: Number(count), note: '', subject: id, ...measured }]
  })
  if (findings.length > 0) body.findings = findings
  const without = values('without').filter(Boolean)
  if (without.length > 0) body.without = without
  const [version] = values('version')
  if (version) body.version = Number(version)
  const [line] = values('line')
  if (line) body.line = line
  return body
}
