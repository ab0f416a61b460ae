/** A decimal or fraction of the server ("1/3", "12.5") for reading, at most two places. */
export function shown(value: string | undefined): string {
  if (value === undefined) return ''
  const [over = '0', under] = value.split('/')
  const number = Number(over) / (under ? Number(under) : 1)
  return Number.isFinite(number) ? String(Math.round(number * 100) / 100) : value
}

export function amount(value: string): number {
  const [over = '0', under] = value.split('/')
  return Number(over) / (under ? Number(under) : 1)
}
