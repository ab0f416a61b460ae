import { newKey } from '../api/http'
import type { LedgerType } from '../api/model'
import type { Spent } from '../entry/effort'
import { Keeper } from '../offline/keeper'
import { ledgerMayStay } from '../offline/kept'
import { local } from '../offline/store'
import type { Doc } from '../schema/types'
import { dropFiles } from './files'
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
  /** What was spent on the grid since rows were given away. */
  spent?: Spent
  /** Another with every write: two windows on one batch know each other by it. */
  revision?: string
}

export const kind = 'batch'

export const idOf = (b: Pick<Kept, 'prison' | 'area' | 'ledger' | 'period'>) =>
  [b.prison, b.area, b.ledger, b.period].join('/')

/** Keeps the batch on this computer, and does not write over what another window kept of it. */
export class BatchKeeper extends Keeper {
  /** What another window kept since this one read it; null: it ended the batch. */
  elsewhere: Kept | null | undefined

  private constructor(
    store: BatchStore,
    owner: string,
    rest: () => Omit<Kept, 'rows'>,
    public revision: string | undefined,
  ) {
    super(store, async () => {
      const next: Kept = { ...rest(), rows: store.rows, revision: newKey() }
      const fits = (there: Kept | undefined) => there?.revision === this.revision
      const other = await local.swap<Kept>(owner, kind, idOf(next), fits, next)
      this.elsewhere = other && (other.there ?? null)
      if (other) throw new Error('kept by another window')
      this.revision = next.revision
    })
  }

  /** Undefined for what is strictly restricted: it does not lie about. */
  static of(
    store: BatchStore,
    owner: string,
    rest: () => Omit<Kept, 'rows'>,
  ): BatchKeeper | undefined {
    const { type, revision } = rest()
    return ledgerMayStay(type) ? new BatchKeeper(store, owner, rest, revision) : undefined
  }

  /** What stands here goes over what the other window kept. */
  async insist() {
    this.revision = this.elsewhere?.revision
    await this.now()
  }
}

export async function dropBatch(owner: string, batch: Parameters<typeof idOf>[0]) {
  await local.remove(owner, kind, idOf(batch)).catch(() => undefined)
  await dropFiles(owner, idOf(batch)).catch(() => undefined)
}
