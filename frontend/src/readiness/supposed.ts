import type { Entry } from '../api/model'
import type { Supposed } from '../api/readiness'
import { today } from '../form/time'

type As = 'approved' | 'returned' | 'voided'

/** What an entry may be supposed to become. */
export function ways(entry: Pick<Entry, 'state' | 'in_force'>): As[] {
  const list: As[] = entry.state === 'submitted' ? ['approved', 'returned'] : []
  return entry.in_force > 0 && entry.state !== 'voided' ? [...list, 'voided'] : list
}

/** What the form asks, by its fields; those that are empty change nothing. */
export function supposed(value: (name: string) => string, now: Date): Supposed {
  const body: Supposed = {}
  const entries: Supposed['entries'] = []
  const [entry, as] = value('entry').split(' ')
  if (entry) entries.push({ entry, as: as as As })
  // Noon is in every period that the day is in.
  if (value('filed')) {
    entries.push({
      ledger: value('filed'),
      at: `${value('filedOn') || today(now)}T12:00:00+08:00`,
    })
  }
  if (entries.length > 0) body.entries = entries
  if (value('ledger')) body.missed = { [value('ledger')]: Number(value('times')) }
  if (value('finding')) {
    body.findings = [
      {
        id: 'supposed',
        line: value('finding'),
        day: today(now),
        count: Number(value('count')),
        note: '',
        subject: 'supposed',
      },
    ]
  }
  if (value('line')) body.line = value('line')
  return body
}
