import type { LedgerType } from '../api/model'
import { Keeper } from '../offline/keeper'
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

/** Keeps the batch on this computer; undefined for what is strictly restricted: it does not lie about. */
export function keepBatch(
  owner: string,
  store: BatchStore,
  rest: () => Omit<Kept, 'rows'>,
): Keeper | undefined {
  if (!ledgerMayStay(rest().type)) return undefined
  return new Keeper(store, () => {
    const kept: Kept = { ...rest(), rows: store.rows }
    return local.put(owner, kind, idOf(kept), kept)
  })
}

export async function dropBatch(owner: string, batch: Parameters<typeof idOf>[0]) {
  await local.remove(owner, kind, idOf(batch)).catch(() => undefined)
}
