import { useQuery } from '@tanstack/react-query'
import { call, url } from './http'
import type { Connector, ConnectorRun, OutboxMessage, RejectedRecord } from './model'

export function useConnectors(prison: string) {
  const queryFn = async () =>
    (await call<{ connectors: Connector[] }>(`/prisons/${prison}/connectors`)).data.connectors
  const queryKey = ['connectors', prison]
  return useQuery({ queryKey, queryFn, enabled: prison !== '', refetchInterval: 10_000 })
}

export function useConnectorRuns(prison: string, id: string) {
  const queryFn = async () =>
    (await call<{ runs: ConnectorRun[] }>(`/prisons/${prison}/connectors/${id}/runs`)).data.runs
  const queryKey = ['connectors', prison, id, 'runs']
  return useQuery({ queryKey, queryFn, enabled: id !== '', refetchInterval: 10_000 })
}

export function useRejected(prison: string, id: string) {
  const path = `/prisons/${prison}/connectors/${id}/rejected`
  const queryFn = async () => (await call<{ rejected: RejectedRecord[] }>(path)).data.rejected
  const queryKey = ['connectors', prison, id, 'rejected']
  return useQuery({ queryKey, queryFn, enabled: id !== '', refetchInterval: 10_000 })
}

export function rejectedFile(prison: string, id: string): string {
  return url(`/prisons/${prison}/connectors/${id}/rejected`, { format: 'csv' })
}

export function useOutbox(prison: string) {
  const queryFn = async () =>
    (await call<{ messages: OutboxMessage[] }>(`/prisons/${prison}/outbox`)).data.messages
  const queryKey = ['connectors', prison, 'outbox']
  return useQuery({ queryKey, queryFn, enabled: prison !== '', refetchInterval: 10_000 })
}

export async function runConnector(prison: string, id: string) {
  await call(`/prisons/${prison}/connectors/${id}/run`, { method: 'POST' })
}

export async function pauseConnector(prison: string, id: string, paused: boolean) {
  const path = `/prisons/${prison}/connectors/${id}/paused`
  await call(path, { method: 'PUT', body: { paused } })
}

export async function sendAgain(prison: string, message: string) {
  await call(`/prisons/${prison}/outbox/${message}/send`, { method: 'POST' })
}
