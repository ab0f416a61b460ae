import type { FormStore } from '../form/store'
import { local } from '../offline/store'
import type { Doc } from '../schema/types'

/** A draft as it was last typed here; the etag is of the server's draft it was typed over. */
export interface LocalDraft {
  etag: number
  body: Doc
}

const kind = 'draft'

/** The longest that a key press lives in the page alone, in milliseconds. */
const longest = 700

/**
 * Keeps on this computer what the server does not have yet: the draft outlives the browser. What
 * the server has is taken away again.
 */
export class LocalKeeper {
  #timer: ReturnType<typeof setTimeout> | undefined
  #seen: number
  /** While what was left here before is not decided on, it must not be written over. */
  paused = false

  constructor(
    readonly owner: string,
    readonly entry: string,
    readonly store: FormStore,
    readonly etag: () => number,
  ) {
    this.#seen = store.changes
  }

  start(): () => void {
    const stop = this.store.subscribe(() => {
      if (this.store.changes === this.#seen) return
      this.#seen = this.store.changes
      this.#timer ??= setTimeout(() => void this.#put(), longest)
    })
    return () => {
      stop()
      clearTimeout(this.#timer)
    }
  }

  async #put() {
    this.#timer = undefined
    if (this.paused) return
    const kept: LocalDraft = { etag: this.etag(), body: this.store.doc }
    // Where it cannot be kept the server's draft is the only one, as it always was.
    await local.put(this.owner, kind, this.entry, kept).catch(() => undefined)
  }

  /** The server has everything. */
  async drop() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await local.remove(this.owner, kind, this.entry).catch(() => undefined)
  }
}

/** What was typed here and never reached the server; undefined where there is no such thing. */
export async function leftHere(
  owner: string,
  entry: string,
  server: Doc,
): Promise<LocalDraft | undefined> {
  const kept = await local.get<LocalDraft>(owner, kind, entry).catch(() => undefined)
  return kept && JSON.stringify(kept.body) !== JSON.stringify(server) ? kept : undefined
}
