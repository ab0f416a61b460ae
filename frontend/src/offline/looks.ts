import { addLook, bring, type NewLook } from '../api/checks'
import { newKey } from '../api/http'
import { ProblemError } from '../api/problem'
import { local } from './store'

/** A look that was said and that the server has not taken; it lies on this device until then. */
export interface Unsent extends Omit<NewLook, 'photos'> {
  prison: string
  check: string
  photos: File[]
  /** Under it the server does it once, however often it is sent. */
  key: string
  /** Milliseconds; looks go in this order. */
  saidAt: number
  /** Why the server did not take it; it waits for a person. */
  refused?: string[]
  /** It could not be written: it lives as long as the page. */
  unkept?: boolean
  /** It was tried, and the server was away. */
  waits?: boolean
}

const kind = 'look'

/** Whether a failure may pass by itself: no answer, a server in trouble, too much at once, signed out. */
const passing = (error: unknown) =>
  !(error instanceof ProblemError) ||
  error.status === 0 ||
  error.status >= 500 ||
  error.status === 429 ||
  error.status === 401

/**
 * Looks of checks on their way, of one person. What was said is gone from here when the server has taken
 * it, or when a person drops it; nothing else removes it.
 */
export class Looks {
  list: readonly Unsent[] = []
  #listeners = new Set<() => void>()
  #last: Promise<void> = Promise.resolve()
  #read: Promise<void> | undefined

  constructor(readonly owner: string) {}

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #change(list: readonly Unsent[]) {
    this.list = [...list].sort((a, b) => a.saidAt - b.saidAt)
    for (const listener of this.#listeners) listener()
  }

  async #write(u: Unsent) {
    const { waits, unkept, ...kept } = u
    const failed = await local.put(this.owner, kind, u.key, kept).then(
      () => false,
      () => true,
    )
    this.#change([
      ...this.list.filter((x) => x.key !== u.key),
      { ...kept, ...(waits && { waits }), ...(failed && { unkept: true }) },
    ])
  }

  /** Adds what an earlier visit left. */
  read(): Promise<void> {
    this.#read ??= local
      .list<Unsent>(this.owner, kind)
      .then((all) => {
        const here = new Set(this.list.map((u) => u.key))
        const old = all.map((x): Unsent => ({ ...x.value, waits: true }))
        this.#change([...this.list, ...old.filter((u) => !here.has(u.key))])
      })
      .catch(() => undefined) // no IndexedDB: nothing was kept
    return this.#read
  }

  /** Whether something would go. */
  get waiting() {
    return this.list.some((u) => !u.refused)
  }

  /** Resolves with why the server refuses it; empty where it was taken, or is kept for later. */
  async say(look: Omit<Unsent, 'key' | 'saidAt'>): Promise<string[]> {
    const u = { ...look, key: newKey(), saidAt: Date.now() }
    await this.#write(u)
    await this.deliver()
    const refused = this.list.find((x) => x.key === u.key)?.refused
    if (!refused) return []
    await this.drop(u.key) // what was typed still stands where it was
    return refused
  }

  /** Sends in the order in which they were said: the second word of a line is said of the first. */
  deliver(): Promise<void> {
    this.#last = this.#last.then(async () => {
      for (const u of this.list.filter((x) => !x.refused)) if (!(await this.#send(u))) return
    })
    return this.#last
  }

  /** Takes it off: a person has seen to it. */
  async drop(key: string) {
    await local.remove(this.owner, kind, key).catch(() => undefined)
    this.#change(this.list.filter((u) => u.key !== key))
  }

  /** False where the server is away. */
  async #send(u: Unsent): Promise<boolean> {
    const { prison, check, photos, key, saidAt, waits, unkept, ...look } = u
    try {
      await addLook(prison, check, { ...look, photos: await bring(prison, check, photos) }, key)
    } catch (error) {
      if (passing(error)) {
        // Those behind it wait with it.
        this.#change(this.list.map((x) => ({ ...x, waits: true })))
        return false
      }
      const problem = error as ProblemError
      const refused = problem.errors.length
        ? problem.errors.map((x) => x.message)
        : [problem.message]
      await this.#write({ ...u, refused })
      return true
    }
    await this.drop(u.key)
    return true
  }
}
