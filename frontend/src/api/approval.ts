import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'
import type { Entry, Role } from './model'

type S = components['schemas']

export type Delegation = Omit<S['Delegation'], 'role'> & { role: Role }
export type Notice = Omit<S['Notice'], 'detail'> & { detail: Record<string, string> }
export type Colleague = Omit<S['Colleague'], 'role'> & { role: Role }

const at = (entry: Entry) => `/prisons/${entry.prison}/entries/${entry.id}`

/** Another one for the step at hand, bound to the digest of what was shown. */
export interface Signing {
  digest: string
  person: string
  reason: string
  /** Of an added signer. */
  place?: 'before' | 'after'
}

export async function sign(entry: Entry, body: Signing, key: string) {
  const path = `${at(entry)}/${body.place ? 'signers' : 'transfer'}`
  await call(path, { method: 'POST', body, idempotencyKey: key })
}

/** Whom the decision at hand may be passed on to. */
export function useEquals(entry: Entry, enabled: boolean) {
  return useQuery({
    queryKey: ['equals', entry.prison, entry.id, entry.etag],
    queryFn: async () => (await call<{ equals: Colleague[] }>(`${at(entry)}/signers`)).data.equals,
    enabled,
  })
}

/** Where to look up who may be added to the step at hand. */
export const addable = (entry: Entry) => `${at(entry)}/signers/addable`

export function useDelegations(prison: string) {
  return useQuery({
    queryKey: ['delegations', prison],
    queryFn: async () =>
      (await call<{ delegations: Delegation[] }>(`/prisons/${prison}/delegations`)).data
        .delegations,
    enabled: prison !== '',
  })
}

export interface NewDelegation {
  deputy: string
  role: Role
  area?: string
  department?: string
  from: string
  until: string
  reason: string
}

export async function delegate(prison: string, body: NewDelegation, key: string) {
  await call(`/prisons/${prison}/delegations`, { method: 'POST', body, idempotencyKey: key })
}

export async function endDelegation(prison: string, id: string, key: string) {
  await call(`/prisons/${prison}/delegations/${id}`, { method: 'DELETE', idempotencyKey: key })
}

export function useNotices(prison: string) {
  return useQuery({
    queryKey: ['notices', prison],
    queryFn: async () =>
      (await call<{ notices: Notice[]; unread: number }>(`/prisons/${prison}/notices`)).data,
    refetchInterval: 60_000,
    enabled: prison !== '',
  })
}

export async function readNotices(prison: string) {
  await call(`/prisons/${prison}/notices/read`, { method: 'POST' })
}
