import type { Text } from '../schema/types'
import { call, newKey } from './http'
import type { Decimal, Duty, Entry, Evidence, Sheet } from './model'

export async function listDuties(prison: string, query: { area?: string; unfilled?: boolean; from?: string; to?: string }): Promise<Duty[]> {
  return (await call<{ duties: Duty[] }>(`/prisons/${prison}/duties`, { query })).data.duties
}

export interface AreaStanding {
  area: string
  display: string
  score: Decimal
  passes: boolean
}

export async function listScores(prison: string): Promise<AreaStanding[]> {
  return (await call<{ scores: AreaStanding[] }>(`/prisons/${prison}/scores`)).data.scores
}

export async function getScore(prison: string, area: string): Promise<Sheet> {
  return (await call<Sheet>(`/prisons/${prison}/areas/${area}/score`)).data
}

export interface TrendPoint {
  day: string
  display: string
}

export async function getTrend(prison: string, area: string): Promise<TrendPoint[]> {
  return (await call<{ trend: TrendPoint[] }>(`/prisons/${prison}/areas/${area}/trend`)).data.trend
}

/** What proves one indicator: its entries, each with its evidence. */
export interface Proof {
  code: string
  title: Text
  entries: { entry: Entry; evidence: Evidence[] }[]
}

export async function getProof(prison: string, area: string, indicator: string): Promise<Proof> {
  return (await call<Proof>(`/prisons/${prison}/areas/${area}/proof/${indicator}`)).data
}

/** Has the pack of one indicator made and hands it to the browser as a download. */
export async function downloadPack(prison: string, area: string, indicator: string) {
  const { data, headers } = await call<Blob>(`/prisons/${prison}/areas/${area}/packs`, {
    method: 'POST',
    body: { indicator },
    idempotencyKey: newKey(),
    as: 'blob',
  })
  const named = /filename="?([^";]+)"?/.exec(headers.get('Content-Disposition') ?? '')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(data)
  link.download = named?.[1] ?? `${indicator}.zip`
  link.click()
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
