import 'fake-indexeddb/auto'
import { afterEach, expect, it, vi } from 'vitest'
import { lazily } from '../batch/SharedFiles'
import { localFiles } from './files'
import { Works } from './work'

const works = new Works('me')
const at = { prison: 'p', area: 'a', ledger: 'cell-body-search', version: 1 }
const begin = (id: string) => works.begin({ id, ...at, begun: true, etag: 0, doc: {} })

afterEach(() => {
  vi.restoreAllMocks()
})

it('refuses a file that the server would refuse for its name, and keeps the others going', async () => {
  await begin('w')
  const files = localFiles(works, 'w')
  const turned = new File(['x'], '\u202egnp.exe')
  const refused = { status: 422, message: expect.stringContaining('文件名') }
  await expect(files.begin(turned, 'photo')).rejects.toMatchObject(refused)
  expect((await works.get('w'))?.files).toEqual([])
  // Beside a batch it is told as soon, whether the server answers or not.
  const draft = vi.fn()
  await expect(lazily('p', undefined, draft).begin(turned, 'photo')).rejects.toMatchObject(refused)
  expect(draft).not.toHaveBeenCalled()
})

it('says in words that nothing can be begun where the browser keeps nothing', async () => {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  const said = { code: 'not_kept', message: expect.stringMatching(/没能保存到本机.*离线草稿.*纸/) }
  await expect(begin('full')).rejects.toMatchObject(said)
})
