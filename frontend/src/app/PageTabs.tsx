import { NavLink } from 'react-router'
import { useMe } from '../api/queries'
import { useT } from '../i18n'
import { pagesOf } from './menu'
import './pageTabs.css'

/** The pages that stand under one line of the menu, on each of them; nothing where there is one alone. */
export function PageTabs({ of }: { of: string }) {
  const t = useT()
  const me = useMe().data
  const pages = me ? pagesOf(me, of) : []
  if (pages.length < 2) return null
  return (
    <nav className="page-tabs no-print" aria-label={t('shell.pages')}>
      {pages.map(({ to, label, own }) => (
        <NavLink key={to} to={to} end>
          {t(own ?? label)}
        </NavLink>
      ))}
    </nav>
  )
}
