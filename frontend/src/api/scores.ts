import type { Text } from '../schema/types'
import { call } from './http'
import type { Area, Decimal, Duty, Entry, Sheet } from './model'

export async function listDuties(
  prison: string,
  query: { area?: string; unfilled?: boolean; day?: string },
): Promise<Duty[]> {
  return (await call<{ duties: Duty[] }>(`/prisons/${prison}/duties`, { query })).data.duties
}

export interface Standing {
  area: Area
  score: Decimal
  display: string
  passes: boolean
}

export async function listScores(prison: string): Promise<Standing[]> {
  return (await call<{ areas: Standing[] }>(`/prisons/${prison}/scores`)).data.areas
}

export async function getScore(prison: string, area: string): Promise<Sheet> {
  return (await call<{ sheet: Sheet }>(`/prisons/${prison}/areas/${area}/score`)).data.sheet
}

export interface TrendPoint {
  day: string
  score: Decimal
}

export async function getTrend(prison: string, area: string): Promise<TrendPoint[]> {
  return (await call<{ points: TrendPoint[] }>(`/prisons/${prison}/areas/${area}/trend`)).data
    .points
}

/** The entries that prove one indicator, newest first, by pages. */
export interface ProofPage {
  indicator: { code: string; title: Text }
  entries: Entry[]
  next: string | null
}

export async function getProof(
  prison: string,
  area: string,
  indicator: string,
  after?: string,
): Promise<ProofPage> {
  const path = `/prisons/${prison}/areas/${area}/proof/${encodeURIComponent(indicator)}`
  return (await call<ProofPage>(path, { query: { after, limit: 20 } })).data
}

/** Has the pack of one indicator made and hands it to the browser as a download. */
export async function downloadPack(
  prison: string,
  area: string,
  indicator: string,
  reason: string,
) {
  const { data, headers } = await call<Blob>(`/prisons/${prison}/areas/${area}/packs`, {
    method: 'POST',
    body: { indicator, reason },
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
