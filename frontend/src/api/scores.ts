import type { Text } from '../schema/types'
import { call } from './http'
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
