import type { Named } from '../api/lookup'
import { type Doc, isObject, type Json, lookupOf, type Schema } from '../schema/types'

/** Who has which number, as far as this page has heard: of the area, and whoever was looked up. */
export class Names {
  #kinds = new Map<string, Map<string, string>>()
  #listeners = new Set<() => void>()
  /** How often something was heard. */
  version = 0

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  hear(kind: string, list: readonly Named[]) {
    const known = this.#kinds.get(kind) ?? new Map<string, string>()
    const fresh = list.filter((one) => known.get(one.number) !== one.name)
    if (fresh.length === 0) return
    this.#kinds.set(kind, known)
    for (const { number, name } of fresh) known.set(number, name)
    this.version++
    for (const listener of this.#listeners) listener()
  }

  /** Whether anybody of the kind is known here at all. */
  any(kind: string): boolean {
    return this.#kinds.has(kind)
  }

  of(kind: string, number: string): string | undefined {
    return this.#kinds.get(kind)?.get(number)
  }

  /** Everybody of that name. */
  numbers(kind: string, name: string): string[] {
    const known = this.#kinds.get(kind) ?? []
    return [...known].flatMap(([number, theirs]) => (theirs === name ? [number] : []))
  }

  /**
   * The value with the number in place of each name that is one person's alone; any other stays, to be
   * told at its cell. The same value where there is nothing to put.
   */
  numbered(node: Schema, value: Json | undefined): Json | undefined {
    const kind = lookupOf(node)
    if (isObject(value)) return this.#within(node, value)
    if (!kind || value === undefined) return value
    const one = (item: Json): Json => {
      const [number, ...others] = typeof item === 'string' ? this.numbers(kind, item) : []
      return number !== undefined && others.length === 0 ? number : item
    }
    if (!Array.isArray(value)) return one(value)
    const items = value.map(one)
    return items.some((item, i) => item !== value[i]) ? items : value
  }

  #within(node: Schema, doc: Doc): Doc {
    const put = Object.entries(node.properties ?? {}).flatMap(([name, member]) => {
      const value = this.numbered(member, doc[name])
      return value === undefined || value === doc[name] ? [] : [[name, value] as const]
    })
    return put.length > 0 ? { ...doc, ...Object.fromEntries(put) } : doc
  }

  /** Names in a look-up's cell that no number could be put for: nobody's, or several people's. */
  unclear(node: Schema, value: Json | undefined): { name: string; numbers: string[] }[] {
    const kind = lookupOf(node)
    if (!kind || !this.any(kind)) return []
    return [value ?? []]
      .flat()
      .map(String)
      .filter((text) => !/\d/.test(text))
      .map((name) => ({ name, numbers: this.numbers(kind, name) }))
      .filter(({ numbers }) => numbers.length !== 1)
  }
}
