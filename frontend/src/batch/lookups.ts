import { useCallback, useEffect } from 'react'
import { everybody, lookup, type Named } from '../api/lookup'
import type { FormServices, Option } from '../form/context'
import { connection } from '../offline/connection'
import type { BatchStore } from './store'

/** Long enough for a paste to be whole. */
const namesAfter = 150

/** As many as a look-up answers: among more there may be others of the name. */
const fullAnswer = 20

/**
 * Fills the store's names: of the area at once, of others as they are looked up, and asks for every
 * name that stands where a number belongs.
 */
export function useNames(store: BatchStore, prison: string, area: string): FormServices['lookup'] {
  const { names } = store
  useEffect(() => {
    everybody(prison, area).then(
      ({ people, inmates }) => {
        names.hear('police', people)
        names.hear('inmate', inmates)
      },
      // Without names there are still the numbers.
      () => undefined,
    )
  }, [names, prison, area])
  useEffect(() => {
    let timer = 0
    let seen = -1
    const stopped = new AbortController()
    const tried = new Set<string>()
    const ask = async () => {
      const open = store.rows
        .filter((r) => r.state === 'editing')
        .flatMap((r) => names.unsettled(store.schema, r.doc))
      for (const { kind, name } of open) {
        // What only this computer knows settles nothing.
        if (stopped.signal.aborted || connection.state === 'offline') return
        if (tried.has(`${kind} ${name}`)) continue
        tried.add(`${kind} ${name}`)
        try {
          const found = named(await lookup(prison, area, kind, name, stopped.signal))
          if (found.length < fullAnswer) names.settle(kind, name, found)
        } catch {
          tried.delete(`${kind} ${name}`)
          return
        }
      }
    }
    const later = () => {
      if (store.changes === seen) return
      seen = store.changes
      window.clearTimeout(timer)
      timer = window.setTimeout(() => void ask(), namesAfter)
    }
    later()
    const stop = store.subscribe(later)
    return () => {
      stop()
      window.clearTimeout(timer)
      stopped.abort()
    }
  }, [store, names, prison, area])
  return useCallback(
    async (kind, q, signal) => {
      const options = await lookup(prison, area, kind, q, signal)
      names.hear(kind, named(options))
      return options
    },
    [names, prison, area],
  )
}

function named(options: Option[]): Named[] {
  return options.flatMap(({ value, name }) => (name ? [{ number: value, name }] : []))
}
