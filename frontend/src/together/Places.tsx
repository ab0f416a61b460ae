import { NavLink } from 'react-router'
import { useT } from '../i18n'
import './places.css'

/** What units do together stands under one line of the menu; from each page the others are one step away. */
export const places = ['visits', 'trainings', 'brands', 'practices', 'pairs', 'boards'] as const

export function Places() {
  const t = useT()
  return (
    <nav className="places no-print" aria-label={t('together.title')}>
      {places.map((p) => (
        <NavLink key={p} to={`/${p}`}>
          {t(`together.${p}`)}
        </NavLink>
      ))}
    </nav>
  )
}
