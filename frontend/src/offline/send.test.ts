import 'fake-indexeddb/auto'
import { Blob as PlainBlob } from 'node:buffer'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEntry } from '../api/entries'
import type { Evidence, Outcome, Pin } from '../api/model'
import { ProblemError } from '../api/problem'
import type { Doc } from '../schema/types'
import { chained, digestOf } from './chain'
import { forgetOld, onlyHere } from './kept'
import { Sender, type Wire } from './send'
import { Sha256, sha256 } from './sha256'
import { local } from './store'
import { wire } from './wire'
import { keyOf, newId, type Work, Works } from './work'

/** A server that keeps one prison's entries by the rules of the real one: keys, etags, states, digests. */
class House {
  entries = new Map<string, { etag: number; doc: Doc; state: string; files: Map<string, string> }>()
  uploads = new Map<string, { entry: string; size: number; bytes: number[] }>()
  answers = new Map<string, unknown>()
  branches: Doc[] = []
  calls: string[] = []
  /** The call with this number is carried out, and then its answer is lost. */
  loseAfter = -1
  /** The call with this number never arrives. */
  away = -1
  version = 1
  lies = false
  /** What the source says of a shared field, from the next save on. */
  pins: Pin[] = []
  unseen: boolean[] = []

  async once<T>(name: string, key: string, act: () => T): Promise<T> {
    const n = this.calls.push(name)
    if (n === this.away) throw new ProblemError(0, 'unreachable', '')
    if (!this.answers.has(key) || key === '') this.answers.set(key, act())
    const answer = this.answers.get(key) as T
    if (n === this.loseAfter) throw new ProblemError(0, 'unreachable', '')
    return answer
  }

  outcome(id: string): Outcome {
    const e = this.entries.get(id)!
    const files = [...e.files].map(([file, sum]) => ({ id: file, sha256: sum }))
    const received = { document: this.lies ? 'sha256:0' : digestOf(e.doc), files }
    const entry = { id, etag: e.etag, version: this.version }
    return { entry, warnings: [], received, retaken: false } as never
  }

  open(id: string, etag: number) {
    const e = this.entries.get(id)
    if (!e) throw new ProblemError(404, 'not_found', '')
    if (etag !== e.etag)
      throw new ProblemError(412, 'changed_meanwhile', '', [], '', {
        etag: e.etag,
        current: e.doc,
        arrived: digestOf(e.doc),
      })
    if (e.state !== 'draft') throw new ProblemError(409, 'state_forbids', '')
    return e
  }

  wire: Wire = {
    create: (work, key) =>
      this.once('create', key, () => {
        if (this.entries.has(work.id)) throw new ProblemError(409, 'id_taken', '')
        this.entries.set(work.id, { etag: 1, doc: {}, state: 'draft', files: new Map() })
        return this.outcome(work.id)
      }),
    save: (work, etag, unseen, key) =>
      this.once('save', key, () => {
        const e = this.open(work.id, etag)
        this.unseen.push(unseen)
        e.doc = work.doc
        e.etag++
        return { ...this.outcome(work.id), retaken: this.pins.length > 0 }
      }),
    pins: () => this.once('pins', '', () => this.pins),
    begin: (work, file, key) =>
      this.once('begin', key, () => {
        if (this.entries.get(work.id)?.state !== 'draft')
          throw new ProblemError(409, 'state_forbids', '')
        this.uploads.set(file.id, { entry: work.id, size: file.size, bytes: [] })
        return file.id
      }),
    received: (_, id) =>
      this.once('received', '', () => {
        const upload = this.uploads.get(id)
        if (!upload) throw new ProblemError(404, 'not_found', '')
        return upload.bytes.length
      }),
    part: async (_, id, at, bytes) => {
      const raw = new Uint8Array(await bytes.arrayBuffer())
      return this.once('part', '', () => {
        const upload = this.uploads.get(id)!
        const received = upload.bytes.length
        if (at !== received)
          throw new ProblemError(409, 'offset_mismatch', '', [], '', { received })
        upload.bytes = upload.bytes.concat([...raw])
        if (upload.bytes.length < upload.size) return undefined
        const sum = new Sha256().update(Uint8Array.from(upload.bytes)).digest()
        this.entries.get(upload.entry)!.files.set(id, sum)
        return { id, sha256: sum } as Evidence
      })
    },
    submit: (work, etag, _, key) =>
      this.once('submit', key, () => {
        const e = this.open(work.id, etag)
        if (e.doc.bad) throw new ProblemError(422, 'invalid_document', 'no')
        e.state = 'submitted'
        e.etag++
        return this.outcome(work.id)
      }),
    branch: (work, _, key) =>
      this.once('branch', key, () => {
        this.branches.push(work.doc)
        return { ...this.outcome(work.id), received: { document: digestOf(work.doc), files: [] } }
      }),
  }
}

