import type { Moved } from '../api/model'
import { isProblem, type ProblemError } from '../api/problem'
import type { FormStore } from '../form/store'
import { digestOf } from '../offline/chain'
import type { Doc } from '../schema/types'

/**
 * failed    the server did not answer: tried again by itself
 * refused   it will not take this, and says why: tried again with the next change
 * conflict  somebody saved in between: a person decides
 * moved     the draft has moved to another version of the ledger: the form is made anew
 * gone      there is no draft any more
 */
export type SaveState =
  | 'saved'
  | 'dirty'
  | 'saving'
  | 'failed'
  | 'refused'
  | 'conflict'
  | 'moved'
  | 'gone'

/** Nothing is saved any more until somebody has done something about it. */
const stopped: readonly SaveState[] = ['conflict', 'moved', 'gone']

/** Where the draft has moved to while it was typed into. */
export interface MovedOn {
  version: number
  etag: number
  /** The draft as it is now. */
  current: Doc
  /** What was typed, as the version takes it. */
  moved: Moved
}

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
  /** The digest of what was sent and never answered: the server may have it or not. */
  #unknown: string | undefined
  /** After a conflict: what the server has. */
  theirs: Doc | undefined
  /** After a move. */
  movedOn: MovedOn | undefined
  /** Why it is refused. */
  problem: string | undefined
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
    if (this.store.changes === this.#saved || stopped.includes(this.#state)) return
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
    if (stopped.includes(this.#state)) return false
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
      if (isProblem(error) && lasting(error)) this.#refused(error, changes)
      else {
        this.#unknown = digestOf(doc)
        this.#set('failed')
        this.#later(again)
      }
    } finally {
      this.#running = undefined
    }
  }

  #refused(error: ProblemError, changes: number) {
    const { members } = error
    if (error.code === 'state_forbids') this.lost()
    else if (error.code === 'version_moved') {
      // What was typed since goes along: it is asked once more.
      if (this.store.changes !== changes) return this.#later(0)
      this.movedOn = members as unknown as MovedOn
      this.#set('moved')
    } else if (error.status !== 412) {
      this.problem = error.message
      this.#set('refused')
    } else if (this.#unknown && this.#unknown === members.arrived) {
      // It was our own save whose answer got lost: go on from there.
      this.etag = Number(members.etag)
      this.#unknown = undefined
      this.#set('dirty')
      this.#later(0)
    } else this.clash(members.current as Doc | undefined)
  }

  /** What the form holds and what the server has are both somebody's word. */
  clash(theirs: Doc | undefined) {
    this.theirs = theirs
    this.#set('conflict')
  }

  /** There is no draft to save to any more. */
  lost() {
    clearTimeout(this.#timer)
    this.#set('gone')
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
    this.#noticed()
    return () => {
      stop()
      void this.flush().then(() => clearTimeout(this.#timer))
    }
  }
}

/** Refusals that do not pass by themselves. */
function lasting({ status }: ProblemError): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}
