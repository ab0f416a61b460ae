import { useQuery } from '@tanstack/react-query'
import { call, url } from './http'
import type { Entry, PrintAnswer, Volume } from './model'

/** Where the official form is; copy: with the reader's name laid over it. */
export function formUrl(entry: Pick<Entry, 'prison' | 'id'>, copy = false): string {
  return url(`/prisons/${entry.prison}/entries/${entry.id}/print`, { copy: copy || undefined })
}

export function volumeUrl(volume: Pick<Volume, 'prison' | 'id'>): string {
  return url(`/prisons/${volume.prison}/volumes/${volume.id}/file`)
}

export function useVerified(code: string) {
  const queryFn = async () => (await call<PrintAnswer>(`/prints/${encodeURIComponent(code)}`)).data
  return useQuery({ queryKey: ['prints', code], queryFn, enabled: code !== '', retry: false })
}

/** The server hashes the file: a browser on plain HTTP cannot. */
export async function compareForm(code: string, file: Blob) {
  const headers = { 'Content-Type': 'application/octet-stream' }
  const options = { method: 'PATCH', body: file, headers } as const
  const path = `/prints/${encodeURIComponent(code)}`
  return (await call<{ sha256: string; same: boolean }>(path, options)).data
}

/** One's own volumes; asked again while one of them is being bound. */
export function useVolumes(prison: string) {
  const queryFn = async () =>
    (await call<{ volumes: Volume[] }>(`/prisons/${prison}/volumes`)).data.volumes
  return useQuery({
    queryKey: ['volumes', prison],
    queryFn,
    enabled: prison !== '',
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? 1000 : false),
  })
}

export function isOpen(volume: Volume): boolean {
  return volume.state === 'waiting' || volume.state === 'binding'
}

/** Whether the same was asked for again since; lists are the newest first. */
export function boundAgain(list: Volume[], volume: Volume): boolean {
  const newer = list.slice(0, list.indexOf(volume))
  return newer.some((v) =>
    (['ledger', 'area', 'from', 'to'] as const).every((name) => v[name] === volume[name]),
  )
}

export interface VolumeChoice {
  ledger: string
  area: string
  from: string
  to: string
}

export async function bindVolume(prison: string, body: VolumeChoice, key: string) {
  const options = { method: 'POST', body, idempotencyKey: key } as const
  return (await call<Volume>(`/prisons/${prison}/volumes`, options)).data
}
