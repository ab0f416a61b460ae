import { useQuery } from '@tanstack/react-query'
import type { Doc } from '../schema/types'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']
type WithBody<T> = Omit<T, 'body'> & { body: Doc }

export interface Beginnings {
  last: WithBody<NonNullable<S['Beginnings']['last']>> | null
  templates: WithBody<S['Beginnings']['templates'][number]>[]
}

/** What an entry of the ledger may begin with in the area. */
export function useBeginnings(prison: string, area: string, ledger: string) {
  return useQuery({
    queryKey: ['beginnings', prison, area, ledger],
    queryFn: async () =>
      (await call<Beginnings>(`/prisons/${prison}/beginnings`, { query: { ledger, area } })).data,
    staleTime: 60_000,
  })
}

export async function saveTemplate(
  of: { prison: string; area: string; ledger: string },
  name: string,
  body: Doc,
  key: string,
) {
  const { prison, area, ledger } = of
  const options = {
    method: 'POST',
    body: { ledger, area, name, body },
    idempotencyKey: key,
  } as const
  await call(`/prisons/${prison}/templates`, options)
}

export async function dropTemplate(prison: string, id: string) {
  await call(`/prisons/${prison}/templates/${id}`, { method: 'DELETE' })
}
