import { describe, expect, it } from 'vitest'
import { type Transport, Uploads } from './uploads'

const MiB = 1 << 20

/** A server of the contract: keeps what it got, refuses a wrong offset, can be told to fail. */
class Receiver implements Transport<{ size: number }> {
  got = 0
  size = 0
  begun = 0
  failures: unknown[] = []
  hold?: Promise<void>

  async begin(file: File) {
    this.begun++
    this.size = file.size
    return 'u1'
  }

  async received() {
    return this.got
  }

  async part(_: string, offset: number, bytes: Blob, signal: AbortSignal) {
    await this.hold
    if (signal.aborted) throw signal.reason
    const failure = this.failures.shift()
    if (failure) throw failure
    if (offset !== this.got) throw new Error('offset')
    this.got += bytes.size
    return this.got === this.size ? { size: this.got } : undefined
  }
}

const file = () => new File([new Uint8Array(2.5 * MiB)], 'a.png')
const noWait = async () => {}

describe('Uploads', () => {
  it('sends a file in parts', async () => {
    const server = new Receiver()
    const uploads = new Uploads(server, () => true, noWait)
    await expect(uploads.add(file(), 'photo')).resolves.toEqual({ size: 2.5 * MiB })
    expect(uploads.items).toMatchObject([{ state: 'done', sent: 2.5 * MiB, slot: 'photo' }])
    expect(uploads.unfinished).toBe(false)
  })

  it('goes on where the server stands after the connection was lost', async () => {
    const server = new Receiver()
    server.failures = [undefined, new Error('lost')]
    const uploads = new Uploads(server, () => true, noWait)
    await uploads.add(file(), '')
    expect(server).toMatchObject({ got: 2.5 * MiB, begun: 1 })
  })

  it('does not repeat what was refused until told to', async () => {
    const server = new Receiver()
    server.failures = [new Error('refused')]
    const uploads = new Uploads(server, () => false, noWait)
    const stored = uploads.add(file(), '')
    await expect.poll(() => uploads.items[0]?.state).toBe('failed')
    uploads.resume(0)
    await stored
    expect(uploads.items[0]).toMatchObject({ state: 'done', error: undefined })
  })

  it('pauses within a file and goes on', async () => {
    const server = new Receiver()
    let release = () => {}
    server.hold = new Promise((resolve) => {
      release = resolve
    })
    const uploads = new Uploads(server, () => true, noWait)
    const stored = uploads.add(file(), '')
    await expect.poll(() => uploads.items[0]?.state).toBe('sending')
    uploads.pause(0)
    release()
    await expect.poll(() => server.begun).toBe(1)
    expect(uploads.items[0]?.state).toBe('paused')
    uploads.resume(0)
    await stored
    expect(server.got).toBe(2.5 * MiB)
  })

  it('lets the next file go when one is taken out', async () => {
    const server = new Receiver()
    server.failures = [new Error('refused')]
    const uploads = new Uploads(server, () => false, noWait)
    const first = uploads.add(file(), '')
    await expect.poll(() => uploads.items[0]?.state).toBe('failed')
    uploads.remove(0)
    await expect(first).rejects.toThrow()
    await expect(uploads.add(file(), '')).resolves.toBeDefined()
  })
})
