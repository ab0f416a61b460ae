import { useSyncExternalStore } from 'react'

/** What counts its changes and tells of them. */
interface Watched {
  readonly changes: number
  subscribe: (listener: () => void) => () => void
}

/** The longest that something typed lives in the page alone, in milliseconds. */
const longest = 700

/**
 * Writes down on this computer what is typed, so that it outlives the browser: soon after the first
 * change, however long somebody goes on. What failed is tried with the next change.
 */
export class Keeper {
  #timer: ReturnType<typeof setTimeout> | undefined
  #written: number
  /** How often what stood was forgotten: a write begun before says nothing of what stands now. */
  #forgotten = 0
  #listeners = new Set<() => void>()
  state: 'kept' | 'keeping' | 'failed' = 'kept'
  /** While what was left here before is not decided on, it must not be written over. */
  paused = false

  constructor(
    readonly store: Watched,
    readonly write: () => Promise<unknown>,
  ) {
    this.#written = store.changes
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #set(state: Keeper['state']) {
    if (this.state === state) return
    this.state = state
    for (const listener of this.#listeners) listener()
  }

  /** Begins to watch. The function returned ends it and writes down what is not. */
  start(): () => void {
    const rest = () => {
      if (this.store.changes !== this.#written) void this.now()
    }
    const stop = this.store.subscribe(() => {
      if (this.store.changes === this.#written) return
      this.#set('keeping')
      this.#timer ??= setTimeout(() => void this.now(), longest)
    })
    document.addEventListener('visibilitychange', rest)
    return () => {
      stop()
      document.removeEventListener('visibilitychange', rest)
      rest()
    }
  }

  async now() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.paused) return
    const changes = this.store.changes
    const forgotten = this.#forgotten
    try {
      await this.write()
      if (this.#forgotten !== forgotten) return
      // Of two writes under way the later may be done first.
      this.#written = Math.max(this.#written, changes)
      this.#set(this.store.changes === this.#written ? 'kept' : 'keeping')
    } catch {
      if (this.#forgotten === forgotten) this.#set('failed')
    }
  }

  /** What stands now needs no keeping: it is elsewhere, or given up. */
  forget() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#forgotten++
    this.#written = this.store.changes
    this.#set('kept')
  }
}

const still = () => () => {}

/** How the keeper stands; undefined keeps nothing. */
export function useKeeping(keeper: Keeper | undefined): Keeper['state'] {
  return useSyncExternalStore(keeper?.subscribe ?? still, () => keeper?.state ?? 'kept')
}
