import { useQuery } from '@tanstack/react-query'
import type { Doc } from '../schema/types'
import { call } from './http'
import type {
  Consolidation,
  LedgerVersion,
  Proposal,
  ProposalContent,
  ProposalReport,
  RefusedInstall,
  Verdict,
} from './model'

export function useConsolidation() {
  const queryFn = async () => (await call<Consolidation>('/consolidation')).data
  return useQuery({ queryKey: ['consolidation'], queryFn, staleTime: 300_000 })
}

/** The proposals of a prison, and what the reader may propose. */
export interface ProposalList {
  /** All that are open, the longest waiting first, then the newest that are over. */
  proposals: Proposal[]
  /** Older ones that are over and not listed. */
  more: number
  ledgers: string[]
  departments: string[]
  /** Files of ledgers that the gate kept out; they belong to the province. */
  refused_installs: RefusedInstall[]
}

export function useProposals(prison: string) {
  const queryFn = async () => (await call<ProposalList>(`/prisons/${prison}/proposals`)).data
  return useQuery({ queryKey: ['proposals', prison], queryFn, enabled: prison !== '' })
}

export function useProposal(prison: string, id: string) {
  const queryFn = async () => (await call<Proposal>(`/prisons/${prison}/proposals/${id}`)).data
  return useQuery({ queryKey: ['proposal', prison, id], queryFn })
}

export function useVersions(ledger: string) {
  const queryFn = async () =>
    (await call<{ versions: LedgerVersion[] }>(`/ledgers/${ledger}/versions`)).data.versions
  return useQuery({ queryKey: ['versions', ledger], queryFn, enabled: ledger !== '' })
}

export async function tryProposal(prison: string, body: ProposalContent): Promise<ProposalReport> {
  const path = `/prisons/${prison}/proposals/try`
  return (await call<ProposalReport>(path, { method: 'POST', body })).data
}

/** Judges documents by files that are not published, in their order. */
export async function benchProposal(
  prison: string,
  files: { schema: unknown; definition: unknown; form: unknown },
  documents: Doc[],
  signal: AbortSignal,
): Promise<Verdict[]> {
  const body = {
    schema: JSON.stringify(files.schema),
    definition: JSON.stringify(files.definition),
    form: JSON.stringify(files.form),
    samples: documents.map((body) => ({ body })),
  }
  const path = `/prisons/${prison}/proposals/bench`
  return (await call<{ verdicts: Verdict[] }>(path, { method: 'POST', body, signal })).data.verdicts
}

export async function propose(
  prison: string,
  body: ProposalContent,
  key: string,
): Promise<Proposal> {
  const path = `/prisons/${prison}/proposals`
  return (await call<Proposal>(path, { method: 'POST', body, idempotencyKey: key })).data
}

export async function decideProposal(
  p: Proposal,
  verdict: 'approve' | 'refuse' | 'withdraw',
  comment: string,
  key: string,
): Promise<Proposal> {
  const path = `/prisons/${p.prison}/proposals/${p.id}/decision`
  const body = { verdict, comment, digest: p.digest }
  return (await call<Proposal>(path, { method: 'POST', body, idempotencyKey: key })).data
}
