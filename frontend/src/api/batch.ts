import type { Spent } from '../entry/effort'
import type { Doc } from '../schema/types'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']

export type RowResult = Omit<S['RowResult'], 'document'> & { document?: Doc }
export type Prefilled = Omit<S['BatchPrefill']['rows'][number], 'body' | 'last'> & {
  body: Doc
  last: { entry: string; day: string; document: Doc } | null
}
export interface Prefill {
  /** Of the type that the rows are of. */
  version: number
  subject: string
  rows: Prefilled[]
}

/** What the rows of one batch have in common; files is an own draft whose files prove them all. */
export interface Common {
  prison: string
  area: string
  ledger: string
  /** Of the type that the rows were typed under; with another one the server files nothing. */
  version?: number
  files?: string
}

export interface SentRow {
  key: string
  body: Doc
  /** Its part of what the grid took; a check says none. */
  effort?: Spent
}

/** The code by which the server says that the ledger has a newer version. */
export const versionPassed = 'version_passed'

const bodyOf = ({ ledger, version, area, files }: Common, rows: SentRow[]) => ({
  ledger,
  version,
  area,
  files,
  rows,
})

/** Files rows, each by itself; the same key and rows again file nothing twice. */
export async function fileRows(of: Common, rows: SentRow[], key: string): Promise<RowResult[]> {
  const path = `/prisons/${of.prison}/batches`
  const options = { method: 'POST', body: bodyOf(of, rows), idempotencyKey: key } as const
  return (await call<{ results: RowResult[] }>(path, options)).data.results
}

/** What filing them would say; changes nothing. */
export async function checkRows(
  of: Common,
  rows: SentRow[],
  signal: AbortSignal,
): Promise<RowResult[]> {
  const path = `/prisons/${of.prison}/batches/check`
  const options = { method: 'POST', body: bodyOf(of, rows), signal } as const
  return (await call<{ results: RowResult[] }>(path, options)).data.results
}

export interface MovedRow {
  key: string
  body: Doc
  dropped: S['BatchMoved']['rows'][number]['dropped']
}

/** The rows as the current version takes them; changes nothing. */
export async function moveRows(
  of: Common,
  rows: SentRow[],
): Promise<{ version: number; rows: MovedRow[] }> {
  const { ledger, version, area } = of
  const options = { method: 'POST', body: { ledger, version, area, rows } } as const
  return (
    await call<{ version: number; rows: MovedRow[] }>(`/prisons/${of.prison}/batches/move`, options)
  ).data
}

/** The rows as a batch begins, for a month (2026-11) or a day (2026-11-24). */
export async function prefillRows(of: Common, period: string): Promise<Prefill> {
  const { ledger, area } = of
  const when = period.length === 7 ? { month: period } : { day: period }
  const path = `/prisons/${of.prison}/batches/prefill`
  return (await call<Prefill>(path, { query: { ledger, area, ...when } })).data
}
