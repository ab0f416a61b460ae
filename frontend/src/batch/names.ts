import type { Named } from '../api/lookup'
import { type Json, lookupOf, type Schema } from '../schema/types'

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

  /** The number where a name is one person's alone; any other value stays, to be told at its cell. */
  numbered(node: Schema, value: Json | undefined): Json | undefined {
    const kind = lookupOf(node)
    if (!kind || value === undefined) return value
    const one = (item: Json): Json => {
      const [number, ...others] = typeof item === 'string' ? this.numbers(kind, item) : []
      return number !== undefined && others.length === 0 ? number : item
    }
    return Array.isArray(value) ? value.map(one) : one(value)
  }
}
