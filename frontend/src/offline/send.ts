import type { Evidence, Outcome, Pin } from '../api/model'
import { isProblem, ProblemError } from '../api/problem'
import { overruled } from '../entry/pins'
import type { Doc } from '../schema/types'
import { digestOf, type Written } from './chain'
import { keyOf, type LocalFile, type Work, type Works } from './work'

/** The routes that sending uses, each repeatable under its key. */
export interface Wire {
  create: (work: Work, key: string) => Promise<Outcome>
  /** unseen: whoever typed it saw nothing of what the sources say. */
  save: (work: Work, etag: number, unseen: boolean, key: string) => Promise<Outcome>
  /** The shared fields of the draft; undefined where there is none any more. */
  pins: (work: Work) => Promise<Pin[] | undefined>
  begin: (work: Work, file: LocalFile, key: string) => Promise<string>
  received: (work: Work, upload: string) => Promise<number>
  part: (work: Work, upload: string, at: number, bytes: Blob) => Promise<Evidence | undefined>
  submit: (work: Work, etag: number, written: Written, key: string) => Promise<Outcome>
  branch: (work: Work, written: Written, key: string) => Promise<Outcome>
}

const partSize = 1 << 20

/** The entry went on without this computer. */
class WentOn extends Error {}

/**
 * Why a run ended: everything is sent, the server is away or has too much to do, something failed at the
 * server or on this computer and is tried again at the next run, or somebody has to sign in.
 */
export type Run = 'done' | 'away' | 'busy' | 'failed' | 'signed-out'

/** How an error ends the whole run; undefined where it concerns only what was being sent. */
export function endOf(error: unknown): Run | undefined {
  if (!isProblem(error)) return undefined
  if (error.status === 401 || error.code === 'cross_site') return 'signed-out'
  if (error.status === 0) return 'away'
  return [429, 503].includes(error.status) ? 'busy' : undefined
}

/**
 * Sends what waits, in the order it was queued: draft, files, submission. Every step is the same again
 * under the same key, so a crash anywhere costs a repetition and nothing else; and nothing is called
 * delivered before the server has named the digests of the document and of every file.
 */
export class Sender {
  #running: Promise<Run> | undefined

  constructor(
    readonly works: Works,
    readonly wire: Wire,
  ) {}

  /** One run at a time; another call waits for the one under way. */
  run(): Promise<Run> {
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #all(): Promise<Run> {
    // Left for the next run: it must not hold up the rest.
    const failed = new Set<string>()
    for (;;) {
      const waiting = (await this.works.list()).filter(
        (w) => w.state === 'waiting' && !failed.has(w.id),
      )
      const next = waiting.sort((a, b) => a.queuedAt - b.queuedAt)[0]
      if (!next) return failed.size > 0 ? 'failed' : 'done'
      try {
        await this.#send(next)
      } catch (error) {
        const end = endOf(error)
        if (end) return end
        if (!(await this.#refused(next.id, error))) failed.add(next.id)
      }
    }
  }

  /** Gives back to the person what the server will not take; false for every other failure. */
  async #refused(id: string, error: unknown): Promise<boolean> {
    if (!isProblem(error) || error.status >= 500) return false
    const { code, message, errors } = error
    return this.#reached(id, { state: 'refused', problem: { code, message, errors } })
  }

  /** Changes what is stored now: somebody may have typed on meanwhile, or another window delivered it. */
  async #keep(id: string, change: Partial<Work>) {
    if (!(await this.works.get(id))) return
    await this.works.change(id, (work) =>
      work.state === 'delivered' ? work : { ...work, ...change },
    )
  }

