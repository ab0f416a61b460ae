import type { Artefacts, Indicator } from '../api/standards'

/** How the indicators of a domain are worked out: by ledgers alone, in part, or by hand alone. */
export interface Gap {
  id: string
  title: { zh: string; en?: string }
  byLedgers: Indicator[]
  partly: Indicator[]
  byHand: Indicator[]
}

/** What still rests on paper or on people, domain by domain (R93): where a system would help most. */
export function gaps({ standard, rules }: Artefacts): Gap[] {
  const lines = new Map(rules.indicators.map((r) => [r.code, r.lines]))
  return standard.domains.map((d) => {
    const gap: Gap = { id: d.id, title: d.title, byLedgers: [], partly: [], byHand: [] }
    for (const i of d.indicators) {
      const own = lines.get(i.code) ?? []
      const counted = own.filter((l) => l.method === 'ledger').length
      const place = counted === 0 ? gap.byHand : counted < own.length ? gap.partly : gap.byLedgers
      place.push(i)
    }
    return gap
  })
}
