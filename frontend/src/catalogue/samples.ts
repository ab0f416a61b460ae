import { local } from '../offline/store'
import type { Doc } from '../schema/types'

/** A document that the type must judge so, whatever is changed about it. */
export interface Sample {
  name: string
  body: Doc
  passes: boolean
}

/** Samples of a ledger, on this computer: they are the designer's own notes, and no record. */
export const samples = {
  read: async (owner: string, ledger: string) =>
    (await local.get<Sample[]>(owner, 'samples', ledger)) ?? [],
  write: (owner: string, ledger: string, list: Sample[]) =>
    local.put(owner, 'samples', ledger, list),
}
