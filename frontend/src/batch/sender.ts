import type { RowResult, SentRow } from '../api/batch'
import { ProblemError } from '../api/problem'
import type { BatchStore } from './store'

/** Small enough to be answered in about a second; the server takes 500 rows and 256 kB. */
const atOnce = 50
const bytes = 150_000

/** Without an answer the same is sent again after so long, in milliseconds. */
const again = 3000

/**
 * Sends the rows that wait, until none does. Rows and key stay the same while
 * the outcome is unknown, so that no row is filed twice however often it is sent.
 */
export class Sender {
  #running: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  /** The last try found no server. */
  unreachable = false

  constructor(
    readonly store: BatchStore,
    readonly post: (rows: SentRow[]) => Promise<RowResult[]>,
    /**
     * Called before rows leave for the first time: what waits must outlive the browser. False where
     * another window holds the batch, and nothing is sent before somebody decides, or while files are
     * on their way.
     */
    readonly keep: () => Promise<boolean>,
  ) {}

  #chunk(): SentRow[] {
    const rows: SentRow[] = []
    let size = 0
    for (const row of this.store.rows) {
      if (row.state !== 'waiting') continue
      const body = this.store.toSend(row)
      size += JSON.stringify(body).length * 2
      if (rows.length > 0 && (rows.length === atOnce || size > bytes)) break
      rows.push({ key: row.key, body, effort: row.effort })
    }
    return rows
  }

  run(): Promise<void> {
    clearTimeout(this.#timer)
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #all() {
    if (!(await this.keep())) return
    for (;;) {
      const rows = this.#chunk()
      if (rows.length === 0 || this.#stopped) return
      try {
        const results = await this.post(rows)
        this.unreachable = false
        // Of a row whose own outcome is unknown the next try tells.
        const known = results.filter((r) => r.status < 500)
        this.store.answered(known)
        if (known.length < results.length) return this.#later()
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        const passing = error.status === 0 || error.status >= 500 || error.status === 429
        this.unreachable = passing
        if (passing) return this.#later()
        this.store.takeBack(error.message)
        return
      }
    }
  }

  #later() {
    // The grid shows that it waits.
    this.store.touched()
    if (!this.#stopped) this.#timer = setTimeout(() => void this.run(), again)
  }

  stop() {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}
