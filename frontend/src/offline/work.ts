import type { Pin } from '../api/model'
import { type FieldError, ProblemError } from '../api/problem'
import { i18n } from '../i18n'
import type { Change } from '../schema/diff'
import type { Doc } from '../schema/types'
import { chained, digestOf, type Save } from './chain'
import { sha256 } from './sha256'
import { local } from './store'

/** One file attached on this computer; its bytes lie beside it under kind 'bytes'. */
export interface LocalFile {
  id: string
  name: string
  slot: string
  type: string
  size: number
  sha256: string
  /** How much the server has. */
  sent: number
  /** The server named the same digest. */
  confirmed: boolean
  /** How often the upload was begun: the server forgets one that nobody went on with. */
  round: number
}

/**
 * editing    being filled, only here
 * waiting    to be sent
 * refused    the server found something wrong: back to the person
 * branched   the entry went on meanwhile: both versions are at the server, a person resolves there
 * delivered  the server named every digest
 */
export type WorkState = 'editing' | 'waiting' | 'refused' | 'branched' | 'delivered'

/** An entry as it is filled on this computer. Its id is that of the entry, chosen here if need be. */
export interface Work {
  id: string
  prison: string
  area: string
  ledger: string
  version: number
  /** The server does not have it yet. */
  begun: boolean
  /** Of the server's draft it was typed over; 0 where there was none. */
  etag: number
  doc: Doc
  /** A time of the period it was begun for. */
  period?: string
  /** The shared fields as the server last said; undefined where it has not been asked. */
  pins?: Pin[]
  /** Where its sources put something else than was typed, since it was last saved at the server. */
  overruled?: Change[]
  /** The draft as the server last confirmed it from here: it is not sent again. */
  saved?: { etag: number; document: string }
  files: LocalFile[]
  anchor: string
  saves: Save[]
  wants: 'draft' | 'submit'
  reason: string
  state: WorkState
  problem?: { code: string; message: string; errors: FieldError[] }
  queuedAt: number
  changedAt: number
}

type Start = Pick<
  Work,
  'id' | 'prison' | 'area' | 'ledger' | 'version' | 'begun' | 'etag' | 'doc' | 'period' | 'pins'
>

/** UUID version 7, without crypto.randomUUID: plain HTTP has none. */
export function newId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * The Idempotency-Key of a step: made of what is sent, so that it is the same after a crash at any
 * point, and another one once the content is.
 */
export function keyOf(...parts: string[]): string {
  return sha256(parts.join('\n')).slice('sha256:'.length, 'sha256:'.length + 40)
}

/** So much one computer keeps: browsers give a site a share of the disk and may take it back. */
export const limits = { file: 20 << 20, all: 200 << 20 }

/** After so many saves the chain grows once a minute; the server takes 800. */
const dense = 300
const sparse = 60_000

const listeners = new Set<() => void>()

/** The other windows of this browser show the same: they hear of each change too. */
const windows = new BroadcastChannel('taizhang-work')
windows.onmessage = tell

function tell() {
  for (const listener of listeners) listener()
}

function changed() {
  tell()
  windows.postMessage('')
}

/** What one person has on this computer. */
export class Works {
  constructor(
    readonly owner: string,
    readonly now: () => number = Date.now,
  ) {}

  /** Called after each change, in whichever window of this browser. */
  static subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

  /** Where the browser does not let it be kept, such as on a full disk, the ProblemError not_kept says so. */
  async put(work: Work) {
    await local.put(this.owner, 'work', work.id, work).catch(() => {
      throw new ProblemError(507, 'not_kept', i18n.t('offline.notKept'))
    })
    changed()
  }

  async get(id: string): Promise<Work | undefined> {
    return local.get<Work>(this.owner, 'work', id)
  }

  async list(): Promise<Work[]> {
    const all = await local.list<Work>(this.owner, 'work')
    return all.map((one) => one.value).sort((a, b) => b.changedAt - a.changedAt)
  }