  /**
   * Notes how far it is, where there is room: without the note a repetition takes the same steps under
   * the same keys, and a full disk is only emptied by sending. Says whether there was.
   */
  async #reached(id: string, change: Partial<Work>): Promise<boolean> {
    return this.#keep(id, change).then(
      () => true,
      () => false,
    )
  }

  async #send(start: Work) {
    let work = start
    try {
      work = await this.#draft(work)
      work = await this.#files(work)
      if (work.wants === 'submit') await this.#submit(work)
    } catch (error) {
      if (!(error instanceof WentOn)) throw error
      await this.#branch(work)
      return
    }
    await this.#delivered(work)
  }

  /** Saves the draft over the one it was typed over, begun first if it is not there. */
  async #draft(start: Work): Promise<Work> {
    const document = digestOf(start.doc)
    if (start.saved?.document === document) return start
    let work = start
    if (work.begun) {
      const { entry } = await this.wire.create(work, keyOf(work.id, 'create'))
      if (entry.version !== work.version) throw new WentOn('another version of the ledger')
      // Not stored before the draft is: a repetition begins here again, by the same key.
      work = { ...work, begun: false, etag: entry.etag }
    }
    const { etag, retaken } = await this.#save(work, document, start.begun && !start.pins)
    const saved = {
      begun: false,
      etag,
      saved: { etag, document },
      ...(await this.#told(work, retaken)),
    }
    await this.#reached(work.id, saved)
    return { ...work, ...saved }
  }

  async #save(
    work: Work,
    document: string,
    unseen: boolean,
  ): Promise<{ etag: number; retaken: boolean }> {
    try {
      const key = keyOf(work.id, 'save', String(work.etag), document)
      const { entry, received, retaken } = await this.wire.save(work, work.etag, unseen, key)
      if (received?.document !== document) throw differs()
      return { etag: entry.etag, retaken }
    } catch (error) {
      if (!isProblem(error)) throw error
      // Our own save, made under another key before a crash.
      if (error.status === 412 && error.members.arrived === document)
        return { etag: Number(error.members.etag), retaken: true }
      throw wentOn(error)
    }
  }

  /** What the sources say of it, where that is not what was known here; and where it is not what was typed. */
  async #told(work: Work, retaken: boolean): Promise<Pick<Work, 'pins' | 'overruled'>> {
    const pins = retaken ? await this.wire.pins(work) : undefined
    if (!pins) return { pins: work.pins, overruled: undefined }
    return { pins, overruled: overruled(work.doc, work.pins ?? [], pins) }
  }

  async #files(start: Work): Promise<Work> {
    let work = start
    for (const file of start.files) {
      if (file.confirmed) continue
      const bytes = await this.works.bytes(work, file)
      if (!bytes) throw new ProblemError(422, 'bytes_gone', file.name)
      try {
        await this.#upload(work, file, bytes)
      } catch (error) {
        throw isProblem(error) ? wentOn(error) : error
      }
      work = await this.#note(work, file.id, { sent: file.size, confirmed: true })
    }
    return work
  }

  async #upload(work: Work, file: LocalFile, bytes: Blob): Promise<void> {
    const key = keyOf(work.id, 'upload', file.id, String(file.round))
    const upload = await this.wire.begin(work, file, key)
    let at: number
    try {
      at = await this.wire.received(work, upload)
    } catch (error) {
      // Nobody went on with it for a day and the server swept it: begun anew, once.
      if (!isProblem(error) || error.status !== 404 || file.round > 2) throw error
      const again = { ...file, round: file.round + 1, sent: 0 }
      return this.#upload(await this.#note(work, file.id, again), again, bytes)
    }
    for (;;) {
      const part = bytes.slice(at, at + partSize)
      let done: Evidence | undefined
      try {
        done = await this.wire.part(work, upload, at, part)
        at += part.size
      } catch (error) {
        // Another window sends it too, where the browser has no locks: on from what has arrived.
        if (!isProblem(error, 'offset_mismatch') || !(Number(error.members.received) > at))
          throw error
        at = Number(error.members.received)
        continue
      }
      if (done) {
        if (done.sha256 !== file.sha256) throw differs()
        return
      }
      if (part.size === 0) throw differs()
      await this.#note(work, file.id, { sent: at })
    }
  }

  async #note(work: Work, file: string, change: Partial<LocalFile>): Promise<Work> {
    const files = work.files.map((f) => (f.id === file ? { ...f, ...change } : f))
    await this.#reached(work.id, { files })
    return { ...work, files }
  }

  async #submit(work: Work) {
    const written = writtenOf(work)
    const key = keyOf(
      work.id,
      'submit',
      String(work.etag),
      work.reason,
      written.saves.at(-1)?.link ?? '',
    )
    let outcome: Outcome
    try {
      outcome = await this.wire.submit(work, work.etag, written, key)
    } catch (error) {
      throw isProblem(error) ? wentOn(error) : error
    }
    const { received } = outcome
    const there = (f: LocalFile) =>
      received?.files.some((r) => r.id === f.id && r.sha256 === f.sha256)
    if (received?.document !== digestOf(work.doc) || !work.files.every(there)) throw differs()
  }

  /** Both versions are kept: files that still can go to the draft do, the document goes beside it. */
  async #branch(start: Work) {
    let work = start
    try {
      work = await this.#files(work)
    } catch (error) {
      // An entry that is no draft any more takes no file; it stays here and is shown so.
      if (!(error instanceof WentOn)) throw error
    }
    const written = writtenOf(work)
    const key = keyOf(work.id, 'branch', String(work.etag), written.saves.at(-1)?.link ?? '')
    const { received } = await this.wire.branch(work, written, key)
    if (received?.document !== digestOf(work.doc)) throw differs()
    await this.#keep(work.id, { state: 'branched', begun: false, problem: undefined })
  }

  /** What has arrived need not lie here: only that it did is shown for a while, where there is room. */
  async #delivered(work: Work) {
    const stored = await this.works.get(work.id)
    // Typed on while it was sent: that is not delivered.
    if (stored?.state !== 'waiting' || stored.saves.at(-1)?.link !== work.saves.at(-1)?.link) return
    await this.works.remove(work)
    const gone = { doc: {} as Doc, saves: [], pins: undefined }
    await this.works.put({ ...work, ...gone, state: 'delivered' }).catch(() => {})
  }
}

function writtenOf(work: Work): Written {
  return { anchor: work.anchor, saves: work.saves, files: work.files.map((f) => f.sha256) }
}

function wentOn(error: ProblemError): Error {
  const on = error.status === 412 || ['state_forbids', 'version_moved'].includes(error.code)
  if (on) return new WentOn(error.code)
  return error
}

function differs(): ProblemError {
  return new ProblemError(422, 'digest_differs', '')
}
