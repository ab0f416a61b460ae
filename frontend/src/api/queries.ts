import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useChosen } from './chosen'
import { type EntryFilter, getEntry, listEntries } from './entries'
import { call } from './http'
import type {
  BurdenHistory,
  Coincidence,
  LedgerHead,
  LedgerType,
  Me,
  Organisation,
  Overlap,
  Prefilled,
  Progress,
  Spent,
} from './model'
import {
  getCompleteness,
  getLog,
  getProof,
  getScore,
  getTrend,
  listDuties,
  listFindings,
  listScores,
} from './scores'
import { listSessions, whoAmI } from './session'

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: whoAmI, staleTime: 60_000 })
}

/** The prison this person works in, or is granted to inspect; '' at the bureau. */
export function prisonOf(me: Me | undefined): string {
  return me?.postings.find((p) => p.prison)?.prison ?? me?.grants[0]?.prison ?? ''
}

/** The prisons this person looks into: their own, those granted to inspect, at the bureau every one. */
export function usePrisons(): string[] {
  const me = useMe().data
  const all = useOrganisation().data?.prisons
  const own = me?.postings.find((p) => p.prison)?.prison
  if (own) return [own]
  const granted = me?.grants.map((g) => g.prison) ?? []
  return granted.length > 0 ? [...new Set(granted)] : (all ?? []).map((p) => p.id)
}

/** The one of them that is looked into now; '' until the organisation is known. */
export function usePrison(): string {
  const prisons = usePrisons()
  const chosen = useChosen()
  return prisons.includes(chosen) ? chosen : (prisons[0] ?? '')
}

export function useOrganisation() {
  const queryFn = async () => (await call<Organisation>('/organisation')).data
  return useQuery({ queryKey: ['organisation'], queryFn, staleTime: 300_000 })
}

/** The catalogue: what is kept, and what is no longer. */
export function useCatalogue() {
  const queryFn = async () =>
    (await call<{ ledgers: LedgerHead[]; ended: LedgerHead[] }>('/ledgers')).data
  return useQuery({ queryKey: ['ledgers'], queryFn, staleTime: 60_000 })
}

/** The ledgers that an area had to keep on a day. */
export function useKeptOn(on: string, area: string) {
  const query = { on: on || undefined, area: area || undefined }
  const queryFn = async () =>
    (await call<{ ledgers: LedgerHead[] }>('/ledgers', { query })).data.ledgers
  return useQuery({
    queryKey: ['ledgers', on, area],
    queryFn,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

/** The ledgers that are kept. */
export function useLedgers() {
  const query = useCatalogue()
  return { ...query, data: query.data?.ledgers }
}

/** One version of a type never changes: it is asked for once. */
export const ledgerType = (id: string, version?: number) =>
  queryOptions({
    queryKey: ['type', id, version],
    queryFn: async () => (await call<LedgerType>(`/ledgers/${id}`, { query: { version } })).data,
    staleTime: Number.POSITIVE_INFINITY,
  })

export function useLedgerType(id: string, version?: number) {
  return useQuery({ ...ledgerType(id, version), enabled: id !== '' })
}

export function useEntry(prison: string, id: string) {
  return useQuery({ queryKey: ['entry', prison, id], queryFn: () => getEntry(prison, id) })
}

/**
 * The entry as the server has it now, not as it was read a moment ago: what is made of it once and
 * typed into. Undefined until the server has spoken; while it is away, what was read before.
 */
export function useEntryAnew(prison: string, id: string) {
  const queryFn = () => getEntry(prison, id)
  const query = useQuery({ queryKey: ['entry', prison, id], queryFn, refetchOnMount: 'always' })
  return { ...query, data: query.isFetchedAfterMount ? query.data : undefined }
}

/** Pages of entries by key, one after the other. */
export function useEntries(filter: EntryFilter) {
  return useInfiniteQuery({
    queryKey: ['entries', filter],
    queryFn: ({ pageParam }) => listEntries(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: filter.prison !== '',
  })
}

export function useDuties(prison: string, query: Parameters<typeof listDuties>[1]) {
  return useQuery({
    queryKey: ['duties', prison, query],
    queryFn: () => listDuties(prison, query),
    refetchInterval: 60_000,
    enabled: prison !== '',
  })
}

export function useProgress() {
  const queryFn = async () => (await call<Progress>('/progress')).data
  return useQuery({
    queryKey: ['progress'],
    queryFn,
    refetchInterval: ({ state }) =>
      state.data && !state.data.finished && !state.data.failed ? 2000 : false,
  })
}

export function useScores(prison: string) {
  return useQuery({
    queryKey: ['scores', prison],
    queryFn: () => listScores(prison),
    enabled: prison !== '',
  })
}

export function useScore(prison: string, area: string) {
  return useQuery({ queryKey: ['score', prison, area], queryFn: () => getScore(prison, area) })
}

export function useTrend(prison: string, area: string) {
  return useQuery({ queryKey: ['trend', prison, area], queryFn: () => getTrend(prison, area) })
}

export function useProof(prison: string, area: string, indicator: string) {
  return useInfiniteQuery({
    queryKey: ['proof', prison, area, indicator],
    queryFn: ({ pageParam }) => getProof(prison, area, indicator, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function useSessions() {
  return useQuery({ queryKey: ['sessions'], queryFn: listSessions })
}

export function useFindings(prison: string, area: string) {
  return useQuery({
    queryKey: ['findings', prison, area],
    queryFn: () => listFindings(prison, area),
  })
}

export function useCompleteness(prison: string) {
  return useQuery({
    queryKey: ['completeness', prison],
    queryFn: () => getCompleteness(prison),
    enabled: prison !== '',
  })
}

/** What the catalogue asks for twice, each pair once. */
export function useAskedTwice() {
  return useQuery({
    queryKey: ['overlaps'],
    queryFn: async () => {
      const { ledgers } = (
        await call<{ ledgers: { ledger: string; overlaps: Overlap[] }[] }>('/overlaps')
      ).data
      return ledgers.flatMap(({ ledger, overlaps }) =>
        overlaps.filter((o) => ledger < o.ledger).map((overlap) => ({ ledger, overlap })),
      )
    },
    staleTime: 300_000,
  })
}

export function useCoincidences(prison: string, query: { from: string; to: string }) {
  return useQuery({
    queryKey: ['coincidences', prison, query],
    queryFn: async () =>
      (await call<{ coincidences: Coincidence[] }>(`/prisons/${prison}/coincidences`, { query }))
        .data.coincidences,
    enabled: prison !== '',
  })
}

/** How much of every form nobody types. */
export function useShares() {
  return useQuery({
    queryKey: ['shares'],
    queryFn: async () => (await call<Prefilled>('/shares')).data,
    staleTime: 300_000,
  })
}

export function useBurden(prison: string, query: { from: string; to: string; area: string }) {
  return useQuery({
    queryKey: ['burden', prison, query],
    queryFn: async () =>
      (await call<{ ledgers: Spent[] }>(`/prisons/${prison}/burden`, { query })).data.ledgers,
    enabled: prison !== '',
  })
}

/** By kind of area, or of one area under "area". */
export function useBurdenHistory(prison: string, area: string) {
  return useQuery({
    queryKey: ['burden history', prison, area],
    queryFn: async () =>
      (
        await call<{ kinds: Record<string, BurdenHistory> }>(`/prisons/${prison}/burden/history`, {
          query: { area },
        })
      ).data.kinds,
    enabled: prison !== '',
  })
}

export function useLog(prison: string) {
  return useQuery({
    queryKey: ['log', prison],
    queryFn: () => getLog(prison),
    enabled: prison !== '',
  })
}
