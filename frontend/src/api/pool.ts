import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']
export type InspectorPool = S['InspectorPool']
export type Inspector = S['Inspector']
export type InspectorHistory = S['InspectorHistory']
export type InspectorAway = S['InspectorAway']
export type InspectorAssignment = S['InspectorAssignment']
export type SkillDomain = S['SkillDomain']

export function usePoolOf() {
  const queryFn = async () => (await call<InspectorPool>('/inspectors')).data
  return useQuery({ queryKey: ['inspectors'], queryFn })
}

export function useInspector(person: string) {
  const queryFn = async () => (await call<InspectorHistory>(`/inspectors/${person}`)).data
  return useQuery({ queryKey: ['inspectors', person], queryFn })
}

const post = (path: string, body: unknown, key: string) =>
  call<Inspector>(`/inspectors/${path}`, { method: 'POST', body, idempotencyKey: key })

export const setSkills = (of: Inspector, domains: string[], key: string) =>
  post(`${of.person}/skills`, { domains, seen: of.skills_seen }, key)

export const setAway = (
  of: Inspector,
  span: { from_day: string; to_day: string; reason: string },
  key: string,
) => post(`${of.person}/aways`, { ...span, seen: of.away_seen }, key)

export const callOffAway = (of: Inspector, n: number, reason: string, key: string) =>
  post(`${of.person}/aways/${n}/end`, { reason, seen: of.away_seen }, key)
