import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call, url } from './http'

type S = components['schemas']

export type Body = S['Meeting']['body']
export type Meeting = S['Meeting']
export type Sitting = S['Sitting']
export type Deliberation = S['Deliberation']
export type Seat = S['Seat']
export type Outcome = NonNullable<Deliberation['outcome']>
export type Bodies = S['Bodies']
export type BodyMember = S['BodyMember']
type ItemDeed = S['ItemDeed']

/** An item of an agenda, which is its prison's. */
type Which = Pick<Deliberation, 'prison' | 'id'>

const post = async <T>(path: string, body: unknown, idempotencyKey: string) =>
  (await call<T>(path, { method: 'POST', body, idempotencyKey })).data

export function useMeetings() {
  const queryFn = async () => (await call<{ meetings: Meeting[]; calls: Body[] }>('/meetings')).data
  return useQuery({ queryKey: ['meetings'], queryFn })
}

export function useSitting(id: string) {
  const queryFn = async () => (await call<Sitting>(`/meetings/${id}`)).data
  return useQuery({ queryKey: ['meetings', id], queryFn })
}

export function useBodies() {
  const queryFn = async () => (await call<Bodies>('/bodies')).data
  return useQuery({ queryKey: ['bodies'], queryFn })
}

export const callMeeting = (body: Body, title: string, day: string, key: string) =>
  post<Meeting>('/meetings', { body, title, day }, key)

export const putOnAgenda = (prison: string, meeting: string, of: string, key: string) =>
  post(`/prisons/${prison}/meetings/${meeting}/items`, { case: of }, key)

export const actOnItem = ({ prison, id }: Which, deed: ItemDeed, key: string) =>
  post<Deliberation>(`/prisons/${prison}/items/${id}/acts`, deed, key)

export async function attachMinutes({ prison, id }: Which, file: File, idempotencyKey: string) {
  const headers = { 'Content-Type': 'application/octet-stream' }
  const query = { name: file.name }
  await call(`/prisons/${prison}/items/${id}/minutes`, {
    method: 'PATCH',
    body: file,
    headers,
    query,
    idempotencyKey,
  })
}

export const minutesUrl = ({ prison, id }: Which) => url(`/prisons/${prison}/items/${id}/minutes`)

export const packageUrl = (prison: string, of: string) =>
  url(`/prisons/${prison}/cases/${of}/package`)

export interface NewMember {
  body: Body
  person: string
  origin?: string
  voting: boolean
  from_day: string
}

export const seatMember = (member: NewMember, key: string) => post('/bodies/members', member, key)

export const endMember = (member: string, last_day: string, key: string) =>
  post(`/bodies/members/${member}/end`, { last_day }, key)