let house: House
let clock: number
let works: Works
let owners = 0

beforeEach(() => {
  house = new House()
  clock = Date.parse('2026-11-25T08:00:00Z')
  works = new Works(`person ${owners++}`, () => clock)
})

afterEach(() => {
  vi.restoreAllMocks()
})

async function filled(doc: Doc = { places: ['301'] }, bytes = [1, 2, 3]): Promise<Work> {
  const start = { id: newId(clock), prison: 'p', area: 'a', ledger: 'search', version: 1 }
  const work = await works.begin({ ...start, begun: true, etag: 0, doc: {} })
  const raw = Uint8Array.from(bytes)
  // The browser's own can be stored; that of jsdom cannot.
  const blob = new PlainBlob([raw]) as unknown as Blob
  const sum = new Sha256().update(raw).digest()
  const file = { name: 'a.png', slot: 's', type: 'image/png', sent: 0, confirmed: false, round: 0 }
  await works.attach(work.id, { ...file, id: newId(clock), size: raw.length, sha256: sum }, blob)
  clock += 1000
  return works.queue(work.id, doc, 'submit', '')
}

const stateOf = async (work: Work) => (await works.get(work.id))?.state

/** A new page on the same computer: nothing of the old one but what is stored. */
const restarted = () => new Sender(new Works(works.owner, () => clock), house.wire)

describe('SHA-256 of our own', () => {
  it('agrees with the platform at every length around a block', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256)
      const want = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      expect(new Sha256().update(bytes).digest()).toBe(want)
      const parts = new Sha256()
      for (let at = 0; at < length; at += 5) parts.update(bytes.subarray(at, at + 5))
      expect(parts.digest()).toBe(want)
    }
  })
})

describe('the chain', () => {
  it('is the one that the server works out', () => {
    const doc = { b: 1, a: '监舍' }
    const [first, second] = chained('anchor', chained('anchor', [], 0, {}, []), 1000, doc, [
      'y',
      'x',
    ])
    expect(first!.link).toBe(
      sha256([sha256('anchor'), '1970-01-01T00:00:00.000Z', sha256('{}'), sha256('')].join('\n')),
    )
    expect(second!.document).toBe(sha256('{"a":"监舍","b":1}'))
    expect(second!.files).toBe(sha256('x\ny'))
  })

  it('grows once a minute when it is long, and ends with what is sent', async () => {
    const start = { id: newId(), prison: 'p', area: 'a', ledger: 'l', version: 1 }
    const work = await works.begin({ ...start, begun: true, etag: 0, doc: {} })
    for (let n = 0; n < 310; n++) {
      clock += 1000
      await works.save(work.id, { n })
    }
    expect((await works.get(work.id))!.saves).toHaveLength(300)
    const queued = await works.queue(work.id, { n: 'last' }, 'submit', '')
    expect(queued.saves.at(-1)!.document).toBe(digestOf({ n: 'last' }))
  })
})

describe('what is queued', () => {
  it('stays queued when the page that closes saves it once more, not when it was typed on', async () => {
    const work = await filled()
    const { doc } = (await works.get(work.id))!
    await works.save(work.id, { ...doc })
    expect(await stateOf(work)).toBe('waiting')
    await works.save(work.id, { ...doc, more: true })
    expect(await stateOf(work)).toBe('editing')
  })

  it('is the one copy of it on this computer, and signing out knows of every other', async () => {
    const work = await filled()
    await local.put(works.owner, 'draft', work.id, {})
    await local.put(works.owner, 'draft', 'another', {})
    await local.put(works.owner, 'batch', 'a batch', {})
    await works.queue(work.id, { n: 2 }, 'submit', '')
    await expect(onlyHere(works.owner)).resolves.toBe(3)
  })
})

describe('a change', () => {
  it('that this computer has no room for is refused in words', async () => {
    vi.spyOn(local, 'put').mockRejectedValue(new Error('QuotaExceededError'))
    await expect(filled()).rejects.toMatchObject({ code: 'not_kept' })
  })

  it('is heard of in the other windows too', async () => {
    const heard = new Promise((resolve) => {
      const another = new BroadcastChannel('taizhang-work')
      another.onmessage = () => resolve(another.close())
    })
    const told = vi.fn()
    const stop = Works.subscribe(told)
    await filled()
    await heard
    told.mockClear()
    const another = new BroadcastChannel('taizhang-work')
    another.postMessage('')
    await vi.waitFor(() => expect(told).toHaveBeenCalled())
    another.close()
    stop()
  })
})

