import { useCatalogue, useOrganisation } from '../api/queries'
import { useLang } from '../i18n'
import { text } from '../schema/types'

/** Names of units and ledgers by their ids; the id itself while they are not there yet. */
export function useNames() {
  const lang = useLang()
  const organisation = useOrganisation().data
  const catalogue = useCatalogue().data
  const ledgers = [...(catalogue?.ledgers ?? []), ...(catalogue?.ended ?? [])]
  const areas = organisation?.prisons.flatMap((p) => p.areas) ?? []
  return {
    area: (id: string) => {
      const found = areas.find((a) => a.id === id)
      return found ? (lang === 'en' && found.name_en) || found.name_zh : ''
    },
    prison: (id: string) => text(organisation?.prisons.find((p) => p.id === id)?.name, lang),
    department: (code: string) =>
      text(organisation?.departments.find((d) => d.code === code)?.title, lang) || code,
    ledger: (id: string) => text(ledgers.find((l) => l.id === id)?.title, lang) || id,
  }
}
