import { useQuery } from '@tanstack/react-query'
import type { components } from './api-schema'
import { call } from './http'

type S = components['schemas']

export type Diagnosis = S['Diagnosis']
export type Defect = S['Defect']
export type DefectItem = S['DefectItem']

export function useSelfCheck(prison: string, area: string) {
  const queryFn = async () =>
    (await call<Diagnosis>(`/prisons/${prison}/areas/${area}/self-check`)).data
  return useQuery({ queryKey: ['self-check', prison, area], queryFn })
}