describe('sending', () => {
  it('goes draft, files, submission, and calls it delivered then', async () => {
    const work = await filled()
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    expect(house.calls).toEqual(['create', 'save', 'begin', 'received', 'part', 'submit'])
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted', doc: work.doc })
    expect(await stateOf(work)).toBe('delivered')
    expect(await local.list(works.owner, 'bytes')).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6])('survives a crash after step %i, with the answer lost', async (n) => {
    const work = await filled()
    house.loseAfter = n
    await expect(new Sender(works, house.wire).run()).resolves.toBe('away')
    expect(await stateOf(work)).toBe('waiting')
    await expect(restarted().run()).resolves.toBe('done')
    expect(await stateOf(work)).toBe('delivered')
    expect(house.entries.size).toBe(1)
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted', etag: 3 })
    expect(house.branches).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6])('survives a network that goes away before step %i', async (n) => {
    const work = await filled()
    house.away = n
    await expect(new Sender(works, house.wire).run()).resolves.toBe('away')
    await expect(restarted().run()).resolves.toBe('done')
    expect(await stateOf(work)).toBe('delivered')
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted', etag: 3 })
  })

  it('goes on with a large file where it stopped', async () => {
    const work = await filled(
      {},
      Array.from({ length: 3 << 20 }, (_, i) => i % 251),
    )
    house.away = 6
    await new Sender(works, house.wire).run()
    expect((await works.get(work.id))!.files[0]!.sent).toBe(1 << 20)
    await restarted().run()
    expect(await stateOf(work)).toBe('delivered')
    expect(house.calls.filter((c) => c === 'part')).toHaveLength(4)
  })

  it('begins a file anew that the server swept meanwhile', async () => {
    const work = await filled()
    house.away = 5
    await new Sender(works, house.wire).run()
    house.uploads.clear()
    await restarted().run()
    expect(await stateOf(work)).toBe('delivered')
  })

  it('delivers once where two windows send at the same time', async () => {
    const work = await filled(
      {},
      Array.from({ length: 2 << 20 }, (_, i) => i % 251),
    )
    const runs = [new Sender(works, house.wire).run(), restarted().run()]
    await expect(Promise.all(runs)).resolves.toEqual(['done', 'done'])
    expect(await stateOf(work)).toBe('delivered')
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted', etag: 3 })
    expect(house.branches).toEqual([])
  })

  it('goes on with a file from where another window has brought it meanwhile', async () => {
    const work = await filled()
    const { part } = house.wire
    house.wire.part = async (...all) => {
      house.wire.part = part
      await part(...all)
      return part(...all)
    }
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    expect(await stateOf(work)).toBe('delivered')
  })

  it('is not called refused once another window has delivered it', async () => {
    const work = await filled({ bad: true })
    const { submit } = house.wire
    house.wire.submit = async (...all) => {
      await works.put({ ...work, state: 'delivered' })
      return submit(...all)
    }
    await new Sender(works, house.wire).run()
    expect(await stateOf(work)).toBe('delivered')
  })

  it('sends in the order of queueing', async () => {
    const one = await filled({ n: 1 })
    clock += 5000
    const two = await filled({ n: 2 })
    await new Sender(works, house.wire).run()
    expect([...house.entries.keys()]).toEqual([one.id, two.id])
  })

  it('is not delivered while a digest differs', async () => {
    const work = await filled()
    house.lies = true
    await new Sender(works, house.wire).run()
    expect(await works.get(work.id)).toMatchObject({
      state: 'refused',
      problem: { code: 'digest_differs' },
    })
    expect(await local.list(works.owner, 'bytes')).toHaveLength(1)
  })

  it('gives back what the server refuses, and goes on with the next', async () => {
    const bad = await filled({ bad: true })
    clock += 1
    const good = await filled({ n: 2 })
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    expect(await stateOf(bad)).toBe('refused')
    expect(await stateOf(good)).toBe('delivered')
    // Corrected and sent again: over our own draft, no conflict with ourselves.
    await works.queue(bad.id, { n: 1 }, 'submit', '')
    await restarted().run()
    expect(await stateOf(bad)).toBe('delivered')
    expect(house.branches).toEqual([])
  })

  it('keeps both when the draft went on meanwhile', async () => {
    const work = await filled({ mine: true })
    house.entries.set(work.id, { etag: 7, doc: { theirs: true }, state: 'draft', files: new Map() })
    await works.put({ ...work, begun: false, etag: 5 })
    await new Sender(works, house.wire).run()
    expect(await stateOf(work)).toBe('branched')
    expect(house.branches).toEqual([{ mine: true }])
    expect(house.entries.get(work.id)).toMatchObject({ doc: { theirs: true }, etag: 7 })
    expect(house.entries.get(work.id)!.files.size).toBe(1)
  })

  it('keeps both when the entry was submitted meanwhile; its files stay here', async () => {
    const work = await filled({ mine: true })
    const theirs = { etag: 5, doc: { theirs: true }, state: 'submitted', files: new Map() }
    house.entries.set(work.id, theirs)
    await works.put({ ...work, begun: false, etag: 5 })
    await new Sender(works, house.wire).run()
    expect(await stateOf(work)).toBe('branched')
    expect(house.branches).toEqual([{ mine: true }])
    expect(await local.list(works.owner, 'bytes')).toHaveLength(1)
  })

  it('keeps both when the type has another version by now', async () => {
    const work = await filled({ mine: true })
    house.version = 2
    house.loseAfter = 5
    await new Sender(works, house.wire).run()
    await restarted().run()
    expect(await stateOf(work)).toBe('branched')
    expect(house.branches).toEqual([{ mine: true }])
  })

  it('goes on with the next where the server fails at one, and tries that one again', async () => {
    const bad = await filled({ n: 1 })
    clock += 1
    const good = await filled({ n: 2 })
    const { save } = house.wire
    house.wire.save = async (work, ...rest) => {
      if (work.id === bad.id) throw new ProblemError(500, 'internal', '')
      return save(work, ...rest)
    }
    await expect(new Sender(works, house.wire).run()).resolves.toBe('failed')
    expect(await stateOf(bad)).toBe('waiting')
    expect(await stateOf(good)).toBe('delivered')
    house.wire.save = save
    await restarted().run()
    expect(await stateOf(bad)).toBe('delivered')
  })

  it.each([429, 503])('asks no more of a server that says %i', async (status) => {
    await filled({ n: 1 })
    clock += 1
    await filled({ n: 2 })
    let asked = 0
    house.wire.create = async () => {
      asked++
      throw new ProblemError(status, 'later', '')
    }
    await expect(new Sender(works, house.wire).run()).resolves.toBe('busy')
    expect(asked).toBe(1)
  })

  /** A disk with room for nothing but what is there no more. */
  function full() {
    const { put } = local
    return vi.spyOn(local, 'put').mockImplementation(async (owner, kind, id, value) => {
      if ((await local.get(owner, kind, id)) !== undefined) throw new Error('QuotaExceededError')
      return put(owner, kind, id, value)
    })
  }

  it('is sent though this computer has no room to note how far it is', async () => {
    const work = await filled()
    const disk = full()
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    disk.mockRestore()
    expect(await stateOf(work)).toBe('delivered')
    expect(await local.list(works.owner, 'bytes')).toEqual([])
  })

  it('is sent though there is not even room to say so', async () => {
    const work = await filled()
    const disk = vi.spyOn(local, 'put').mockRejectedValue(new Error('QuotaExceededError'))
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    disk.mockRestore()
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted' })
    expect(await works.list()).toEqual([])
  })

  it('goes on with the next where there is no room to note a refusal or a branch', async () => {
    const bad = await filled({ bad: true })
    const split = await filled({ mine: true })
    house.entries.set(split.id, { etag: 7, doc: {}, state: 'draft', files: new Map() })
    await works.put({ ...split, begun: false, etag: 5 })
    const good = await filled({ n: 2 })
    const disk = full()
    await expect(new Sender(works, house.wire).run()).resolves.toBe('failed')
    disk.mockRestore()
    expect(await stateOf(good)).toBe('delivered')
    for (const work of [bad, split]) expect(await stateOf(work)).toBe('waiting')
    await expect(restarted().run()).resolves.toBe('done')
    expect(await stateOf(bad)).toBe('refused')
    expect(await stateOf(split)).toBe('branched')
    expect(house.branches).toEqual([{ mine: true }])
  })

  const counted = (value: number) => ({ field: '/count', ledger: 'headcount', value }) as Pin

  it('says what stands otherwise than it was typed, though it arrived as typed', async () => {
    house.pins = [counted(61)]
    const work = await filled({ count: 60 })
    await expect(new Sender(works, house.wire).run()).resolves.toBe('done')
    expect(await works.get(work.id)).toMatchObject({
      state: 'delivered',
      overruled: [{ pointer: '/count', kind: 'changed', before: 60, after: 61 }],
    })
    expect(house.entries.get(work.id)).toMatchObject({ state: 'submitted', doc: { count: 60 } })
    // Nobody had seen the pin: only the first save says so.
    expect(house.unseen).toEqual([true])
  })

  it.each([2, 3])('says so too where the answer to step %i was lost', async (n) => {
    house.pins = [counted(61)]
    const work = await filled({})
    house.loseAfter = n
    await expect(new Sender(works, house.wire).run()).resolves.toBe('away')
    await expect(restarted().run()).resolves.toBe('done')
    expect(await works.get(work.id)).toMatchObject({
      state: 'delivered',
      overruled: [{ pointer: '/count', kind: 'added', after: 61 }],
    })
    expect(house.branches).toEqual([])
  })

  it('of a draft begun online says what its source no longer says, and sends it as seen', async () => {
    const work = await filled({ count: 61, day: '2026-11-20' })
    house.entries.set(work.id, { etag: 5, doc: {}, state: 'draft', files: new Map() })
    await works.put({ ...work, begun: false, etag: 5, pins: [counted(61)] })
    house.pins = [{ ...counted(3), field: '/other' }]
    await new Sender(works, house.wire).run()
    expect((await works.get(work.id))?.overruled).toEqual([
      { pointer: '/count', kind: 'removed', before: 61 },
      { pointer: '/other', kind: 'added', after: 3 },
    ])
    expect(house.unseen).toEqual([false])
  })

  it('given back, it knows what the source says, and is sent anew without a word of it', async () => {
    house.pins = [counted(61)]
    const work = await filled({ count: 60, bad: true })
    await new Sender(works, house.wire).run()
    expect(await works.get(work.id)).toMatchObject({ state: 'refused', pins: house.pins })
    house.pins = []
    await works.queue(work.id, { count: 61 }, 'submit', '')
    await restarted().run()
    const sent = await works.get(work.id)
    expect([sent?.state, sent?.overruled, house.unseen]).toEqual([
      'delivered',
      undefined,
      [true, false],
    ])
  })

  it('begins under the key and words of the workbench, whose answer may have been lost', async () => {
    const asked: unknown[] = []
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      asked.push(JSON.parse(String(init.body)))
      return new Response(JSON.stringify({ entry: { etag: 1 } }))
    })
    const period = '2026-11-24T04:00:00.000Z'
    const work = { id: 'w', prison: 'p', area: 'a', ledger: 'l', period } as Work
    await wire.create(work, 'key-of-it')
    await createEntry('p', 'a', 'l', 'key-of-it', { id: 'w', period })
    vi.unstubAllGlobals()
    expect(JSON.stringify(asked[0])).toBe(JSON.stringify(asked[1]))
  })

  it('does not forget what was typed while it was sent', async () => {
    const work = await filled({ n: 1 })
    const { submit } = house.wire
    house.wire.submit = async (...all) => {
      await works.save(work.id, { n: 2 })
      return submit(...all)
    }
    await new Sender(works, house.wire).run()
    expect(await works.get(work.id)).toMatchObject({ state: 'editing', doc: { n: 2 } })
  })
})

