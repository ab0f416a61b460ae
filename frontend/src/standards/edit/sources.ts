import { useMemo } from 'react'
import { useOrganisation } from '../../api/queries'
import type { Measurable } from '../../api/standards'
import { useBasis, useExternalLists, useMeasures } from '../../api/standards'
import { useLang, useT } from '../../i18n'
import { isObject, type Json, text } from '../../schema/types'
import type { Source } from './fields'

export interface Option {
  value: string
  label: string
}

export interface Sources {
  options: Record<Exclude<Source, 'parts'>, Option[]>
  /** What lines may ask for: of every ledger, and of each its own. */
  every: Option[]
  ledgers: Measurable[]
}

/** What the choices of the forms come from, by name. */
export function useSources(): Sources {
  const t = useT()
  const lang = useLang()
  const departments = useOrganisation().data?.departments
  const measures = useMeasures().data
  const documents = useBasis().data?.documents
  const lists = useExternalLists().data?.lists
  return useMemo(() => {
    const ledgers = measures?.ledgers ?? []
    return {
      options: {
        departments: (departments ?? []).map((d) => ({
          value: d.code,
          label: text(d.title, lang),
        })),
        ledgers: ledgers.map((l) => ({ value: l.id, label: text(l.title, lang) })),
        documents: (documents ?? []).map((d) => ({ value: d.title, label: d.title })),
        lists: (lists ?? []).map((l) => ({ value: l.list, label: l.list })),
      },
      every: (measures?.every ?? []).map((id) => ({
        value: id,
        label: t(`drafting.measures.${id as 'due'}`),
      })),
      ledgers,
    }
  }, [t, lang, departments, measures, documents, lists])
}

/** The caps of an indicator, as a line may name them. */
export function partsOf(rules: Json | undefined): Option[] {
  const parts = isObject(rules) && isObject(rules.parts) ? rules.parts : {}
  return Object.entries(parts).map(([name, cap]) => ({
    value: name,
    label: `${name} ≤ ${String(cap)}`,
  }))
}
