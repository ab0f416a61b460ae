import { useT } from '../i18n'
import { useNames } from '../ui/names'

/** The name of a unit within its prison: an area, or the prison as a whole. */
export function useUnitIn(prison: string) {
  const t = useT()
  const names = useNames()
  return (area?: string) =>
    area ? names.area(area) : `${names.prison(prison)} ${t('cases.prisonItself')}`
}
