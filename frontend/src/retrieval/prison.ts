import { useOrganisation, usePrison } from '../api/queries'

/** The prison that is looked into: one's own, else the one chosen, else the first. */
export function useLookedInto(chosen: string) {
  const own = usePrison()
  const prisons = useOrganisation().data?.prisons ?? []
  const prison = own || chosen || prisons[0]?.id || ''
  return {
    prison,
    choices: own ? [] : prisons,
    areas: prisons.find((p) => p.id === prison)?.areas ?? [],
  }
}
