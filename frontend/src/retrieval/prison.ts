import { useOrganisation, usePrison, usePrisons } from '../api/queries'

/** The prison that is looked into: the one the address names, else the one of the header. */
export function useLookedInto(named: string) {
  const mine = usePrisons()
  const chosen = usePrison()
  const prison = mine.includes(named) ? named : chosen
  const prisons = useOrganisation().data?.prisons ?? []
  return {
    prison,
    choices: mine.length > 1 ? prisons.filter((p) => mine.includes(p.id)) : [],
    areas: prisons.find((p) => p.id === prison)?.areas ?? [],
  }
}
