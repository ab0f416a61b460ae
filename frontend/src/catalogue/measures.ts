import type { Weight } from '../api/model'

/** What the meter counts of an area and week, as people read it. */
export const measures = {
  ledgers: { of: (w: Weight) => w.ledgers, digits: 0 },
  fields: { of: (w: Weight) => w.fields, digits: 0 },
  keystrokes: { of: (w: Weight) => w.keystrokes / 1000, digits: 0 },
  minutes: { of: (w: Weight) => w.seconds / 60_000, digits: 1 },
} as const

export type Measure = keyof typeof measures

export const measureNames = Object.keys(measures) as Measure[]

/** Where no entry of any ledger was measured there is nothing to say, which is not 0. */
export function known(measure: Measure, w: Weight): boolean {
  return w.unmeasured === 0 || measures[measure].of(w) !== 0
}

export function shown(measure: Measure, w: Weight): string {
  return measures[measure].of(w).toFixed(measures[measure].digits)
}

/** With its sign; what rounds to nothing is 0. */
export function signed(n: number, digits = 1): string {
  const text = n.toFixed(digits)
  return Number(text) === 0 ? '0' : n > 0 ? `+${text}` : text
}
