import { useT } from '../i18n'
import { PageTabs } from '../ui/PageTabs'

/** What units do together stands under one line of the menu. */
export const places = ['visits', 'trainings', 'brands', 'practices', 'pairs', 'boards'] as const

export function Places() {
  const t = useT()
  const pages = places.map((p) => ({ to: `/${p}`, title: t(`together.${p}`) }))
  return <PageTabs label={t('together.title')} pages={pages} />
}
