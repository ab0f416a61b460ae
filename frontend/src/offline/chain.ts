import { canonical } from '../schema/diff'
import type { Doc } from '../schema/types'
import { sha256 } from './sha256'

/** One local save: the clock of this computer, and hashes of what was there. */
export interface Save {
  at: string
  document: string
  files: string
  link: string
}

/** What goes with a submission so that the server can judge when it was written. */
export interface Written {
  anchor: string
  saves: Save[]
  files: string[]
}

/** The digest of a document as the server works it out: of its canonical form (RFC 8785). */
export function digestOf(doc: Doc): string {
  return sha256(canonical(doc))
}

/**
 * Appends a save to the chain. The server does the same sums (ledger/written.go): a chain that begins
 * with an anchor was written after the anchor was issued.
 */
export function chained(
  anchor: string,
  saves: readonly Save[],
  at: number,
  doc: Doc,
  files: readonly string[],
): Save[] {
  const before = saves.at(-1)?.link ?? sha256(anchor)
  const save = {
    at: new Date(at).toISOString(),
    document: digestOf(doc),
    files: sha256([...files].sort().join('\n')),
  }
  const link = sha256([before, save.at, save.document, save.files].join('\n'))
  return [...saves, { ...save, link }]
}
