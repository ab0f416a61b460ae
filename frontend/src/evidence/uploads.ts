/** How bytes get to the server; offsets and sizes in bytes. */
export interface Transport<Done> {
  /** Under one key it is one upload, however often it is begun. */
  begin: (file: File, slot: string, key?: string) => Promise<string>
  /** How many bytes the server already has. */
  received: (id: string) => Promise<number>
  /** Sends one part; resolves with what the server made of the whole after the last one. */
  part: (id: string, offset: number, bytes: Blob, signal: AbortSignal) => Promise<Done | undefined>
}

export interface UploadItem<Done> {
  key: number
  file: File
  slot: string
  /** The key it is begun under: another page may have begun it. */
  under?: string
  sent: number
  state: 'waiting' | 'sending' | 'paused' | 'failed' | 'done'
  error?: unknown
  done?: Done
}

/** Small enough that a lost part costs little on a prison's slow link. */
const partSize = 1 << 20

/** A failed part is tried again after these many milliseconds, then it is the user's turn. */
const pauses = [500, 2000, 5000]

/**
 * The queue of one entry's files: one file at a time in parts, so that it can
 * be paused, survives a lost connection, and goes on where it stopped.
 */
export class Uploads<Done> {
  #items: readonly UploadItem<Done>[] = []
  #ids = new Map<number, string>()
  #aborts = new Map<number, AbortController>()
  #waiters = new Map<number, { resolve: (done: Done) => void; reject: (error: unknown) => void }>()
  #listeners = new Set<() => void>()
  #next = 0
  #busy = false

  constructor(
    readonly transport: Transport<Done>,
    /** Whether a failure may pass by itself; a refusal of the server does not. */
    readonly passing: (error: unknown) => boolean,
    readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((r) => setTimeout(r, ms)),
  ) {}

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  get items() {
    return this.#items
  }

  get unfinished(): boolean {
    return this.#items.some((item) => item.state !== 'done')
  }

  /** Queues a file. The promise settles when it is stored, or is dropped by remove. */
  add(file: File, slot: string, under?: string): Promise<Done> {
    const key = this.#next++
    this.#items = [...this.#items, { key, file, slot, under, sent: 0, state: 'waiting' }]
    this.#emit()
    const settled = new Promise<Done>((resolve, reject) =>
      this.#waiters.set(key, { resolve, reject }),
    )
    void this.#run()
    return settled
  }

  pause(key: number) {
    this.#change(key, { state: 'paused' })
    this.#aborts.get(key)?.abort()
  }

  resume(key: number) {
    this.#change(key, { state: 'waiting', error: undefined })
    void this.#run()
  }

  /** Goes on with what failed for a reason that may have passed. */
  again() {
    for (const { key, state, error } of this.#items) {
      if (state === 'failed' && this.passing(error)) this.resume(key)
    }
  }

  /** Sends nothing more: the page is left. */
  stop() {
    for (const { key, state } of this.#items) {
      if (state === 'waiting' || state === 'sending') this.pause(key)
    }
  }

  /** Takes an item out of the list; one on its way is stopped. */
  remove(key: number) {
    this.#aborts.get(key)?.abort()
    this.#waiters.get(key)?.reject(new DOMException('removed', 'AbortError'))
    this.#items = this.#items.filter((item) => item.key !== key)
    this.#emit()
  }

  #emit() {
    for (const listener of this.#listeners) listener()
  }

  #item(key: number) {
    return this.#items.find((item) => item.key === key)
  }

  #change(key: number, change: Partial<UploadItem<Done>>) {
    this.#items = this.#items.map((item) => (item.key === key ? { ...item, ...change } : item))
    this.#emit()
  }

  async #run() {
    if (this.#busy) return
    this.#busy = true
    for (;;) {
      const next = this.#items.find((item) => item.state === 'waiting')
      if (!next) break
      await this.#send(next.key)
    }
    this.#busy = false
  }

  async #send(key: number) {
    const abort = new AbortController()
    this.#aborts.set(key, abort)
    this.#change(key, { state: 'sending' })
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await this.#parts(key, abort.signal)
        this.#change(key, { state: 'done', done })
        this.#waiters.get(key)?.resolve(done)
        return
      } catch (error) {
        if (abort.signal.aborted) return
        const pause = pauses[attempt]
        if (pause === undefined || !this.passing(error)) {
          this.#change(key, { state: 'failed', error })
          return
        }
        await this.wait(pause)
        if (abort.signal.aborted) return
      }
    }
  }

  async #parts(key: number, signal: AbortSignal): Promise<Done> {
    const { file, slot, under } = this.#item(key)!
    let id = this.#ids.get(key)
    const begun = id !== undefined || under !== undefined
    id ??= await this.transport.begin(file, slot, under)
    this.#ids.set(key, id)
    let offset = begun ? await this.transport.received(id) : 0
    for (;;) {
      if (signal.aborted) throw signal.reason
      const bytes = file.slice(offset, offset + partSize)
      const done = await this.transport.part(id, offset, bytes, signal)
      offset += bytes.size
      this.#change(key, { sent: offset })
      if (done !== undefined) return done
      if (offset >= file.size) throw new Error('the server did not finish the file')
    }
  }
}
