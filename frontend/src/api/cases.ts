import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']

export type ShownCase = S['ShownCase']
export type WholeCase = S['WholeCase']
export type CaseBoard = S['CaseBoard']
export type CaseChoice = S['CaseChoice']
export type CaseRecord = S['CaseRecord']
export type CaseTimer = S['CaseTimer']
export type Conditions = S['Conditions']
export type ScreenedPrison = S['ScreenedPrison']
export type Title = S['Title']
export type VersionDifference = S['VersionDifference']
export type CaseAct = S['CaseAct']
export type ImportedTitle = S['ImportedTitle']

/** What is asked of one case. */
export interface Which {
  prison: string
  id: string
}

const at = ({ prison, id }: Which) => `/prisons/${prison}/cases/${id}`
const post = async (path: string, body: unknown, key: string, ifMatch?: number) =>
  call(path, { method: 'POST', body, idempotencyKey: key, ifMatch })

export function useCases() {
  const queryFn = async () => (await call<CaseBoard>('/cases')).data
  return useQuery({ queryKey: ['cases'], queryFn })
}

export function useCase(which: Which) {
  const queryFn = async () => (await call<WholeCase>(at(which))).data
  return useQuery({ queryKey: ['cases', which.prison, which.id], queryFn })
}

export function useDifference(which: Which, enabled: boolean) {
  const queryFn = async () => (await call<VersionDifference>(`${at(which)}/difference`)).data
  return useQuery({
    queryKey: ['cases', which.prison, which.id, 'difference'],
    queryFn,
    enabled,
  })
}

export function useScreening() {
  const queryFn = async () => (await call<{ prisons: ScreenedPrison[] }>('/screening')).data.prisons
  return useQuery({ queryKey: ['cases', 'screening'], queryFn })
}

/** The conditions of a level as they are, or as they would be if these areas passed. */
export function useEligibility(prison: string, level: string, passing: string[]) {
  const queryFn = async () =>
    (await call<Conditions>(`/prisons/${prison}/eligibility`, { query: { level, passing } })).data
  return useQuery({
    queryKey: ['cases', 'eligibility', prison, level, passing],
    queryFn,
    enabled: prison !== '',
    placeholderData: (before) => before,
  })
}

export function useTitles() {
  const queryFn = async () => (await call<{ titles: Title[]; may_import: boolean }>('/titles')).data
  return useQuery({ queryKey: ['cases', 'titles'], queryFn })
}

export async function beginCase(prison: string, area: string, level: string, key: string) {
  const body = area ? { area, level } : { level }
  return (await post(`/prisons/${prison}/cases`, body, key)).data as S['Case']
}

export const actOn = (which: Which, etag: number, act: CaseAct, key: string) =>
  post(`${at(which)}/acts`, act, key, etag)

export const askFor = (which: Which, event: string, reason: string, key: string) =>
  post(`${at(which)}/asks`, { event, reason }, key)

export const makeRecord = (
  which: Which,
  kind: string,
  department: string,
  body: object,
  key: string,
) => post(`${at(which)}/records`, department ? { kind, department, body } : { kind, body }, key)

export const confirmRecord = (which: Which, record: string, key: string) =>
  post(`${at(which)}/records/${record}/confirmation`, {}, key)

export const chooseVersion = (
  which: Which,
  etag: number,
  choice: 'stay' | 'move',
  reason: string,
  key: string,
) => post(`${at(which)}/version`, { choice, reason }, key, etag)

export const importTitle = (prison: string, title: ImportedTitle, key: string) =>
  post(`/prisons/${prison}/titles`, title, key)

export const decideTitle = (
  title: Title,
  verdict: 'confirmed' | 'refused',
  reason: string,
  key: string,
) => post(`/prisons/${title.prison}/titles/${title.id}/decision`, { verdict, reason }, key)

export async function takeUpTitle(title: Title, key: string) {
  return (await post(`/prisons/${title.prison}/titles/${title.id}/case`, {}, key)).data as S['Case']
}
