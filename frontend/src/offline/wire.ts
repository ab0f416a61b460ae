import { getEntry } from '../api/entries'
import { transport } from '../api/evidence'
import { call } from '../api/http'
import type { Outcome, Upload } from '../api/model'
import type { Wire } from './send'
import type { Work } from './work'

const at = ({ prison, id }: Work) => `/prisons/${prison}/entries/${id}`

/** Sending over the interface of the server. */
export const wire: Wire = {
  // As the workbench asks: its request may have arrived, and only the answer been lost.
  create: async ({ prison, id, ledger, area, period }, idempotencyKey) => {
    const body = { id, ledger, area, for: period }
    const options = { method: 'POST', body, idempotencyKey } as const
    return (await call<Outcome>(`/prisons/${prison}/entries`, options)).data
  },
  save: async (work, ifMatch, unseen, idempotencyKey) => {
    const { version, doc: body } = work
    const query = { version, unseen: unseen || undefined }
    const options = { method: 'PUT', query, body, ifMatch, idempotencyKey } as const
    return (await call<Outcome>(`${at(work)}/draft`, options)).data
  },
  pins: async ({ prison, id }) => (await getEntry(prison, id)).draft?.pins,
  begin: async (work, { id, slot, name, size }, idempotencyKey) => {
    const body = { id, slot, name, size }
    const options = { method: 'POST', body, idempotencyKey } as const
    return (await call<Upload>(`${at(work)}/uploads`, options)).data.id
  },
  received: ({ prison, id }, upload) => transport(prison, id).received(upload),
  part: ({ prison, id }, upload, offset, bytes) =>
    transport(prison, id).part(upload, offset, bytes, new AbortController().signal),
  submit: async (work, ifMatch, written, idempotencyKey) => {
    const body = { reason: work.reason, written }
    const options = { method: 'POST', body, ifMatch, idempotencyKey } as const
    return (await call<Outcome>(`${at(work)}/submit`, options)).data
  },
  branch: async (work, written, idempotencyKey) => {
    const body = { version: work.version, base_etag: work.etag, body: work.doc, written }
    const options = { method: 'POST', body, idempotencyKey } as const
    return (await call<Outcome>(`${at(work)}/branches`, options)).data
  },
}
