import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call, url } from './http'

type S = components['schemas']
export type Liaised = S['Liaised']
export type DepartmentTask = S['DepartmentTask']
export type DatedItem = S['DatedItem']
export type PlannedBatch = S['PlannedBatch']
export type BulletinUnit = S['BulletinUnit']
export type BulletinMarks = S['BulletinMarks']
export type DrawnBulletin = S['DrawnBulletin']
export type IssuedBulletin = S['IssuedBulletin']
export interface BulletinBoard {
  issues: IssuedBulletin[]
  batches: PlannedBatch[]
  years: number[]
  may_announce: boolean
}

function useAsked<T>(path: string, enabled = true) {
  const queryFn = async () => (await call<T>(path)).data
  return useQuery({ queryKey: ['announced', path], queryFn, enabled })
}

const post = (path: string, body: unknown, key: string) =>
  call(path, { method: 'POST', body, idempotencyKey: key })

export const useLiaisons = () => useAsked<{ liaisons: Liaised[] }>('/liaisons')
export const nameLiaison = (
  of: Liaised,
  said: { number: string; from: string; reason: string },
  key: string,
) => post('/liaisons', { department: of.department, seen: of.seen, ...said }, key)

export const useDepartmentTasks = () => useAsked<{ tasks: DepartmentTask[] }>('/departments/tasks')
export const useDates = () => useAsked<{ days: DatedItem[] }>('/accreditation/calendar')

export const useBulletins = () => useAsked<BulletinBoard>('/bulletins')
export const useDraft = (year: number, enabled: boolean) =>
  useAsked<DrawnBulletin>(`/bulletin-drafts/${year}`, enabled)
export const useBulletin = (year: string, issue: string) =>
  useAsked<IssuedBulletin>(`/bulletins/${year}/${issue}`)
/** Where the paper of an issue is. */
export const bulletinPaperUrl = (year: number, issue: number) =>
  url(`/bulletins/${year}/${issue}/paper`)
export const issueBulletin = (draft: DrawnBulletin, key: string) =>
  post('/bulletins', { year: draft.year, seen: draft.digest }, key)
export const acknowledge = (b: IssuedBulletin, department: string, key: string) =>
  post(`/bulletins/${b.year}/${b.issue}/acknowledgements`, { department }, key)
export const planBatch = (batch: PlannedBatch, key: string) => post('/batches', batch, key)
