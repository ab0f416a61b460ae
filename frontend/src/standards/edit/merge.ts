import { join, type Pointer } from '../../schema/pointer'
import { type Doc, isObject, type Json } from '../../schema/types'

/** What something in a list is known by. */
const nameOf = (one: Json) =>
  isObject(one) ? (one.code ?? one.id ?? undefined)?.toString() : undefined

const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b)

/** A list as members by name, in its order; nothing where not all have one of their own. */
function byName(list: Json): Doc | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const names = list.map(nameOf)
  if (names.some((n) => n === undefined) || new Set(names).size < names.length) return undefined
  return Object.fromEntries(list.map((one, n) => [`=${names[n]}`, one]))
}

/**
 * What two people made of one document: each change of either, and where both changed the same place,
 * what stands in `mine`. `clash` hears of those places.
 */
export function merged(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  clash: (at: Pointer) => void,
  at: Pointer = '',
): Json | undefined {
  if (same(mine, base) || same(mine, theirs)) return theirs
  if (same(theirs, base)) return mine
  if (isObject(mine) && isObject(theirs)) {
    const was = isObject(base) ? base : {}
    const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
    const out: Doc = {}
    for (const name of names) {
      const one = merged(was[name], mine[name], theirs[name], clash, join(at, name))
      if (one !== undefined) out[name] = one
    }
    return out
  }
  const [a, b] = [byName(mine ?? null), byName(theirs ?? null)]
  if (a && b) {
    const list = merged(byName(base ?? null) ?? {}, a, b, clash, at)
    return Object.values(isObject(list) ? list : {})
  }
  clash(at)
  return mine
}
