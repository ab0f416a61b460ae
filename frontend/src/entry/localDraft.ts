import { useCallback, useEffect, useState } from 'react'
import type { EntryView, LedgerType } from '../api/model'
import { useMe } from '../api/queries'
import { Keeper } from '../offline/keeper'
import { ledgerMayStay } from '../offline/kept'
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
function keepDraft(owner: string, entry: string, autosave: Autosave): Keeper {
  const { store } = autosave
  return new Keeper(store, () => {
    const kept: LocalDraft = { etag: autosave.etag, body: store.doc }
    return local.put(owner, kind, entry, kept)
  })
}

/** The server has everything, or what was left here is not wanted. */
async function dropDraft(owner: string, entry: string) {
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

/** What is typed is kept on this computer until the server has it, but for what may not lie about here. */
export function useLocalDraft(
  view: EntryView,
  type: LedgerType,
  autosave: Autosave,
  saved: boolean,
) {
  const owner = useMe().data?.person ?? ''
  const { id } = view.entry
  const [left, setLeft] = useState<LocalDraft>()
  const [keeper] = useState(() =>
    ledgerMayStay(type) ? keepDraft(owner, id, autosave) : undefined,
  )
  const drop = useCallback(() => {
    keeper?.forget()
    void dropDraft(owner, id)
  }, [keeper, owner, id])
  useEffect(() => {
    void leftHere(owner, id, view.draft?.body ?? {}).then(setLeft)
  }, [owner, id, view])
  useEffect(() => keeper?.start(), [keeper])
  // While nobody has decided what holds, what was left here stays.
  useEffect(() => {
    if (keeper) keeper.paused = left !== undefined
    if (saved && !left && autosave.store.changes > 0) drop()
  }, [saved, left, keeper, autosave, drop])
  const settle = (taken: boolean) => {
    setLeft(undefined)
    if (!taken) drop()
  }
  return { left, settle }
}
