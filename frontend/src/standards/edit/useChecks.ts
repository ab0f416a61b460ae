import { useEffect, useState } from 'react'
import { ProblemError } from '../../api/problem'
import { type Artefacts, checkStandard, type StandardReport } from '../../api/standards'
import type { Pointer } from '../../schema/pointer'
import type { Place } from './draft'

interface Written {
  artefacts: Artefacts
  place: (at: Pointer) => Place
}

/** What was found, and where each place of what was asked about stands in the tree. */
export interface Found {
  report: StandardReport
  place: (at: Pointer) => Place
}

/** Half a second after the last key the server is asked what it thinks; nothing where it could not read. */
export function useChecks(written: Written, ask: boolean) {
  const [found, setFound] = useState<Found>()
  const [failed, setFailed] = useState('')
  useEffect(() => {
    if (!ask) return
    const gone = new AbortController()
    const timer = window.setTimeout(() => {
      checkStandard(written.artefacts, gone.signal).then(
        (report) => {
          setFound({ report, place: written.place })
          setFailed('')
        },
        (error: unknown) => {
          if (error instanceof ProblemError) setFailed(error.message)
        },
      )
    }, 500)
    return () => {
      window.clearTimeout(timer)
      gone.abort()
    }
  }, [written, ask])
  return { found: ask ? found : undefined, failed }
}
