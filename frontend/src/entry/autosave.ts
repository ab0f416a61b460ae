import { isProblem } from '../api/problem'
import type { FormStore } from '../form/store'
import type { Doc } from '../schema/types'

export type SaveState = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'

/** So long after the last key the draft is on its way: at most this much typing can be lost. */
const quiet = 1000

/** After a lost connection the next attempt waits this long, in milliseconds. */
const again = 5000

/**
 * Keeps the server's draft equal to the form. One save at a time, each bound to
 * the etag of the one before, so that two windows cannot overwrite each other.
 */
export class Autosave {
  #state: SaveState = 'saved'
  #timer: ReturnType<typeof setTimeout> | undefined
  #saved: number
  #running: Promise<void> | undefined
  /** What was sent and never answered: the server may have it or not. */
  #unknown: string | undefined
  /** After a conflict: what the server has. */
  theirs: Doc | undefined
  #listeners = new Set<() => void>()

  constructor(
    readonly store: FormStore,
    public etag: number,
    /** Saves the document over the etag; resolves with the new etag. */
    readonly save: (etag: number, doc: Doc) => Promise<number>,
  ) {
    this.#saved = store.changes
  }

  get state(): SaveState {
    return this.#state
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #set(state: SaveState) {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  #noticed() {
    if (this.store.changes === this.#saved || this.#state === 'conflict') return
    if (this.#state !== 'saving') this.#set('dirty')
    this.#later(quiet)
  }

  #later(ms: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), ms)
  }

  /** Saves what is not saved yet. Resolves with whether everything typed is now saved. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer)
    while (this.#running) await this.#running
    if (this.#state === 'conflict') return false
    if (this.store.changes === this.#saved) return true
    this.#running = this.#once()
    await this.#running
    return this.store.changes === this.#saved
  }

  async #once() {
    const changes = this.store.changes
    const doc = this.store.toSend()
    this.#set('saving')
    try {
      this.etag = await this.save(this.etag, doc)
      this.#unknown = undefined
      this.#saved = changes
      if (this.store.changes === changes) this.#set('saved')
      else this.#later(quiet)
    } catch (error) {
      if (!isProblem(error) || error.status !== 412) {
        this.#unknown = JSON.stringify(doc)
        this.#set('failed')
        this.#later(again)
      } else if (this.#unknown && this.#unknown === JSON.stringify(error.members.current)) {
        // It was our own save whose answer got lost: go on from there.
        this.etag = Number(error.members.etag)
        this.#unknown = undefined
        this.#set('dirty')
        this.#later(0)
      } else {
        this.theirs = error.members.current as Doc | undefined
        this.#set('conflict')
      }
    } finally {
      this.#running = undefined
    }
  }

  /** After a conflict: what is typed here goes over what the server has now. */
  async insist(etag: number): Promise<boolean> {
    this.etag = etag
    this.#saved = -1
    this.#set('dirty')
    return this.flush()
  }

  /** Begins to watch. The function returned ends it and sends out what is unsaved. */
  start(): () => void {
    const stop = this.store.subscribe(() => this.#noticed())
    return () => {
      stop()
      void this.flush().then(() => clearTimeout(this.#timer))
    }
  }
}
