import { useQuery } from '@tanstack/react-query'
import type { components, operations } from './api-schema'
import { call } from './http'

type S = components['schemas']
type Body<O extends keyof operations> = operations[O] extends {
  requestBody: { content: { 'application/json': infer B } }
}
  ? B
  : never

export type Visit = S['Visit']
export type Training = S['Training']
export type Trainee = S['Trainee']
export type Brand = S['Brand']
export type Practice = S['Practice']
export type Adoption = S['Adoption']
export type GuidedUnit = S['GuidedUnit']
export type AttendanceRow = S['AttendanceRow']

function useAsked<T>(path: string, enabled = true) {
  const queryFn = async () => (await call<T>(path)).data
  return useQuery({ queryKey: ['together', path], queryFn, enabled })
}

const post = async (path: string, body: unknown, key: string) => {
  await call(path, { method: 'POST', body, idempotencyKey: key })
}

export const useVisits = (prison: string) =>
  useAsked<{ visits: Visit[]; may: boolean }>(`/prisons/${prison}/visits`, prison !== '')
export const addVisit = (prison: string, body: Body<'visits.create'>, key: string) =>
  post(`/prisons/${prison}/visits`, body, key)
export const actVisit = (visit: Visit, body: Body<'visits.act'>, key: string) =>
  post(`/prisons/${visit.prison}/visits/${visit.id}/acts`, body, key)

export const useTrainings = () => useAsked<{ trainings: Training[]; may: boolean }>('/trainings')
export const addTraining = (body: Body<'trainings.create'>, key: string) =>
  post('/trainings', body, key)
export const useTraining = (prison: string, id: string) =>
  useAsked<{ training: Training; staff: Trainee[]; may: boolean }>(
    `/prisons/${prison}/trainings/${id}`,
    prison !== '' && id !== '',
  )
export const attend = (prison: string, id: string, rows: AttendanceRow[], key: string) =>
  post(`/prisons/${prison}/trainings/${id}/attendances`, { rows }, key)
export const useUntrained = (prison: string, standard: string) =>
  useAsked<{ version: number; of: number; staff: Trainee[] }>(
    `/prisons/${prison}/untrained/${standard}`,
    prison !== '' && standard !== '',
  )

export const useBrands = () => useAsked<{ brands: Brand[]; own: GuidedUnit[] }>('/brands')
export const addBrand = (prison: string, body: Body<'brands.create'>, key: string) =>
  post(`/prisons/${prison}/brands`, body, key)
export const stepBrand = (brand: Brand, body: Body<'brands.step'>, key: string) =>
  post(`/prisons/${brand.prison}/brands/${brand.id}/steps`, body, key)

export const usePractices = () =>
  useAsked<{ practices: Practice[]; own: GuidedUnit[] }>('/practices')
export const addPractice = (prison: string, body: Body<'practices.create'>, key: string) =>
  post(`/prisons/${prison}/practices`, body, key)
export const adopt = (prison: string, body: Body<'adoptions.create'>, key: string) =>
  post(`/prisons/${prison}/adoptions`, body, key)
export const verifyAdoption = (of: Adoption, body: Body<'adoptions.verify'>, key: string) =>
  post(`/prisons/${of.prison}/adoptions/${of.id}/verdict`, body, key)

export type Board = S['Board']
export type BoardPlace = S['BoardPlace']
export const useKinds = () => useAsked<{ kinds: S['BoardKind'][] }>('/boards')
export const useBoard = (kind: string, of: string) =>
  useAsked<Board>(`/boards/${kind}/${of}`, kind !== '')

export type CountedFigure = keyof NonNullable<BoardPlace['beside']> | 'due' | 'closed' | 'on_time'
/** Between two days, or in the window of the board. */
export function useBehind(of: {
  prison: string
  area: string
  figure: CountedFigure
  from?: string
  to?: string
}) {
  const { from, to } = of
  const path = `/prisons/${of.prison}/areas/${of.area}/beside/${of.figure}`
  const queryFn = async () =>
    (await call<{ rows: S['CountedRow'][] }>(path, { query: from && to ? { from, to } : {} })).data
  return useQuery({
    queryKey: from && to ? ['together', path, from, to] : ['together', path],
    queryFn,
  })
}

export type Pair = S['Pair']
export const usePairs = () => useAsked<{ pairs: Pair[]; may: boolean }>('/pairs')
export const addPair = (prison: string, body: Body<'pairs.create'>, key: string) =>
  post(`/prisons/${prison}/pairs`, body, key)
export const addHelp = (pair: Pair, body: Body<'pairs.help'>, key: string) =>
  post(`/prisons/${pair.prison}/pairs/${pair.id}/helps`, body, key)

export type FocusUnit = S['FocusUnit']
export type PlannedVisit = S['PlannedVisit']
export const useFocus = () => useAsked<{ prisons: FocusUnit[]; may: boolean }>('/focus')
export const markFocus = (prison: string, body: Body<'focus.mark'>, key: string) =>
  post(`/prisons/${prison}/focus`, body, key)
export const planVisit = (prison: string, body: Body<'planned_visits.create'>, key: string) =>
  post(`/prisons/${prison}/planned-visits`, body, key)
export const callOffVisit = (visit: PlannedVisit, body: Body<'planned_visits.end'>, key: string) =>
  post(`/prisons/${visit.prison}/planned-visits/${visit.id}/end`, body, key)