  async remove(work: Work) {
    await this.#only(work.id)
    for (const file of work.files) await local.remove(this.owner, 'bytes', `${work.id} ${file.id}`)
    await local.remove(this.owner, 'work', work.id)
    changed()
  }

  async bytes(work: Pick<Work, 'id'>, file: Pick<LocalFile, 'id'>): Promise<Blob | undefined> {
    return local.get<Blob>(this.owner, 'bytes', `${work.id} ${file.id}`)
  }

  /**
   * Begins one. The chain begins with the newest anchor this computer was given. Where the browser keeps
   * nothing it is the problem not_kept, which says what to do.
   */
  async begin(start: Start): Promise<Work> {
    try {
      return await this.#begin(start)
    } catch {
      throw new ProblemError(0, 'not_kept', i18n.t('offline.cannotBegin'))
    }
  }

  async #begin(start: Start): Promise<Work> {
    const anchor = (await local.get<{ token: string }>(this.owner, 'anchor', ''))?.token ?? ''
    const work: Work = {
      ...start,
      files: [],
      anchor,
      saves: [],
      wants: 'draft',
      reason: '',
      state: 'editing',
      queuedAt: 0,
      changedAt: this.now(),
    }
    await this.put(work)
    return work
  }

  /** From here on this is the one copy: what the form kept while the server answered is behind it. */
  async #only(id: string) {
    await local.remove(this.owner, 'draft', id)
  }

  /** Changes what is stored now, one change at a time: a file and a key press may come together. */
  change(id: string, change: (work: Work) => Work): Promise<Work> {
    return alone(async () => {
      const work = await this.get(id)
      if (!work) throw new Error(`nothing of ${id} is kept here`)
      const changed = change(work)
      await this.put(changed)
      return changed
    })
  }

  /** One local save. A page that closes saves once more what it handed over: that stays queued. */
  async save(id: string, doc: Doc): Promise<Work> {
    const queued = (work: Work) =>
      work.state === 'waiting' && work.saves.at(-1)?.document === digestOf(doc)
    const work = await this.change(id, (w) => (queued(w) ? w : this.#saved(w, doc, false)))
    await this.#only(id)
    return work
  }

  /** last: the chain must end with exactly this. */
  #saved(work: Work, doc: Doc, last: boolean): Work {
    const at = this.now()
    const before = work.saves.at(-1)
    const due = work.saves.length < dense || at - Date.parse(before!.at) >= sparse
    const digests = work.files.map((f) => f.sha256)
    const saves = due || last ? chained(work.anchor, work.saves, at, doc, digests) : work.saves
    const since = { state: 'editing', problem: undefined, overruled: undefined } as const
    return { ...work, doc, saves, ...since, changedAt: at }
  }

  /** Hands it over for sending; before this nothing leaves by itself. */
  async queue(id: string, doc: Doc, wants: Work['wants'], reason: string): Promise<Work> {
    const work = await this.change(id, (w) => {
      const saved = this.#saved(w, doc, true)
      return { ...saved, wants, reason, state: 'waiting', queuedAt: this.now() }
    })
    await this.#only(id)
    return work
  }

  /** Keeps a file. Bytes first: a file that is named is there. */
  async attach(id: string, file: LocalFile, bytes: Blob) {
    await local.put(this.owner, 'bytes', `${id} ${file.id}`, bytes)
    await this.change(id, (w) => ({ ...w, files: [...w.files, file], changedAt: this.now() }))
  }

  async detach(id: string, file: string) {
    await this.change(id, (w) => ({ ...w, files: w.files.filter((f) => f.id !== file) }))
    await local.remove(this.owner, 'bytes', `${id} ${file}`)
  }

  /** How many bytes of files lie here. */
  async weight(): Promise<number> {
    return (await this.list()).flatMap((w) => w.files).reduce((sum, f) => sum + f.size, 0)
  }
}

let last: Promise<unknown> = Promise.resolve()

/** One after the other: in all windows where the browser can, else in this one. */
function alone<T>(act: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request('taizhang-work', act) as Promise<T>
  const mine = last.then(act, act)
  last = mine.catch(() => {})
  return mine
}
