import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']
export type StewardMatrix = S['StewardMatrix']
export type StewardMark = S['StewardMark']
export type StewardRow = S['StewardRow']
export type StewardReport = S['StewardReport']
export type Paper = S['Paper']
export type PaperCell = S['PaperCell']
export type PaperLedger = S['PaperLedger']
export type PaperTally = S['PaperTally']
export type PaperState = S['PaperState']
export type PaperWord = S['PaperWord']
export type PaperOfPrison = S['PaperOfPrison']

function useAsked<T>(path: string, enabled: boolean) {
  const queryFn = async () => (await call<T>(path)).data
  return useQuery({ queryKey: ['stewardship', path], queryFn, enabled })
}

export const useMatrix = (prison: string) =>
  useAsked<StewardMatrix>(`/prisons/${prison}/matrix`, prison !== '')
export const usePaper = (prison: string) =>
  useAsked<Paper>(`/prisons/${prison}/paper`, prison !== '')

/** The same where it only stands beside: asked at most once a minute. */
export function usePaperBeside(prison: string) {
  const queryFn = async () => (await call<Paper>(`/prisons/${prison}/paper`)).data
  const queryKey = ['stewardship', 'beside', prison]
  return useQuery({ queryKey, queryFn, enabled: prison !== '', staleTime: 60_000 })
}
export const useProvincePaper = () => useAsked<{ prisons: PaperOfPrison[] }>('/paper', true)

async function post(path: string, body: unknown, key: string) {
  await call(path, { method: 'POST', body, idempotencyKey: key })
}

export const declarePaper = (
  prison: string,
  body: {
    area: string
    ledgers: { ledger: string; seen: number }[]
    state: PaperState
    from_day: string
    reason: string
  },
  key: string,
) => post(`/prisons/${prison}/paper`, body, key)

export const decidePaper = (
  prison: string,
  body: {
    declarations: { area: string; ledger: string; n: number }[]
    verdict: PaperWord
    comment: string
  },
  key: string,
) => post(`/prisons/${prison}/paper/decision`, body, key)
