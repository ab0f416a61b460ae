import { lookupOf, type Schema } from '../schema/types'
import { halfWidth } from './paste'

/** How the codes on labels and cards are read, by what a field looks up: prefixes and case fall away. */
const codes: Record<string, (text: string) => string | undefined> = {
  asset: (text) => {
    const found = /(?:^|[^A-Z])([A-Z]{2})[-_ ]?(\d{6})$/.exec(text.toUpperCase())
    return found ? `${found[1]}-${found[2]}` : undefined
  },
  inmate: (text) => /(?:^|\D)(\d{10})$/.exec(text)?.[1],
  police: (text) => /(?:^|\D)(\d{7})$/.exec(text)?.[1],
}

/** What a code means for a field: the bare code where it is one of the field's kind, else the text. */
export function readCode(text: string, node: Schema): string {
  const kind = lookupOf(node) ?? kindOf(node.pattern)
  const plain = halfWidth(text).trim()
  return (kind && codes[kind]?.(plain)) || text
}

/** Asset codes are plain text fields where there is no register to look up in. */
function kindOf(pattern: string | undefined): string | undefined {
  return pattern === '^[A-Z]{2}-\\d{6}$' ? 'asset' : undefined
}

/** A scanner types faster than anybody: so many keys, each so soon after the one before. */
const fewest = 4
const gap = 40

/** Tells a scanner's keys from a person's. */
export class Burst {
  #count = 0
  #last = Number.NEGATIVE_INFINITY

  /** Takes one key; true where it is the Enter that ends a scan. */
  key(key: string, at: number): boolean {
    const fast = at - this.#last <= gap
    this.#last = at
    if (key === 'Enter') {
      const scan = fast && this.#count >= fewest
      this.#count = 0
      return scan
    }
    if (key.length === 1) this.#count = fast ? this.#count + 1 : 1
    return false
  }
}
