import { NavLink } from 'react-router'
import { useT } from '../i18n'
import '../together/places.css'

const tabs = [
  { to: '/opinions', label: 'opinions.title' },
  { to: '/opinions/tasks', label: 'bulletins.tasks' },
  { to: '/liaisons', label: 'bulletins.liaisons' },
  { to: '/accreditation/calendar', label: 'bulletins.calendar' },
] as const

/** The pages of what departments owe, one beside the other. */
export function LineTabs() {
  const t = useT()
  return (
    <nav className="places no-print" aria-label={t('bulletins.tabs')}>
      {tabs.map((x) => (
        <NavLink key={x.to} to={x.to} end>
          {t(x.label)}
        </NavLink>
      ))}
    </nav>
  )
}
