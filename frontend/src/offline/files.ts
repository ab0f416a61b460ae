import type { Evidence } from '../api/model'
import { ProblemError } from '../api/problem'
import type { Transport } from '../evidence/uploads'
import { i18n } from '../i18n'
import { plainName } from './name'
import { Sha256 } from './sha256'
import { limits, newId, type Works } from './work'

/** Keeps files on this computer through the same queue that uploads them: parts are hashed as they pass. */
export function localFiles(works: Works, work: string): Transport<Evidence> {
  const open = new Map<string, { file: File; slot: string; sum: Sha256; at: number }>()
  return {
    begin: async (file, slot) => {
      if (!plainName(file.name)) throw refused('badName')
      if (file.size === 0) throw refused('empty')
      if (file.size > limits.file) throw refused('tooLarge')
      if ((await works.weight()) + file.size > limits.all) throw refused('full')
      const id = newId()
      open.set(id, { file, slot, sum: new Sha256(), at: 0 })
      return id
    },
    received: async (id) => open.get(id)?.at ?? 0,
    part: async (id, offset, bytes) => {
      const one = open.get(id)!
      one.sum.update(new Uint8Array(await bytes.arrayBuffer()))
      one.at = offset + bytes.size
      const { file, slot, sum } = one
      if (one.at < file.size) return undefined
      const { size, type } = file
      const name = plainName(file.name)!
      const kept = { id, name, slot, size, type, sha256: sum.digest() }
      try {
        await works.attach(work, { ...kept, sent: 0, confirmed: false, round: 0 }, file)
      } catch {
        throw refused('full')
      }
      const plain = { id, revision: 0, slot, name, size, media_type: type, sha256: kept.sha256 }
      return { ...plain, uploaded_by: works.owner, uploaded_at: new Date().toISOString() }
    },
  }
}

export function refused(why: 'badName' | 'empty' | 'tooLarge' | 'full'): ProblemError {
  return new ProblemError(422, why, i18n.t(`offline.file_${why}`))
}
