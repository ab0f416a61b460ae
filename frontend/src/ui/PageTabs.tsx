import { NavLink } from 'react-router'
import './pageTabs.css'

/** Pages that stand under one line of the menu: from each the others are one step away. */
export function PageTabs({
  label,
  pages,
}: {
  label: string
  pages: { to: string; title: string }[]
}) {
  return (
    <nav className="page-tabs no-print" aria-label={label}>
      {pages.map((p) => (
        <NavLink key={p.to} to={p.to} end>
          {p.title}
        </NavLink>
      ))}
    </nav>
  )
}
