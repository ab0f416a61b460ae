import { moveRows, type SentRow } from '../api/batch'
import type { LedgerType } from '../api/model'
import type { Json, Text } from '../schema/types'
import type { Kept } from './keep'

/** A value that a newer version has no field for, and whose it was. */
export interface Dropped {
  row: number
  name: string
  title: Text
  value: Json
}

/** A batch as a newer version takes it. */
export interface Carried {
  kept: Kept
  dropped: Dropped[]
}

/** As many as are sent at once. */
const atOnce = 50

/** No row has this key: what rows added by hand begin with goes along with them. */
const empty = '@empty'

/**
 * Carries a batch to the current version by stable field ids. Schema and layout come with the rows, so
 * that they are of one version. No row may be on its way: what becomes of it is not known yet.
 */
export async function carry(
  old: Kept,
  typeOf: (ledger: string, version: number) => Promise<LedgerType>,
): Promise<Carried> {
  const all: SentRow[] = [
    ...old.rows.map(({ key, doc }) => ({ key, body: doc })),
    { key: empty, body: old.empty },
  ]
  const bodies = new Map<string, Kept['empty']>()
  const dropped: Dropped[] = []
  let version = old.type.version
  for (let i = 0; i < all.length; i += atOnce) {
    const moved = await moveRows({ ...old, version: old.type.version }, all.slice(i, i + atOnce))
    version = moved.version
    for (const { key, body, dropped: gone } of moved.rows) {
      bodies.set(key, body)
      const row = old.rows.findIndex((r) => r.key === key)
      if (old.rows[row]?.state !== 'editing') continue
      for (const { title, value } of gone) {
        dropped.push({ row: row + 1, name: old.rows[row].name, title, value: value as Json })
      }
    }
  }
  const rows = old.rows.map((row) => ({
    ...row,
    doc: bodies.get(row.key) ?? row.doc,
    derived: {},
    // Said of the version before; the first check says them of this one.
    pins: undefined,
    problems: [],
    rules: [],
    failure: undefined,
  }))
  const type = await typeOf(old.ledger, version)
  return { kept: { ...old, type, rows, empty: bodies.get(empty) ?? old.empty }, dropped }
}
