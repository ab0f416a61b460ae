import { useEffect, useState } from 'react'
import type { EntryView, Pin } from '../api/model'
import { isProblem } from '../api/problem'
import { useLedgerType } from '../api/queries'
import { connection } from '../offline/connection'
import { useSync, useWorks } from '../offline/context'
import { ledgerMayStay } from '../offline/kept'
import type { Work } from '../offline/work'
import type { Doc } from '../schema/types'
import { toast } from '../ui/toast'
import { leftHere } from './localDraft'

const open: Work['state'][] = ['editing', 'waiting', 'refused']

/**
 * Decides once, when the page opens, whether the draft is filled on this computer: when it already is,
 * or when the server is away and a copy of it was kept. Never under somebody's hands.
 */
export function useHandOver(view: EntryView | undefined): boolean | undefined {
  const list = useWorks()
  const { works } = useSync()
  const type = useLedgerType(view?.entry.ledger ?? '', view?.entry.version).data
  const [here, decide] = useState<boolean>()
  useEffect(() => {
    if (here !== undefined || !view || !list) return
    const kept = list.find((w) => w.id === view.entry.id)
    if (kept && open.includes(kept.state)) decide(true)
    else if (connection.state === 'online' || !view.draft) decide(false)
    else if (type) {
      if (!ledgerMayStay(type)) decide(false)
      else
        newest(works.owner, view.entry, view.draft)
          .then((start) => works.begin(start))
          .then(
            () => decide(true),
            (error: unknown) => {
              if (!isProblem(error)) throw error
              toast(error.message)
              decide(false)
            },
          )
    }
  }, [here, view, list, type, works])
  return here
}

/** A draft of the server, to be filled on this computer from here on. */
export function begun(
  entry: Pick<EntryView['entry'], 'id' | 'prison' | 'area' | 'ledger' | 'version' | 'etag'>,
  doc: Doc,
  /** Of what it is filled with, as the server last said. */
  pins: Pin[],
) {
  const { id, prison, area, ledger, version, etag } = entry
  return { id, prison, area, ledger, version, begun: false, etag, doc, pins }
}

/** What was typed here over the server's draft goes on; the answer that was kept may be behind it. */
async function newest(
  owner: string,
  entry: EntryView['entry'],
  { body, pins }: NonNullable<EntryView['draft']>,
) {
  const left = await leftHere(owner, entry.id, body)
  if (!left || left.etag < entry.etag) return begun(entry, body, pins)
  const { etag, version = entry.version } = left
  return begun({ ...entry, etag, version }, left.body, pins)
}
