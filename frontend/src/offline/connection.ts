import { useSyncExternalStore } from 'react'

/**
 * Whether the server answers. navigator.onLine says nothing about an intranet: every request that is
 * made anyway tells, and while none is made a small one asks.
 */
export type Connection = 'online' | 'offline'

const quiet = 60_000
const first = 3_000
const longest = 30_000

let state: Connection = 'online'
let pause = first
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

/** Each request says whether the server itself answered. */
export function heard(answered: boolean) {
  pause = answered ? first : Math.min(pause * 2, longest)
  clearTimeout(timer)
  timer = setTimeout(() => void ask(), answered ? quiet : pause)
  const now = answered ? 'online' : 'offline'
  if (now === state) return
  state = now
  for (const listener of listeners) listener()
}

/** Asks now. A page of something in between is no answer of the server. */
export async function ask(): Promise<boolean> {
  let answered = false
  try {
    const response = await fetch('/livez', { cache: 'no-store' })
    answered = response.ok && (await response.text()) === 'ok\n'
  } catch {
    answered = false
  }
  heard(answered)
  return answered
}

export const connection = {
  get state() {
    return state
  },
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, () => connection.state)
}
