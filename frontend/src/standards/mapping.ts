import type { components } from '../api/api-schema'

export type Link = components['schemas']['MappingLink']

/** What became of something, with an end on either side; what has none ended or is new. */
export interface Pairing {
  from: string[]
  to: string[]
  coverage: 'full' | 'partial'
}

/** The links that have both ends. */
export function pairings(links: readonly Link[]): Pairing[] {
  return links
    .filter((l) => l.from && l.to)
    .map((l) => ({ from: l.from ?? [], to: l.to ?? [], coverage: l.coverage ?? 'full' }))
}

/** By the number of its ends: what kept its code is the same, whatever its title. */
export function howOf({ from, to }: Pairing): Link['how'] {
  if (from.length === 0) return 'new'
  if (to.length === 0) return 'ended'
  if (to.length > 1) return 'split'
  if (from.length > 1) return 'merged'
  return from[0] === to[0] ? 'same' : 'renamed'
}

/** What is in no pairing. */
export function left(codes: readonly string[], taken: readonly string[][]): string[] {
  const all = new Set(taken.flat())
  return codes.filter((code) => !all.has(code))
}

/** The pairings in their places, then what ended and what is new. */
export function linksOf(list: readonly Pairing[], was: string[], is: string[]): Link[] {
  const paired = list.map((p): Link => {
    const how = howOf(p)
    if (how === 'new') return { to: p.to, how }
    if (how === 'ended') return { from: p.from, how }
    return { from: p.from, to: p.to, how, coverage: p.coverage }
  })
  const ended = left(
    was,
    list.map((p) => p.from),
  ).map((code): Link => ({ from: [code], how: 'ended' }))
  const fresh = left(
    is,
    list.map((p) => p.to),
  ).map((code): Link => ({ to: [code], how: 'new' }))
  return [...paired, ...ended, ...fresh]
}
