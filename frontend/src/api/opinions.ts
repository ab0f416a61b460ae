import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { makeRecord, type Which } from './cases'
import { call } from './http'

type S = components['schemas']
export type OwedOpinion = S['OwedOpinion']
export type OpinionForm = S['OpinionForm']
export type OpinionFacts = S['OpinionFacts']

export function useOpinions() {
  const queryFn = async () => (await call<{ opinions: OwedOpinion[] }>('/opinions')).data.opinions
  return useQuery({ queryKey: ['opinions'], queryFn })
}

const at = ({ prison, id }: Which) => `/prisons/${prison}/cases/${id}`

export function useOpinionForm(which: Which, department: string) {
  const path = `${at(which)}/opinions/${department}`
  const queryFn = async () => (await call<OpinionForm>(path)).data
  return useQuery({ queryKey: ['opinions', which.prison, which.id, department], queryFn })
}

export const askOpinion = (
  which: Which,
  body: { department: string; reason: string },
  key: string,
) => call(`${at(which)}/opinions`, { method: 'POST', body, idempotencyKey: key })

/** The opinion bears the digest of what stood beside its form. */
export const giveOpinion = (
  form: OpinionForm,
  said: { value: string; reason: string },
  key: string,
) =>
  makeRecord(
    { prison: form.prison, id: form.case },
    'opinion',
    form.department,
    { ...said, facts: form.digest },
    key,
  )
