import type {
  DutyList,
  Entry,
  EntryPage,
  EntryView,
  LedgerHead,
  Me,
  Organisation,
} from '../api/model'
import { local } from './store'

/**
 * Answers of the server that filling needs while it is away, by person. What no rule names is never
 * kept; of what is kept, nothing is shown once it is older than a day.
 */
const oldest = 24 * 3600_000

interface Rule {
  path: RegExp
  /** What is kept of the answer; undefined for nothing. */
  part: (data: unknown) => unknown
}

const all = (data: unknown) => data

const rules: Rule[] = [
  { path: /^\/organisation$/, part: (data) => own(data as Organisation) },
  { path: /^\/ledgers(\/[\w-]+)?(\?version=\d+)?$/, part: all },
  {
    path: /^\/prisons\/[\w-]+\/duties\?/,
    part: (data) => {
      const list = data as DutyList
      // Whom nothing was filed about is not left on a computer.
      return { ...list, duties: list.duties.map((d) => ({ ...d, missing: undefined })) }
    },
  },
  { path: /^\/prisons\/[\w-]+\/areas\/[\w-]+\/lookups$/, part: all },
  {
    path: /^\/prisons\/[\w-]+\/entries\?.*mine=true/,
    part: (data) => {
      const page = data as EntryPage
      return { ...page, entries: page.entries.filter(mayStay), next: null }
    },
  },
  {
    path: /^\/prisons\/[\w-]+\/entries\/[\w-]+$/,
    part: (data) => {
      const view = data as EntryView
      return view.draft && view.entry.author === me?.person && mayStay(view.entry)
        ? view
        : undefined
    },
  },
]

let me: Me | undefined
/** Types whose material may lie on this computer: not L3, unless the type says so. */
let stays: ReadonlySet<string> = new Set()

function mayStay(entry: Entry): boolean {
  return entry.level !== 'L3' || stays.has(entry.ledger)
}

export function ledgerMayStay(head: Pick<LedgerHead, 'sensitivity' | 'offline'>): boolean {
  return head.sensitivity !== 'L3' || head.offline
}

function own(all: Organisation): Organisation {
  const mine = new Set(me?.postings.map((p) => p.prison))
  return { ...all, prisons: all.prisons.filter((p) => mine.has(p.id)) }
}

/** The person whose computer this is now; '' before anybody is known. */
export function owner(): string {
  return me?.person ?? ''
}

// Who was signed in last is asked before anybody is known: it lies under no person.
const device = ''

/** Called with every answer to a GET. Keeping is a help, never a condition. */
export async function keepAnswer(address: string, data: unknown) {
  try {
    if (address === '/session') {
      me = data as Me
      await local.put(device, 'signed-in', '', { ...me, csrf_token: '' })
      return
    }
    if (address === '/ledgers') {
      const { ledgers } = data as { ledgers: LedgerHead[] }
      stays = new Set(ledgers.filter((l) => l.offline).map((l) => l.id))
    }
    if (!me) return
    const rule = rules.find((r) => r.path.test(address))
    const part = rule?.part(data)
    if (part !== undefined) await local.put(me.person, 'answer', address, part)
  } catch {
    // No IndexedDB, or it is full: the page then works while the server does.
  }
}

/** What was kept of an address; undefined if nothing, or if it is too old. */
export async function keptAnswer(address: string): Promise<unknown> {
  try {
    if (address === '/session') {
      me ??= await local.get<Me>(device, 'signed-in', '')
      return me
    }
    if (!me) return undefined
    return await local.fresh(me.person, 'answer', address, oldest)
  } catch {
    return undefined
  }
}

/** The session is over: what others may not read goes, what was written here and not sent stays. */
export async function forgetAnswers(whose?: string) {
  const person = whose ?? me?.person ?? (await local.get<Me>(device, 'signed-in', ''))?.person
  me = undefined
  await local.remove(device, 'signed-in', '')
  if (person) await local.clear(person, 'answer')
}

/** How much of a person lies on this computer alone: entries not delivered, batches, words of
 * drafts, looks of a check that were not sent. */
export async function onlyHere(person: string): Promise<number> {
  try {
    const works = await local.list<{ state: string }>(person, 'work')
    const rest = await Promise.all(
      ['batch', 'draft', 'look', 'typed'].map((kind) => local.list(person, kind)),
    )
    return works.filter((w) => w.value.state !== 'delivered').length + rest.flat().length
  } catch {
    return 0 // no IndexedDB: nothing is kept
  }
}

/** Signing out removes everything of the person from this computer. */
export async function forgetAll(person: string) {
  await forgetAnswers()
  await local.clear(person)
}

/** Throws out what is too old, at each start. */
export async function forgetOld(person: string) {
  for (const { id, at } of await local.list(person, 'answer')) {
    if (Math.abs(Date.now() - at) > oldest) await local.remove(person, 'answer', id)
  }
}
