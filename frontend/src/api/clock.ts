/** How far the server's clock is ahead of this computer's, in milliseconds, as its last answer told. */
let ahead = 0

/** Each answer says what time it is there. */
export function heardNow(headers: Headers) {
  const at = Date.parse(headers.get('X-Now') ?? '')
  if (!Number.isNaN(at)) ahead = at - Date.now()
}

/**
 * What time it is where deadlines are kept. Whatever is judged by the time of day is judged by this
 * one: a computer's clock may be wrong, and a demonstration's is set forward.
 */
export function now(): Date {
  return new Date(Date.now() + ahead)
}
