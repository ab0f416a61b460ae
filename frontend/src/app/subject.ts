import type { ParseKeys } from 'i18next'
import type { RouteObject } from 'react-router'
import type { Role } from '../api/model'
import { Loading } from '../ui/States'

/** Who holds a role, or holds it in a prison or at the bureau alone. */
export type Post = Role | `${'prison' | 'bureau'}:${Role}`

/** One line of the menu; without roles it is offered to everybody. */
export interface Line {
  to: string
  label: ParseKeys
  roles?: readonly Post[]
  /** What its own page is called, where the label names all that stands under it. */
  own?: ParseKeys
  /** Pages that stand under this one: from each the others are one step away (app/PageTabs). */
  under?: readonly Line[]
}

/** What one subject adds to the page: its routes, and its lines under a heading of the menu. */
export interface Subject {
  routes: RouteObject[]
  menu?: { heading: ParseKeys; lines: readonly Line[] }
}

type Page = { default: React.ComponentType }

/** A page is fetched when it is first visited. */
export const page = (load: () => Promise<Page>): Pick<RouteObject, 'lazy' | 'HydrateFallback'> => ({
  lazy: async () => ({ Component: (await load()).default }),
  HydrateFallback: Loading,
})
