import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProblemError } from '../api/problem'
import { FormStore } from '../form/store'
import { digestOf } from '../offline/chain'
import type { Doc } from '../schema/types'
import { searchSchema } from '../testing/search'
import { Autosave } from './autosave'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A server that keeps one draft and refuses what was not based on its etag. */
function server() {
  const kept = {
    etag: 1,
    doc: {} as Doc,
    saves: 0,
    fail: undefined as Error | undefined,
    lost: undefined as Error | undefined,
  }
  const save = async (etag: number, doc: Doc) => {
    if (kept.fail) throw kept.fail
    if (etag !== kept.etag) {
      // As it stands it may hold what the sources say, and not be what was sent.
      const current = { ...kept.doc, expected_count: 61 }
      const members = { etag: kept.etag, current, arrived: digestOf(kept.doc) }
      throw new ProblemError(412, 'changed_meanwhile', '', [], undefined, members)
    }
    kept.saves++
    kept.doc = doc
    kept.etag++
    if (kept.lost) throw kept.lost
    return kept.etag
  }
  return { kept, save }
}

function open() {
  const { kept, save } = server()
  const store = new FormStore(searchSchema, {}, 'zh')
  const autosave = new Autosave(store, 1, save)
  return { kept, store, autosave, close: autosave.start() }
}

describe('Autosave', () => {
  it('saves once, a second after the last key', async () => {
    const { kept, store, autosave } = open()
    store.set('/search_kind', 'cell')
    store.set('/findings_count', 0)
    expect(autosave.state).toBe('dirty')
    await vi.advanceTimersByTimeAsync(1000)
    expect(kept).toMatchObject({ saves: 1, doc: { search_kind: 'cell', findings_count: 0 } })
    expect(autosave).toMatchObject({ state: 'saved', etag: 2 })
  })

  it('tries again after a failure and loses nothing', async () => {
    const { kept, store, autosave } = open()
    kept.fail = new ProblemError(0, 'unreachable', '')
    store.set('/findings_count', 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(autosave.state).toBe('failed')
    kept.fail = undefined
    await vi.advanceTimersByTimeAsync(5000)
    expect(kept.doc).toEqual({ findings_count: 1 })
  })

  it('knows its own save again when only the answer was lost', async () => {
    const { kept, store, autosave } = open()
    kept.lost = new ProblemError(0, 'unreachable', '')
    store.set('/findings_count', 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(autosave.state).toBe('failed')
    kept.lost = undefined
    store.set('/search_kind', 'cell')
    await vi.advanceTimersByTimeAsync(7000)
    expect(autosave.state).toBe('saved')
    expect(kept.doc).toEqual({ findings_count: 1, search_kind: 'cell' })
  })

  it('stops at a conflict until somebody decides', async () => {
    const { kept, store, autosave } = open()
    kept.etag = 5
    store.set('/findings_count', 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(autosave.state).toBe('conflict')
    store.set('/findings_count', 2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(kept.saves).toBe(0)
    await expect(autosave.insist(5)).resolves.toBe(true)
    expect(kept.doc).toEqual({ findings_count: 2 })
  })

  it('sends what was typed while the version was refused along with the rest', async () => {
    const { kept, store, autosave } = open()
    const moved = { body: { findings_count: 1 }, dropped: [], held: [] }
    const members = { version: 2, etag: 2, current: {}, moved }
    kept.fail = new ProblemError(409, 'version_moved', '', [], undefined, members)
    store.set('/findings_count', 1)
    let typed = false
    autosave.subscribe(() => {
      if (autosave.state !== 'saving' || typed) return
      typed = true
      store.set('/findings_count', 2)
    })
    await vi.advanceTimersByTimeAsync(1001)
    expect(autosave).toMatchObject({ state: 'moved', movedOn: members })
    expect(typed).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    await expect(autosave.flush()).resolves.toBe(false)
  })

  it('ends where there is no draft any more', async () => {
    const { kept, store, autosave } = open()
    kept.fail = new ProblemError(409, 'state_forbids', '')
    store.set('/findings_count', 1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(autosave.state).toBe('gone')
    kept.fail = undefined
    store.set('/findings_count', 2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(kept.saves).toBe(0)
  })

  it('says what is refused, and asks again only with the next change', async () => {
    const { kept, store, autosave } = open()
    let asked = 0
    autosave.subscribe(() => {
      if (autosave.state === 'saving') asked++
    })
    kept.fail = new ProblemError(413, 'document_too_large', '内容过大')
    store.set('/findings_count', 1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(autosave).toMatchObject({ state: 'refused', problem: '内容过大' })
    expect(asked).toBe(1)
    kept.fail = undefined
    store.set('/findings_count', 2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(kept.doc).toEqual({ findings_count: 2 })
  })

  it('sends what is unsaved when the page is left', async () => {
    const { kept, store, close } = open()
    store.set('/findings_count', 3)
    close()
    await vi.advanceTimersByTimeAsync(0)
    expect(kept.doc).toEqual({ findings_count: 3 })
  })
})
