import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import type { Me } from '../api/model'
import { connection } from './connection'
import type { Unsent } from './looks'
import { Sync } from './sync'
import { type Work, Works } from './work'

const Here = createContext<Sync | null>(null)

/** Keeps and sends for the person signed in, as long as the page is open; keyed by that person. */
export function OfflineWork({ me, children }: { me: Me; children: ReactNode }) {
  const queries = useQueryClient()
  const [sync] = useState(() => new Sync(me, () => void queries.invalidateQueries()))
  useEffect(() => sync.start(), [sync])
  // Where no service worker keeps the page, its parts for offline must be here before they are needed.
  useEffect(() => {
    const parts = [import('../pages/Offline'), import('../pages/OfflineEdit')]
    void Promise.allSettled(parts)
  }, [])
  // What was shown while the server was away is looked at again.
  useEffect(
    () =>
      connection.subscribe(() => {
        if (connection.state === 'online') void queries.invalidateQueries()
      }),
    [queries],
  )
  return <Here.Provider value={sync}>{children}</Here.Provider>
}

export function useSync(): Sync {
  const sync = useContext(Here)
  if (!sync) throw new Error('nobody is signed in here')
  return sync
}

/** What was said on the way of checks and the server has not taken, in that order. */
export function useUnsent(): readonly Unsent[] {
  const { looks } = useSync()
  return useSyncExternalStore(looks.subscribe, () => looks.list)
}

let changes = 0
Works.subscribe(() => {
  changes++
})

/** What is on this computer; undefined while it is read. */
export function useWorks(): Work[] | undefined {
  const { works } = useSync()
  const changed = useSyncExternalStore(Works.subscribe, () => changes)
  const [list, setList] = useState<Work[]>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again after each change
  useEffect(() => {
    let gone = false
    works.list().then(
      (all) => gone || setList(all),
      () => gone || setList([]), // no IndexedDB: nothing is kept
    )
    return () => {
      gone = true
    }
  }, [works, changed])
  return list
}
