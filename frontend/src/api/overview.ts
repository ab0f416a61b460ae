import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call, url } from './http'

type S = components['schemas']
export type Overview = S['Overview']
export type UnitRate = S['UnitRate']
export type RatedUnit = S['RatedUnit']
export type TargetReached = S['TargetReached']
export type RoadStep = S['RoadStep']
export type RatePoint = S['RatePoint']
export type StandardBalance = S['StandardBalance']
export type DepartmentLine = S['DepartmentLine']
export type PrisonBoard = S['PrisonBoard']
export type BoardFrame = S['BoardFrame']
export type WholePrison = S['WholePrison']
export type AreaOutcomes = S['AreaOutcomes']

function useAsked<T>(path: string, query: Record<string, string | undefined> = {}, enabled = true) {
  const queryFn = async () => (await call<T>(path, { query })).data
  return useQuery({ queryKey: ['overview', path, query], queryFn, enabled })
}

export const useOverview = (day?: string) => useAsked<Overview>('/overview', { day })
export const useRatedUnits = (query: {
  day?: string
  of: string
  named?: string
  prison?: string
}) => useAsked<{ day: string; units: RatedUnit[] }>('/overview/units', query)
export const useBalance = () => useAsked<{ standards: StandardBalance[] }>('/overview/balance')
export const useLines = () => useAsked<{ lines: DepartmentLine[] }>('/overview/lines')
export const usePrisonBoard = (prison: string) =>
  useAsked<PrisonBoard>(`/prisons/${prison}/overview`, {}, prison !== '')
/** The prison as a whole, for who may see it. */
export const useWholePrison = (prison: string, enabled = true) =>
  useAsked<WholePrison>(`/prisons/${prison}/whole`, {}, enabled && prison !== '')
export const useOutcomes = (prison: string, area: string) =>
  useAsked<AreaOutcomes>(`/prisons/${prison}/areas/${area}/outcomes`, {}, area !== '')

/** Where the paper of a kept score is. */
export const sheetUrl = (prison: string, run: string) => url(`/prisons/${prison}/runs/${run}/sheet`)
