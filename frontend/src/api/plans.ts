import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']
export type PlanYear = S['PlanYear']
export type PlanVersion = S['Plan']
export type PlanMark = S['PlanMark']
export type PlanStand = S['PlanStand']
export type PlanUnit = S['PlanUnit']
export type PlanCourse = S['PlanCourse']
export type PlanMonth = S['PlanMonth']
export type PrisonDuty = S['PrisonDuty']
export type PrisonDuties = S['PrisonDuties']
export type PlanAgainst = S['PlanAgainst']

function useAsked<T>(path: string, enabled = true) {
  const queryFn = async () => (await call<T>(path)).data
  return useQuery({ queryKey: ['plans', path], queryFn, enabled })
}

const post = async (path: string, body: unknown, key: string) => {
  await call(path, { method: 'POST', body, idempotencyKey: key })
}

export const usePlans = (year: number) => useAsked<{ prisons: PlanAgainst[] }>(`/plans/${year}`)
export const usePlan = (prison: string, year: number) =>
  useAsked<PlanYear>(`/prisons/${prison}/plans/${year}`, prison !== '')
export const submitPlan = (
  prison: string,
  year: number,
  body: { seen: number; reason: string; marks: PlanMark[] },
  key: string,
) => post(`/prisons/${prison}/plans/${year}`, body, key)
export const decidePlan = (
  plan: PlanVersion,
  body: { version: number; agreed: boolean; comment: string },
  key: string,
) => post(`/prisons/${plan.prison}/plans/${plan.year}/decision`, body, key)

export const useDuties = (prison: string) =>
  useAsked<PrisonDuties>(`/prisons/${prison}/responsibilities`, prison !== '')
export const nameResponsible = (
  prison: string,
  of: Pick<PrisonDuty, 'kind' | 'area' | 'what'>,
  body: { seen: number; number: string; from_day: string; reason: string },
  key: string,
) =>
  post(
    `/prisons/${prison}/responsibilities`,
    { kind: of.kind, area: of.area, what: of.what, ...body },
    key,
  )
