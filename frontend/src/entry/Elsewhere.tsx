import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { getEntry, typedUnder } from '../api/entries'
import type { EntryView, LedgerType, Moved } from '../api/model'
import type { Autosave } from './autosave'
import { Conflict } from './Conflict'
import { Gone } from './Gone'
import { MovedOver } from './MovedOver'

/** Typed before the form was made anew. */
export interface Carried {
  moved: Moved
  /** The ledger has a new version. */
  version: boolean
  /** Nobody else wrote into the draft meanwhile. */
  alone: boolean
}

/** A draft under somebody's hands, which others reach too. */
interface Shared {
  /** As the form was made of it. */
  view: EntryView
  /** As it is now. */
  live: EntryView
  autosave: Autosave
  /** Makes the form anew from the draft as it is now, with what was typed in this one. */
  anew: (view: EntryView, carried: Carried) => void
}

function useSaveState(autosave: Autosave) {
  return useSyncExternalStore(autosave.subscribe, () => autosave.state)
}

/**
 * Follows what becomes of the draft elsewhere; true when there is none any more.
 * own: the form is ending the draft itself, or has; busy: it is not known yet how that goes out.
 */
export function useElsewhere(shared: Shared, own: boolean, busy: boolean): boolean {
  const { view, live, autosave, anew } = shared
  const queries = useQueryClient()
  const { entry } = view
  const { prison, id } = entry
  const state = useSaveState(autosave)

  // The draft is in the new version already: the form follows, with what was typed.
  useEffect(() => {
    const { movedOn, etag } = autosave
    if (state !== 'moved' || !movedOn || !view.draft) return
    const next = { ...entry, version: movedOn.version, etag: movedOn.etag }
    const draft = { ...view.draft, body: movedOn.current }
    const alone = movedOn.etag === etag + 1
    anew({ ...view, entry: next, draft }, { moved: movedOn.moved, version: true, alone })
  }, [state, autosave, entry, view, anew])

  // Somewhere else it was submitted, or thrown away: this window hears of it, but not in its own act.
  useEffect(() => {
    if (!live.draft && !own) autosave.lost()
  }, [live, own, autosave])
  const gone = state === 'gone' && !busy
  useEffect(() => {
    if (gone) void queries.invalidateQueries({ queryKey: ['entry', prison, id] })
  }, [gone, queries, prison, id])
  return gone
}

/** What became of the draft elsewhere, in words, and the ways on. */
export function Elsewhere(
  props: Shared & { gone: boolean; type: LedgerType; lies: boolean; carried?: Carried },
) {
  const { view, live, autosave, anew, gone, type, lies, carried } = props
  const { entry } = view
  const { prison, id } = entry
  const state = useSaveState(autosave)

  /** After it was taken back, or opened for correction: the two versions meet in the form. */
  const goOn = async () => {
    const now = await getEntry(prison, id)
    const moved = await typedUnder(entry.version, autosave.store.toSend(), now.entry)
    anew(now, { moved, version: now.entry.version !== entry.version, alone: false })
  }

  return (
    <>
      {carried?.version && <MovedOver moved={carried.moved} />}
      {gone && <Gone view={live} type={type} store={autosave.store} lies={lies} goOn={goOn} />}
      {state === 'conflict' && <Conflict autosave={autosave} entry={entry} type={type} />}
    </>
  )
}
