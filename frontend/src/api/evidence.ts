import type { Transport } from '../evidence/uploads'
import { call, newKey, url } from './http'
import type { Entry, Evidence, Upload } from './model'

export function transport(prison: string, entry: string): Transport<Evidence> {
  const at = (id: string) => `/prisons/${prison}/uploads/${id}`
  return {
    begin: async (file, slot, key = newKey()) => {
      const body = { slot, name: file.name, size: file.size }
      const options = { method: 'POST', body, idempotencyKey: key } as const
      return (await call<Upload>(`/prisons/${prison}/entries/${entry}/uploads`, options)).data.id
    },
    received: async (id) => {
      const { headers } = await call<undefined>(at(id), { method: 'HEAD' })
      return Number(headers.get('Upload-Offset'))
    },
    part: async (id, offset, bytes, signal) => {
      const headers = {
        'Upload-Offset': String(offset),
        'Content-Type': 'application/offset+octet-stream',
      }
      return (await call<Upload>(at(id), { method: 'PATCH', body: bytes, headers, signal })).data
        .evidence
    },
  }
}

export async function detach(prison: string, entry: string, id: string, key: string) {
  await call(`/prisons/${prison}/entries/${entry}/evidence/${id}`, {
    method: 'DELETE',
    idempotencyKey: key,
  })
}

/** Where a file of a revision (0 is the draft) is fetched from. */
export function evidenceUrl(
  entry: Pick<Entry, 'prison' | 'id'>,
  file: Evidence,
  as: 'thumbnail' | 'show' | 'file',
): string {
  const path = `/prisons/${entry.prison}/entries/${entry.id}/evidence/${file.revision}/${file.id}`
  if (as === 'thumbnail') return url(`${path}/thumbnail`)
  return url(path, { show: as === 'show' || undefined })
}
