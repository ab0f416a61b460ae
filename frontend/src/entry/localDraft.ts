import { Keeper } from '../offline/keeper'
import { local } from '../offline/store'
import type { Doc } from '../schema/types'
import type { Autosave } from './autosave'

/** A draft as it was last typed here; the etag is of the server's draft it was typed over. */
export interface LocalDraft {
  etag: number
  body: Doc
}

const kind = 'draft'

/**
 * Keeps on this computer what the server does not have yet. Where it cannot be kept the server's
 * draft is the only one.
 */
export function keepDraft(owner: string, entry: string, autosave: Autosave): Keeper {
  const { store } = autosave
  return new Keeper(store, () => {
    const kept: LocalDraft = { etag: autosave.etag, body: store.doc }
    return local.put(owner, kind, entry, kept)
  })
}

/** The server has everything, or what was left here is not wanted. */
export async function dropDraft(owner: string, entry: string) {
  await local.remove(owner, kind, entry).catch(() => undefined)
}

/** What was typed here and never reached the server; undefined where there is no such thing. */
export async function leftHere(
  owner: string,
  entry: string,
  server: Doc,
): Promise<LocalDraft | undefined> {
  const kept = await local.get<LocalDraft>(owner, kind, entry).catch(() => undefined)
  return kept && JSON.stringify(kept.body) !== JSON.stringify(server) ? kept : undefined
}
