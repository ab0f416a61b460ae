import { useCallback, useEffect, useRef, useState } from 'react'
import type { FormServices, Option } from './context'

interface Found {
  query: string
  options: Option[]
}

const nothing: Found = { query: '', options: [] }

/** Asks 200 ms after the last key, and drops answers that come too late. */
export function useLookup(lookup: FormServices['lookup'], kind: string | undefined) {
  const [found, setFound] = useState(nothing)
  const pending = useRef<{ timer: number; asked: AbortController }>(undefined)
  const cancel = useCallback(() => {
    window.clearTimeout(pending.current?.timer)
    pending.current?.asked.abort()
  }, [])
  useEffect(() => cancel, [cancel])
  const search = (query: string) => {
    if (!kind) return
    cancel()
    const asked = new AbortController()
    const timer = window.setTimeout(() => {
      lookup(kind, query, asked.signal).then(
        (options) => asked.signal.aborted || setFound({ query, options }),
        // Without the look-up the number can still be typed.
        () => asked.signal.aborted || setFound(nothing),
      )
    }, 200)
    pending.current = { timer, asked }
  }
  const forget = () => {
    cancel()
    setFound(nothing)
  }
  return { ...found, search, forget }
}
