import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { addLook, type NewLook } from '../api/checks'
import { newKey } from '../api/http'
import { ProblemError } from '../api/problem'
import { useConnection } from '../offline/connection'
import { owner } from '../offline/kept'
import { local } from '../offline/store'
import { bring } from './Photos'

/** A look that was said and that the server has not answered yet; it lies on this device until then. */
export interface Unsent extends Omit<NewLook, 'photos'> {
  photos: Blob[]
  /** Under it the server does it once, however often it is sent. */
  key: string
}

const kind = 'look'

/** Whether a failure may pass by itself. */
const passing = (error: unknown) =>
  !(error instanceof ProblemError) || error.status === 0 || error.status >= 500

/**
 * Looks of a check on their way. What cannot be delivered stays on this device and goes when the server
 * answers again; what the server refuses is said by say, and taken off.
 */
export function useUnsent(prison: string, check: string) {
  const queries = useQueryClient()
  const [waiting, setWaiting] = useState<Unsent[]>([])
  const connection = useConnection()
  const busy = useRef(new Set<string>())
  const at = useCallback((u: Unsent) => `${check}/${u.line}`, [check])

  /** Resolves with what the server refused; empty when it is done, or kept for later. */
  const send = useCallback(
    async (u: Unsent): Promise<string[]> => {
      if (busy.current.has(u.key)) return []
      busy.current.add(u.key)
      let refused: string[] = []
      try {
        const { photos, key, ...look } = u
        await addLook(prison, check, { ...look, photos: await bring(prison, check, photos) }, key)
      } catch (error) {
        if (passing(error)) {
          setWaiting((all) => [...all.filter((x) => x.line !== u.line), u])
          return []
        }
        const problem = error as ProblemError
        refused = problem.errors.length ? problem.errors.map((x) => x.message) : [problem.message]
      } finally {
        busy.current.delete(u.key)
      }
      await local.remove(owner(), kind, at(u)).catch(() => undefined)
      setWaiting((all) => all.filter((x) => x.key !== u.key))
      // How the line stands is waited for, so that the next word is said of what is shown.
      const route = queries.invalidateQueries({ queryKey: ['route', prison, check] })
      void queries.invalidateQueries()
      await route
      return refused
    },
    [prison, check, at, queries],
  )

  const say = useCallback(
    async (look: Omit<Unsent, 'key'>) => {
      const u = { ...look, key: newKey() }
      // A help, never a condition: without IndexedDB it is kept as long as the page is open.
      await local.put(owner(), kind, at(u), u).catch(() => undefined)
      return send(u)
    },
    [at, send],
  )

  // What an earlier visit left.
  useEffect(() => {
    void local
      .list<Unsent>(owner(), kind)
      .then((all) =>
        setWaiting(all.filter((x) => x.id.startsWith(`${check}/`)).map((x) => x.value)),
      )
      .catch(() => undefined)
  }, [check])

  const [problems, setProblems] = useState<string[]>([])
  const again = useCallback(async () => {
    const list: string[] = []
    for (const u of waiting) list.push(...(await send(u)).map((problem) => `${u.line}：${problem}`))
    setProblems(list)
  }, [waiting, send])
  const before = useRef(connection)
  useEffect(() => {
    if (before.current !== connection && connection === 'online') void again()
    before.current = connection
  }, [connection, again])

  return { waiting, say, again, problems }
}
