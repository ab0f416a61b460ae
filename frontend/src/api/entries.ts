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
  Moved,
  Outcome,
  Remark,
} from './model'
import { isProblem } from './problem'

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
  const { data } = await call<EntryView>(at({ prison, id }))
  // An answer that was kept before an update lacks what is new since.
  return { ...data, names: data.names ?? {}, voids: data.voids ?? [] }
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

/**
 * Saves what was typed under a version of the ledger over the etag; resolves with the new one, and whether
 * the shared fields were taken anew. Where the draft has moved to another version: version_moved.
 */
export async function saveDraft(
  entry: Pick<Entry, 'prison' | 'id' | 'etag' | 'version'>,
  doc: Doc,
  key = newKey(),
): Promise<{ etag: number; retaken: boolean }> {
  const { etag, version } = entry
  const { data } = await call<Outcome>(`${at(entry)}/draft`, {
    method: 'PUT',
    query: { version },
    body: doc,
    ifMatch: etag,
    idempotencyKey: key,
  })
  return { etag: data.entry.etag, retaken: data.retaken }
}

/** What was typed under a version as the draft's version takes it: the server refuses it and says so. */
export async function typedUnder(version: number, doc: Doc, entry: Entry): Promise<Moved> {
  if (version === entry.version) return { body: doc, dropped: [], held: [] }
  try {
    await saveDraft({ ...entry, version }, doc)
  } catch (error) {
    if (isProblem(error, 'version_moved')) return error.members.moved as Moved
    throw error
  }
  throw new Error(`${entry.id} is not of version ${entry.version}`)
}

/** Begins a new entry of the same ledger and area with what was typed for another, under one key. */
export async function beginAnew(
  of: Pick<Entry, 'prison' | 'area' | 'ledger'>,
  version: number,
  doc: Doc,
  key: string,
): Promise<{ entry: Entry; moved: Moved }> {
  const { entry } = await createEntry(of.prison, of.area, of.ledger, key)
  const moved = await typedUnder(version, doc, entry)
  await saveDraft(entry, moved.body, `${key}-body`)
  return { entry, moved }
}

/** Throws the draft away; a reason is asked of what was submitted before. */
export async function discard(prison: string, id: string, etag: number, key: string, reason = '') {
  await call(`${at({ prison, id })}/discard`, {
    method: 'POST',
    body: { reason },
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
  verdict: Extract<
    Action,
    'approve' | 'return' | 'ask_void' | 'void' | 'refuse_void' | 'withdraw_void'
  >,
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
