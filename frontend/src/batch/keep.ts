import type { LedgerType } from '../api/model'
import { ledgerMayStay } from '../offline/kept'
import { local } from '../offline/store'
import type { Doc } from '../schema/types'
import type { BatchRow, BatchStore } from './store'

/** A batch as it is kept on this computer. */
export interface Kept {
  prison: string
  area: string
  ledger: string
  period: string
  subject: string
  /** What a row added by hand begins with. */
  empty: Doc
  /** Under it the rows are filed, however often they are sent. */
  key: string
  /** The draft whose files prove every row. */
  files?: string
  /** So that it opens without the server too. */
  type: LedgerType
  rows: readonly BatchRow[]
}

export const kind = 'batch'

export const idOf = (b: Pick<Kept, 'prison' | 'area' | 'ledger' | 'period'>) =>
  [b.prison, b.area, b.ledger, b.period].join('/')

/** The longest that something typed lives in the page alone, in milliseconds. */
const longest = 700

/** Writes the batch down soon after it changes; what failed is tried with the next change. */
export class Keeper {
  #timer: ReturnType<typeof setTimeout> | undefined
  #written = 0
  failed = false
  /** What is strictly restricted does not lie about on a computer. */
  readonly allowed: boolean

  constructor(
    readonly store: BatchStore,
    readonly owner: string,
    readonly rest: () => Omit<Kept, 'rows'>,
  ) {
    this.#written = store.changes
    this.allowed = ledgerMayStay(rest().type)
  }

  start(): () => void {
    const stop = this.store.subscribe(() => {
      if (this.store.changes !== this.#written)
        this.#timer ??= setTimeout(() => void this.now(), longest)
    })
    return () => {
      stop()
      clearTimeout(this.#timer)
      this.#timer = undefined
      if (this.store.changes !== this.#written) void this.now()
    }
  }

  async now() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.allowed) return
    const changes = this.store.changes
    const kept: Kept = { ...this.rest(), rows: this.store.rows }
    try {
      await local.put(this.owner, kind, idOf(kept), kept)
      this.#written = changes
      this.failed = false
    } catch {
      this.failed = true
    }
  }

  async drop() {
    this.#written = this.store.changes
    await local.remove(this.owner, kind, idOf(this.rest())).catch(() => undefined)
  }
}
