import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'
import type { Area } from './model'

type S = components['schemas']

export type AreaChange = S['AreaChange']

/** What is said anew of an area; a day may be empty. */
export interface NewAreaChange {
  /** That was seen. */
  version: number
  opened_on: string
  closed_on: string
  sub_area: boolean
  reason: string
}

const at = (area: Area) => `/prisons/${area.prison}/areas/${area.id}/changes`

export function useAreaChanges(area: Area) {
  const queryFn = async () =>
    (await call<{ changes: AreaChange[]; actions: string[] }>(at(area))).data
  return useQuery({ queryKey: ['area changes', area.prison, area.id], queryFn })
}

export async function changeArea(area: Area, body: NewAreaChange, key: string) {
  await call(at(area), { method: 'POST', body, idempotencyKey: key })
}

/** Whether the area is one of its prison's on the day. */
export function counts({ opened_on = '', closed_on }: Area, day: string): boolean {
  return opened_on <= day && (closed_on === undefined || day < closed_on)
}
