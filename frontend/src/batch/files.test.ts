import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import type { Evidence } from '../api/model'
import type { Transport } from '../evidence/uploads'
import { local } from '../offline/store'
import { BatchUploads } from './files'
import { dropBatch, idOf } from './keep'

const of = { prison: 'p', area: 'a', ledger: 'points', period: '2026-11' }

/** A server that may be away; of one key it makes one upload. */
class Server implements Transport<Evidence> {
  away = true
  uploads = new Map<string, number>()
  names: string[] = []
  #asked() {
    if (this.away) throw new TypeError('away')
  }
  async begin(file: File, _: string, key?: string) {
    this.#asked()
    if (!this.uploads.has(key!)) this.uploads.set(key!, 0)
    this.names.push(file.name)
    return key!
  }
  async received(id: string) {
    this.#asked()
    return this.uploads.get(id)!
  }
  async part(id: string, offset: number, bytes: Blob) {
    this.#asked()
    if (offset !== this.uploads.get(id)) throw new Error('offset')
    this.uploads.set(id, offset + bytes.size)
    return { id } as Evidence
  }
}
const window_ = (server: Server, mayStay = true) =>
  new BatchUploads(
    server,
    () => true,
    { owner: 'me', batch: idOf(of), mayStay },
    async () => {},
  )
const photo = () => new File(['photo'], '公示.png', { type: 'image/png' })
const kept = async () => (await local.list('me', 'batch-file')).length

it('keeps the files of a batch over the end of the browser until the server has them', async () => {
  const server = new Server()
  const one = window_(server)
  void one.add(photo(), 'photo')
  await expect.poll(() => one.items[0]?.state).toBe('failed')
  expect([one.loose, await kept()]).toEqual([false, 1])
  // The browser ends; another begins without the server too.
  const two = window_(server)
  await Promise.all([two.restore(), two.restore()])
  await expect.poll(() => two.items.map((i) => i.state)).toEqual(['failed'])
  expect(two.items[0]).toMatchObject({ slot: 'photo', file: { name: '公示.png' } })
  server.away = false
  two.again()
  await expect.poll(() => two.items[0]?.state).toBe('done')
  await expect.poll(kept).toBe(0)
  expect(server.uploads.size).toBe(1)
})

it('sends what was stored without an answer under the same key', async () => {
  const server = new Server()
  const one = window_(server)
  void one.add(photo(), 'photo')
  await expect.poll(() => one.items[0]?.state).toBe('failed')
  one.stop()
  server.away = false
  const two = window_(server)
  await two.restore()
  await expect.poll(() => two.items[0]?.state).toBe('done')
  expect(server.uploads.size).toBe(1)
  await expect.poll(kept).toBe(0)
})

it('says that a file would be lost where it may not or cannot lie here', async () => {
  const one = window_(new Server(), false)
  void one.add(photo(), 'photo')
  await expect.poll(() => one.items.length).toBe(1)
  expect([one.loose, await kept()]).toEqual([true, 0])
})

it('lets go of what is taken out, and of all with the batch', async () => {
  const one = window_(new Server())
  const taken = one.add(photo(), 'photo')
  void one.add(photo(), 'photo')
  await expect.poll(() => one.items.length).toBe(2)
  one.remove(0)
  await expect(taken).rejects.toThrow()
  expect(await kept()).toBe(1)
  await dropBatch('me', of)
  expect(await kept()).toBe(0)
})
