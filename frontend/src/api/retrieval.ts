import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']
export type Hits = S['Hits']
export type Hit = Hits['hits'][number]
export type SavedFilter = S['SavedFilter']
export type Trace = S['Trace']
export type TraceItem = Trace['items'][number]
export type TraceMark = Trace['marks'][number]

/** What is looked for, and where. */
export interface SearchFilter {
  prison: string
  q: string
  ledger?: string
  area?: string
  state?: string
  from?: string
  to?: string
  limit?: number
}

export async function search(
  filter: SearchFilter,
  cursor?: string,
  signal?: AbortSignal,
): Promise<Hits> {
  const { prison, ...query } = filter
  const path = `/prisons/${prison}/search`
  return (await call<Hits>(path, { query: { ...query, cursor }, signal })).data
}

/** Pages of hits. With nothing to look for, nothing is asked. */
export function useSearch(filter: SearchFilter) {
  return useInfiniteQuery({
    queryKey: ['search', filter],
    queryFn: ({ pageParam, signal }) => search(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: filter.prison !== '' && filter.q.trim() !== '',
  })
}

export function useTrace(prison: string, kind: string, ref: string) {
  return useQuery({
    queryKey: ['trace', prison, kind, ref],
    queryFn: async () =>
      (await call<Trace>(`/prisons/${prison}/trace`, { query: { kind, ref } })).data,
    enabled: prison !== '' && kind !== '' && ref !== '',
  })
}

export type FilterPage = SavedFilter['page']

export function useFilters(prison: string, page: FilterPage) {
  return useQuery({
    queryKey: ['filters', prison, page],
    queryFn: async () =>
      (await call<{ filters: SavedFilter[] }>(`/prisons/${prison}/filters`, { query: { page } }))
        .data.filters,
    enabled: prison !== '',
  })
}

type Kept = Pick<SavedFilter, 'name' | 'query' | 'shared'>

export async function keepFilter(prison: string, page: FilterPage, kept: Kept, key: string) {
  await call(`/prisons/${prison}/filters`, {
    method: 'POST',
    body: { page, ...kept },
    idempotencyKey: key,
  })
}

export async function changeFilter(prison: string, filter: SavedFilter, kept: Kept) {
  await call(`/prisons/${prison}/filters/${filter.id}`, {
    method: 'PUT',
    body: kept,
    ifMatch: filter.etag,
  })
}

export async function forgetFilter(prison: string, filter: SavedFilter) {
  await call(`/prisons/${prison}/filters/${filter.id}`, { method: 'DELETE', ifMatch: filter.etag })
}
