import type { Title } from '../api/cases'
import { useT } from '../i18n'
import { useNames } from '../ui/names'

const levels = ['area', 'standard', 'demonstration'] as const

/** The name of a level; a level that was added by data has its own. */
export function useLevel() {
  const t = useT()
  return (level: string) => {
    const known = levels.find((l) => l === level)
    return known ? t(`cases.level_${known}`) : level
  }
}

/** The name of a unit: an area of a prison, or the prison as a whole. */
export function useUnit() {
  const t = useT()
  const names = useNames()
  return ({ prison, area }: Pick<Title, 'prison' | 'area'>) =>
    `${names.prison(prison)} · ${area ? names.area(area) : t('cases.prisonItself')}`
}
