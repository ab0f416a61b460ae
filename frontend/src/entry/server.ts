import { type RefObject, useEffect } from 'react'
import { checkDraft, getEntry } from '../api/entries'
import type { Evidence, LedgerType, Pin } from '../api/model'
import { ProblemError } from '../api/problem'
import type { FormStore, ShownProblem } from '../form/store'
import { useT } from '../i18n'
import type { Doc } from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import { toast } from '../ui/toast'
import { takePins } from './pins'

/** Asks the rules and the computed fields after each save, whether the schema holds or not. */
export function useRules(
  store: FormStore,
  hear: (problems: ShownProblem[], derived?: Doc) => void,
  prison: string,
  id: string,
  saved: boolean,
  files: Evidence[],
) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file may complete what was missing
  useEffect(() => {
    if (!saved) return
    const asked = new AbortController()
    checkDraft(prison, id, store.toSend(), asked.signal)
      .then((result) => {
        const warnings = result.warnings.map((w) => ({ ...w, level: 'warning' as const }))
        hear(
          [...result.errors, ...warnings].filter((p) => onlyServerKnows(store, p)),
          result.document,
        )
      })
      .catch((error: unknown) => {
        if (!asked.signal.aborted && !(error instanceof ProblemError)) throw error
      })
    return () => asked.abort()
  }, [saved, files, prison, id, store, hear])
}

/**
 * Takes the shared fields anew where the server may hold others than the form: once saved, they
 * are of the day and the inmate that the document now names.
 */
export function useRetaken(
  store: FormStore,
  behind: RefObject<boolean>,
  pins: RefObject<Pin[]>,
  type: LedgerType,
  prison: string,
  id: string,
  saved: boolean,
) {
  const t = useT()
  const names = useNames()
  const systemName = useSystemName()
  const shares = type.sources.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are made anew each time and mean the same
  useEffect(() => {
    if (!shares || !behind.current || !saved) return
    let gone = false
    getEntry(prison, id)
      .then((now) => {
        if (gone) return
        behind.current = false
        pins.current = now.draft?.pins ?? []
        if (takePins(store, now, type, names.ledger, systemName)) toast(t('form.retaken'))
      })
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error
      })
    return () => {
      gone = true
    }
  }, [shares, saved, prison, id, store])
}

/** Rules and computed values only the server knows; the rest is said here without asking. */
function onlyServerKnows(store: FormStore, { code, pointer }: ShownProblem): boolean {
  if (/^(rule:|evidence_|period_)/.test(code)) return true
  return store.node(pointer).readOnly === true
}
