import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { components, operations } from './api-schema'
import { call } from './http'
import type { Indicator } from './model'

type S = components['schemas']

export type Readiness = S['Readiness']
export type Drift = S['Drift']
export type ScoreChange = S['ScoreChange']
export type Supposable = S['Supposable']
export type Supposed = S['Supposed']
export type Supposition = S['Supposition']
export type ScoreRun = S['ScoreRun']
export type Replay =
  operations['runs.get']['responses']['200']['content']['application/json']['replays']
export type ScoreHistory = S['ScoreHistory']
export type Ruling = S['Ruling']
export type NewRuling = operations['rulings.create']['requestBody']['content']['application/json']

export function useReadiness(prison: string, area: string) {
  const queryFn = async () =>
    (await call<Readiness>(`/prisons/${prison}/areas/${area}/readiness`)).data
  return useQuery({ queryKey: ['readiness', prison, area], queryFn })
}

export function useRuns(prison: string, area: string) {
  const queryFn = async () =>
    (await call<{ runs: ScoreRun[]; may: boolean }>(`/prisons/${prison}/areas/${area}/runs`)).data
  return useQuery({ queryKey: ['runs', prison, area], queryFn })
}

/** The kept scores of an area, each on the domains of the standard in force. */
export function useHistory(prison: string, area: string) {
  const queryFn = async () =>
    (await call<ScoreHistory>(`/prisons/${prison}/areas/${area}/history`)).data
  return useQuery({ queryKey: ['runs', prison, area, 'history'], queryFn })
}

export function useRun(prison: string, run: string) {
  const queryFn = async () =>
    (await call<{ run: ScoreRun; replays: Replay }>(`/prisons/${prison}/runs/${run}`)).data
  return useQuery({ queryKey: ['run', prison, run], queryFn })
}

export interface Rulings {
  rulings: Ruling[]
  may: Ruling['kind'][]
}

export function useRulings(prison: string, area: string) {
  const queryFn = async () => (await call<Rulings>(`/prisons/${prison}/areas/${area}/rulings`)).data
  return useQuery({ queryKey: ['rulings', prison, area], queryFn })
}

export interface Standard {
  id: string
  domains: { id: string; title: S['Text']; indicators: Indicator[] }[]
}

/** A version of a standard never changes. */
export function useStandard(id: string | undefined) {
  const queryFn = async () => (await call<Standard>(`/standards/${id}`)).data
  return useQuery({ queryKey: ['standard', id], queryFn, enabled: id !== undefined })
}

/** What can be supposed by a version of the area's standard, '' the one in force; of the one before until it is here. */
export function useSupposable(prison: string, area: string, version: string) {
  const queryFn = async () =>
    (
      await call<Supposable>(`/prisons/${prison}/areas/${area}/suppose`, {
        query: version ? { version } : {},
      })
    ).data
  return useQuery({
    queryKey: ['supposable', prison, area, version],
    queryFn,
    placeholderData: keepPreviousData,
  })
}

export async function suppose(prison: string, area: string, body: Supposed): Promise<Supposition> {
  return (
    await call<Supposition>(`/prisons/${prison}/areas/${area}/suppose`, { method: 'POST', body })
  ).data
}

export async function keepRun(prison: string, area: string, key: string): Promise<ScoreRun> {
  const body = { kind: 'self_check' }
  return (
    await call<ScoreRun>(`/prisons/${prison}/areas/${area}/runs`, {
      method: 'POST',
      body,
      idempotencyKey: key,
    })
  ).data
}

export async function askRuling(prison: string, area: string, body: NewRuling, key: string) {
  await call(`/prisons/${prison}/areas/${area}/rulings`, {
    method: 'POST',
    body,
    idempotencyKey: key,
  })
}

export async function decideRuling(
  prison: string,
  ruling: string,
  body: { verdict: string; comment: string },
  key: string,
) {
  await call(`/prisons/${prison}/rulings/${ruling}/decision`, {
    method: 'POST',
    body,
    idempotencyKey: key,
  })
}
