import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'
import type { Outcome } from './model'

type S = components['schemas']

export type HeatCell = S['HeatCell']
export type Burst = S['Burst']
export type Relief = S['Relief']
export type Roster = S['Roster']
export type Task = S['Task']
export type Calendar = S['Calendar']

/** Holidays and shifts hardly ever change. */
export function useCalendar() {
  const queryFn = async () => (await call<Calendar>('/calendar')).data
  return useQuery({ queryKey: ['calendar'], queryFn, staleTime: Number.POSITIVE_INFINITY })
}

export interface Heat {
  month: string
  from: string
  to: string
  cells: HeatCell[]
}

export function useHeat(prison: string, query: { month: string; area?: string; ledger?: string }) {
  const queryFn = async () => (await call<Heat>(`/prisons/${prison}/heat`, { query })).data
  return useQuery({ queryKey: ['heat', prison, query], queryFn, enabled: prison !== '' })
}

export interface Bursts {
  from: string
  to: string
  entries: number
  hours: number
  bursts: Burst[]
}

export function useBursts(prison: string) {
  const queryFn = async () => (await call<Bursts>(`/prisons/${prison}/bursts`)).data
  return useQuery({ queryKey: ['bursts', prison], queryFn, enabled: prison !== '' })
}

export interface Reliefs {
  reliefs: Relief[]
  /** By area, the ledgers the reader may ask for. */
  ledgers: Record<string, string[]>
  outage: boolean
}

export function useReliefs(prison: string) {
  const queryFn = async () => (await call<Reliefs>(`/prisons/${prison}/reliefs`)).data
  return useQuery({ queryKey: ['reliefs', prison], queryFn, enabled: prison !== '' })
}

export interface NewRelief {
  kind: Relief['kind']
  areas: string[]
  reason: string
  ledger?: string
  period?: string
  from_day?: string
  to_day?: string
  from_at?: string
  until_at?: string
  expires_on?: string
}

export async function askRelief(prison: string, body: NewRelief, key: string) {
  const path = `/prisons/${prison}/reliefs`
  return (await call<Relief>(path, { method: 'POST', body, idempotencyKey: key })).data
}

export async function decideRelief(
  prison: string,
  id: string,
  body: { verdict: string; comment: string },
  key: string,
) {
  const path = `/prisons/${prison}/reliefs/${id}/decision`
  return (await call<Relief>(path, { method: 'POST', body, idempotencyKey: key })).data
}

export interface Rosters {
  from: string
  to: string
  today: string
  rosters: Roster[]
  now: Roster
  actions: string[]
}

export function useRosters(prison: string, area: string, from: string, to: string) {
  const queryFn = async () =>
    (await call<Rosters>(`/prisons/${prison}/areas/${area}/rosters`, { query: { from, to } })).data
  return useQuery({
    queryKey: ['rosters', prison, area, from, to],
    queryFn,
    enabled: prison !== '' && area !== '',
  })
}

export async function setRosters(
  prison: string,
  area: string,
  rosters: Pick<Roster, 'day' | 'shift' | 'version' | 'people'>[],
  key: string,
) {
  const path = `/prisons/${prison}/areas/${area}/rosters`
  await call(path, { method: 'POST', body: { rosters }, idempotencyKey: key })
}

export function useTasks(prison: string) {
  const queryFn = async () => (await call<{ tasks: Task[] }>(`/prisons/${prison}/tasks`)).data.tasks
  return useQuery({ queryKey: ['tasks', prison], queryFn, enabled: prison !== '' })
}

export async function beginTask(prison: string, id: string, key: string): Promise<Outcome> {
  const path = `/prisons/${prison}/tasks/${id}/begin`
  return (await call<Outcome>(path, { method: 'POST', body: {}, idempotencyKey: key })).data
}

export async function doTask(prison: string, id: string, note: string, key: string) {
  const path = `/prisons/${prison}/tasks/${id}/done`
  await call(path, { method: 'POST', body: { note }, idempotencyKey: key })
}
