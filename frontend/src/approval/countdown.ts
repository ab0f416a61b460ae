const hour = 3_600_000
const day = 24 * hour

/** How far a deadline is, in whole days, or hours on the last one. */
export function countdown(
  due: string,
  now: Date,
): { over: boolean; unit: 'day' | 'hour'; n: number } {
  const left = Date.parse(due) - now.getTime()
  const apart = Math.abs(left)
  return apart >= day
    ? { over: left <= 0, unit: 'day', n: Math.floor(apart / day) }
    : { over: left <= 0, unit: 'hour', n: Math.max(1, Math.floor(apart / hour)) }
}
