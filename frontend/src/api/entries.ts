import type { Doc } from '../schema/types'
import { call, newKey } from './http'
import type {
  Action,
  BulkResult,
  Checked,
  Entry,
  EntryPage,
  EntryState,
  EntryView,
  Outcome,
  Remark,
} from './model'

/** What a list of entries is restricted to and ordered by. */
export interface EntryFilter {
  prison: string
  inbox?: boolean
  mine?: boolean
  area?: string
  ledger?: string
  state?: EntryState[]
  from?: string
  to?: string
  q?: string
  /** Conditions on fields, as pointer=value. */
  field?: string[]
  sort?: 'changed_at' | 'occurred_at' | 'resubmitted_at'
  order?: 'asc' | 'desc'
  limit?: number
}

const at = (entry: { prison: string; id: string }) => `/prisons/${entry.prison}/entries/${entry.id}`

export async function listEntries(filter: EntryFilter, after?: string): Promise<EntryPage> {
  const { prison, inbox, mine, ...rest } = filter
  const path = `/prisons/${prison}/${inbox ? 'inbox' : 'entries'}`
  return (await call<EntryPage>(path, { query: { ...rest, mine: mine || undefined, after } })).data
}

export async function getEntry(prison: string, id: string): Promise<EntryView> {
  return (await call<EntryView>(at({ prison, id }))).data
}

export async function createEntry(
  prison: string,
  area: string,
  ledger: string,
  key: string,
  /** Its own identity, made here; a time of the period it is begun for: a locked one is refused at once. */
  more: { id?: string; period?: string } = {},
): Promise<Outcome> {
  const body = { id: more.id, ledger, area, for: more.period }
  return (
    await call<Outcome>(`/prisons/${prison}/entries`, { method: 'POST', body, idempotencyKey: key })
  ).data
}

export async function nilReturn(
  prison: string,
  area: string,
  ledger: string,
  at: string,
  key: string,
): Promise<Outcome> {
  const body = { ledger, area, at }
  return (
    await call<Outcome>(`/prisons/${prison}/nil-returns`, {
      method: 'POST',
      body,
      idempotencyKey: key,
    })
  ).data
}

/** Saves the draft over the etag; resolves with the new one, and whether the shared fields were taken anew. */
export async function saveDraft(
  prison: string,
  id: string,
  etag: number,
  doc: Doc,
): Promise<{ etag: number; retaken: boolean }> {
  const path = `${at({ prison, id })}/draft`
  const { data } = await call<Outcome>(path, {
    method: 'PUT',
    body: doc,
    ifMatch: etag,
    idempotencyKey: newKey(),
  })
  return { etag: data.entry.etag, retaken: data.retaken }
}

export async function discard(prison: string, id: string, etag: number, key: string) {
  await call(`${at({ prison, id })}/draft`, {
    method: 'DELETE',
    ifMatch: etag,
    idempotencyKey: key,
  })
}

/** The server's rules and computed fields for a document; changes nothing. */
export async function checkDraft(
  prison: string,
  id: string,
  doc: Doc,
  signal: AbortSignal,
): Promise<Checked> {
  const path = `${at({ prison, id })}/check`
  return (await call<Checked>(path, { method: 'POST', body: doc, signal })).data
}

export async function submit(
  prison: string,
  id: string,
  etag: number,
  said: { reason: string; effort: { seconds: number; keystrokes: number } },
  key: string,
): Promise<Outcome> {
  const path = `${at({ prison, id })}/submit`
  return (
    await call<Outcome>(path, {
      method: 'POST',
      body: said,
      ifMatch: etag,
      idempotencyKey: key,
    })
  ).data
}

export async function reopen(
  entry: Entry,
  action: Extract<Action, 'withdraw' | 'revise' | 'amend'>,
  key: string,
): Promise<Outcome> {
  const options = { method: 'POST', ifMatch: entry.etag, idempotencyKey: key } as const
  return (await call<Outcome>(`${at(entry)}/${action}`, options)).data
}

/** Ends a branch: by the document put together from both, or without one and with a reason. */
export async function resolveBranch(
  entry: Pick<Entry, 'prison' | 'id' | 'etag'>,
  branch: string,
  body: { body?: Doc; reason?: string },
  key: string,
): Promise<Outcome> {
  const options = { method: 'POST', body, ifMatch: entry.etag, idempotencyKey: key } as const
  return (await call<Outcome>(`${at(entry)}/branches/${branch}/resolution`, options)).data
}

/** Takes the shared fields of a draft anew from their sources. */
export async function retakeSources(entry: Entry, key: string): Promise<Outcome> {
  const options = { method: 'POST', ifMatch: entry.etag, idempotencyKey: key } as const
  return (await call<Outcome>(`${at(entry)}/sources`, options)).data
}

/** What a decider says, bound to the digest of what was shown. */
export interface Judgement {
  digest: string
  comment: string
  remarks: Remark[]
}

export async function decide(
  entry: Entry,
  verdict: Extract<Action, 'approve' | 'return' | 'ask_void' | 'void' | 'refuse_void'>,
  body: Judgement,
  key: string,
): Promise<Outcome> {
  return (
    await call<Outcome>(`${at(entry)}/${verdict}`, { method: 'POST', body, idempotencyKey: key })
  ).data
}

/** The server takes so many in one act. */
const maxBulk = 500

export async function approveAll(entries: Entry[], key: string): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  for (let i = 0; i < entries.length; i += maxBulk) {
    const items = entries.slice(i, i + maxBulk).map((e) => ({ entry: e.id, digest: e.digest }))
    const { data } = await call<{ results: BulkResult[] }>(
      `/prisons/${entries[0]!.prison}/approvals`,
      {
        method: 'POST',
        body: { items },
        idempotencyKey: `${key}${i}`,
      },
    )
    results.push(...data.results)
  }
  return results
}