describe('keys and ids', () => {
  it('are the same for the same step and content only', () => {
    expect(keyOf('a', 'save', '1')).toBe(keyOf('a', 'save', '1'))
    expect(keyOf('a', 'save', '1')).not.toBe(keyOf('a', 'save', '2'))
    expect(keyOf('a')).toMatch(/^[0-9a-f]{40}$/)
  })

  it('is a UUID of version 7', () => {
    const id = newId(Date.parse('2026-11-25T08:00:00Z'))
    expect(id).toMatch(/^01a211b7-fc00-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('the store', () => {
  it('shows nothing that a clock set wrong says is of another day', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(10 * 24 * 3600_000)
    await local.put('z', 'answer', '/x', 'x')
    now.mockReturnValue(3600_000)
    expect(await local.fresh('z', 'answer', '/x', 24 * 3600_000)).toBeUndefined()
    await forgetOld('z')
    now.mockRestore()
    expect(await local.list('z', 'answer')).toEqual([])
  })

  it('shows nothing of another person, and forgets one alone', async () => {
    await local.put('x', 'work', '1', 'x')
    await local.put('xy', 'work', '1', 'xy')
    expect(await local.list('y', 'work')).toEqual([])
    await local.clear('x')
    expect(await local.get('x', 'work', '1')).toBeUndefined()
    expect(await local.get('xy', 'work', '1')).toBe('xy')
  })
})
