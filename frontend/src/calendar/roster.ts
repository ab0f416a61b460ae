import type { Calendar, Roster } from '../api/calendar'

/** Numbers as typed, by day and shift. */
export type Typed = Record<string, { leader: string; officer: string }>

export const key = (day: string, shift: string) => `${day} ${shift}`

export function typedOf(rosters: Roster[]): Typed {
  const typed: Typed = {}
  for (const r of rosters) {
    const of = (post: string) =>
      r.people
        .filter((p) => p.post === post)
        .map((p) => p.number)
        .join(' ')
    typed[key(r.day, r.shift)] = { leader: of('leader'), officer: of('officer') }
  }
  return typed
}

const numbers = (line: string) => line.split(/[\s,，、;；]+/).filter(Boolean)

export function parsePeople(typed: Typed[string] | undefined): Roster['people'] {
  return (['leader', 'officer'] as const).flatMap((post) =>
    numbers(typed?.[post] ?? '').map((number) => ({ number, post })),
  )
}

/**
 * Reads what was copied from a spreadsheet: day, shift, number and, if not an
 * officer, the word for a leader, a line each. Lines that do not read are given back.
 */
export function parseRows(raw: string, shifts: Calendar['shifts'], leader: string) {
  const rows: Typed = {}
  const unread: string[] = []
  for (const line of raw.split(/\r?\n/).filter((l) => l.trim() !== '')) {
    const [day = '', shift = '', number = '', post = ''] = line
      .split(/[\t,，]/)
      .map((part) => part.trim())
    const found = shifts.find((s) => [s.id, s.title.zh, s.title.en].includes(shift))
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !found || !/^\d{7}$/.test(number)) {
      unread.push(line)
      continue
    }
    const at = key(day, found.id)
    const row = rows[at] ?? { leader: '', officer: '' }
    const place = [leader, 'leader'].includes(post) ? 'leader' : 'officer'
    rows[at] = { ...row, [place]: [...numbers(row[place]), number].join(' ') }
  }
  return { rows, unread }
}
