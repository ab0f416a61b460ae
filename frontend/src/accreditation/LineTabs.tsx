import { useT } from '../i18n'
import { PageTabs } from '../ui/PageTabs'

const tabs = [
  { to: '/opinions', label: 'opinions.title' },
  { to: '/opinions/tasks', label: 'bulletins.tasks' },
  { to: '/liaisons', label: 'bulletins.liaisons' },
  { to: '/accreditation/calendar', label: 'bulletins.calendar' },
] as const

/** The pages of what departments owe, one beside the other. */
export function LineTabs() {
  const t = useT()
  const pages = tabs.map(({ to, label }) => ({ to, title: t(label) }))
  return <PageTabs label={t('bulletins.tabs')} pages={pages} />
}
