import { useCallback, useEffect, useState } from 'react'
import { typedUnder } from '../api/entries'
import type { Entry, EntryView, LedgerType } from '../api/model'
import { ProblemError } from '../api/problem'
import { useMe } from '../api/queries'
import { Keeper } from '../offline/keeper'
import { ledgerMayStay } from '../offline/kept'
import { local } from '../offline/store'
import { canonical } from '../schema/diff'
import type { Doc } from '../schema/types'
import type { Autosave } from './autosave'

/** A draft as it was last typed here; etag and version are of the server's draft it was typed over. */
export interface LocalDraft {
  etag: number
  /** Undefined: kept before it was written down. */
  version?: number
  body: Doc
}

const kind = 'draft'

/**
 * Keeps on this computer what the server does not have yet. Where it cannot be kept the server's
 * draft is the only one.
 */
function keepDraft(owner: string, { id, version }: Entry, autosave: Autosave): Keeper {
  const { store } = autosave
  return new Keeper(store, () => {
    const kept: LocalDraft = { etag: autosave.etag, version, body: store.doc }
    return local.put(owner, kind, id, kept)
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
  return kept && differs(kept.body, server) ? kept : undefined
}

function differs(one: Doc, other: Doc): boolean {
  return canonical(one) !== canonical(other)
}

/** The same as the version that the entry has now takes it. */
async function leftUnder(owner: string, entry: Entry, server: Doc) {
  const kept = await leftHere(owner, entry.id, server)
  if (!kept) return undefined
  const { body } = await typedUnder(kept.version ?? entry.version, kept.body, entry)
  return differs(body, server) ? { ...kept, version: entry.version, body } : undefined
}

/**
 * What is typed is kept on this computer until the server has it, but for what may not lie about here.
 * carried: the form begins with what was typed before; nothing else was left.
 */
export function useLocalDraft(
  view: EntryView,
  type: LedgerType,
  autosave: Autosave,
  saved: boolean,
  carried: boolean,
) {
  const owner = useMe().data?.person ?? ''
  const { id } = view.entry
  const [left, setLeft] = useState<LocalDraft>()
  const [keeper] = useState(() =>
    ledgerMayStay(type) ? keepDraft(owner, view.entry, autosave) : undefined,
  )
  const drop = useCallback(() => {
    keeper?.forget()
    void dropDraft(owner, id)
  }, [keeper, owner, id])
  useEffect(() => {
    if (carried) return
    leftUnder(owner, view.entry, view.draft?.body ?? {}).then(setLeft, (error: unknown) => {
      // Not known while the server is away; it stays where it is.
      if (!(error instanceof ProblemError)) throw error
    })
  }, [owner, view, carried])
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
