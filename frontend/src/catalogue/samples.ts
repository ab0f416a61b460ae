import { ledgerMayStay } from '../offline/kept'
import { local } from '../offline/store'
import type { Doc } from '../schema/types'
import type { Files } from './design'

/** A document that the type must judge so, whatever is changed about it. */
export interface Sample {
  name: string
  body: Doc
  passes: boolean
}

type Definition = Files['definition']

const mayStay = ({ sensitivity, offline }: Definition) =>
  ledgerMayStay({ sensitivity: sensitivity as 'L1', offline: offline === true })

/**
 * Samples of a ledger, on this computer: they are the designer's own notes, and no record. Of what may
 * not lie about here they live as long as the page.
 */
export const samples = {
  read: async (owner: string, ledger: string) =>
    (await local.get<Sample[]>(owner, 'samples', ledger).catch(() => undefined)) ?? [],
  write: async (owner: string, definition: Definition, list: Sample[]) => {
    if (!mayStay(definition)) return
    await local.put(owner, 'samples', String(definition.id), list).catch(() => undefined)
  },
}
