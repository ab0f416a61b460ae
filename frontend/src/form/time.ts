/** The whole country keeps +08:00, whatever the clock of the PC is set to. */
const offset = 8 * 60

/** RFC 3339 to what <input type="datetime-local"> shows, in +08:00; '' when unreadable. */
export function toLocal(value: unknown): string {
  if (typeof value !== 'string') return ''
  const at = Date.parse(value)
  if (Number.isNaN(at)) return ''
  const local = new Date(at + offset * 60_000).toISOString()
  return local.slice(16, 19) === ':00' ? local.slice(0, 16) : local.slice(0, 19)
}

/** The reverse; undefined for an unfinished value. */
export function fromLocal(value: string): string | undefined {
  if (!value) return undefined
  return `${value.length === 16 ? `${value}:00` : value}+08:00`
}

/** 2026-11-24 09:05, in +08:00; the text itself when it is no time. */
export function showTime(value: string | undefined | null): string {
  if (!value) return ''
  return toLocal(value).replace('T', ' ') || value
}

/** Today in +08:00, as 2026-11-24. */
export function today(now: Date): string {
  return new Date(now.getTime() + offset * 60_000).toISOString().slice(0, 10)
}

/** So many days after a day, or before it; no clock of any place has a say. */
export function dayOn(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
}
