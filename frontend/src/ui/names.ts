import { useCallback, useMemo } from 'react'
import type { Pin } from '../api/model'
import { useCatalogue, useOrganisation } from '../api/queries'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

/**
 * Names of units and ledgers by their ids; the id itself while they are not there yet. The same
 * object until one of them changes, so that what is drawn from it need not be drawn anew.
 */
export function useNames() {
  const lang = useLang()
  const organisation = useOrganisation().data
  const catalogue = useCatalogue().data
  return useMemo(() => {
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
      /** The department of the bureau (处室) that guides it in the prisons. */
      office: (code: string) =>
        text(organisation?.departments.find((d) => d.code === code)?.bureau, lang) || code,
      ledger: (id: string) => text(ledgers.find((l) => l.id === id)?.title, lang) || id,
    }
  }, [lang, organisation, catalogue])
}

const systems = {
  'ext:assets': 'connectors.system_assets',
  'ext:asset-register': 'connectors.system_asset-register',
  'ext:custody-admin': 'connectors.system_custody-admin',
  'ext:duty-roster': 'connectors.system_duty-roster',
  'ext:inmate-master': 'connectors.system_inmate-master',
  'ext:patrol': 'connectors.system_patrol',
  'ext:procurement': 'connectors.system_procurement',
  'ext:trust-account': 'connectors.system_trust-account',
} as const

/** The name of another system; the id itself where it has none. */
export function useSystemName() {
  const t = useT()
  return useCallback(
    (id: string) => (id in systems ? t(systems[id as keyof typeof systems]) : id),
    [t],
  )
}

/** Where a shared value was taken from, and when; the same function while no name changes. */
export function useOrigin() {
  const t = useT()
  const { ledger } = useNames()
  const system = useSystemName()
  return useCallback(
    (pin: Pin) =>
      t('form.fromAt', {
        source: pin.origin ? system(pin.origin.system) : ledger(pin.ledger),
        at: showTime(pin.taken_at),
      }),
    [t, ledger, system],
  )
}
