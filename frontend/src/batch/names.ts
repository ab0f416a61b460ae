import type { Named } from '../api/lookup'
import { type Doc, isObject, type Json, lookupOf, type Schema } from '../schema/types'

/**
 * Who has which number, as far as this page has heard: of the area, and whoever was looked up. A number
 * is put for a name only when the server was asked for it: somebody elsewhere may be called the same.
 */
export class Names {
  #kinds = new Map<string, Map<string, string>>()
  /** Names that the server was asked for, by kind. */
  #settled = new Set<string>()
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
    if (this.#learn(kind, list)) this.#tell()
  }

  /** Hears everybody whom the server knows by this name. */
  settle(kind: string, name: string, list: readonly Named[]) {
    this.#learn(kind, list)
    this.#settled.add(`${kind} ${name}`)
    this.#tell()
  }

  #learn(kind: string, list: readonly Named[]): boolean {
    const known = this.#kinds.get(kind) ?? new Map<string, string>()
    const fresh = list.filter((one) => known.get(one.number) !== one.name)
    if (fresh.length === 0) return false
    this.#kinds.set(kind, known)
    for (const { number, name } of fresh) known.set(number, name)
    return true
  }

  #tell() {
    this.version++
    for (const listener of this.#listeners) listener()
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
    const one = (item: Json): Json =>
      typeof item === 'string' ? (this.#number(kind, item) ?? item) : item
    if (!Array.isArray(value)) return one(value)
    const items = value.map(one)
    return items.some((item, i) => item !== value[i]) ? items : value
  }

  #number(kind: string, text: string): string | undefined {
    // As the grid itself writes it: a name and its number.
    const [digits, ...more] = text.match(/\d+/g) ?? []
    if (digits !== undefined && more.length === 0) {
      const name = text.replace(digits, '').replace(/[（）()\s]/g, '')
      return this.of(kind, digits) === name ? digits : undefined
    }
    if (!this.#settled.has(`${kind} ${text}`)) return undefined
    const [number, ...others] = this.numbers(kind, text)
    return others.length === 0 ? number : undefined
  }

  #within(node: Schema, doc: Doc): Doc {
    const put = Object.entries(node.properties ?? {}).flatMap(([name, member]) => {
      const value = this.numbered(member, doc[name])
      return value === undefined || value === doc[name] ? [] : [[name, value] as const]
    })
    return put.length > 0 ? { ...doc, ...Object.fromEntries(put) } : doc
  }

  /** Names in a document that the server is still to be asked for. */
  unsettled(node: Schema, value: Json | undefined): { kind: string; name: string }[] {
    const kind = lookupOf(node)
    if (isObject(value)) {
      const members = Object.entries(node.properties ?? {})
      return members.flatMap(([name, member]) => this.unsettled(member, value[name]))
    }
    if (!kind) return []
    return named(value)
      .filter((name) => !this.#settled.has(`${kind} ${name}`))
      .map((name) => ({ kind, name }))
  }

  /** Names in a look-up's cell that no number could be put for: nobody's, or several people's. */
  unclear(node: Schema, value: Json | undefined): { name: string; numbers: string[] }[] {
    const kind = lookupOf(node)
    if (!kind) return []
    return named(value)
      .filter((name) => this.#settled.has(`${kind} ${name}`))
      .map((name) => ({ name, numbers: this.numbers(kind, name) }))
      .filter(({ numbers }) => numbers.length !== 1)
  }
}

/** What in a look-up's cell is no number. */
function named(value: Json | undefined): string[] {
  return [value ?? []]
    .flat()
    .map(String)
    .filter((text) => text !== '' && !/\d/.test(text))
}
