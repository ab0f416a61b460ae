import type { ParseKeys } from 'i18next'
import type { Me } from '../api/model'
import type { Line } from './subject'
import { subjects } from './subjects'

/** In their order. The first is what one comes for every day. */
const headings: ParseKeys[] = [
  'menu.ofFilling',
  'menu.ofApproval',
  'menu.ofFinding',
  'menu.ofScores',
  'menu.ofAccreditation',
  'menu.ofCalendar',
  'menu.ofCatalogue',
  'menu.ofSystem',
]

const groups = headings.map((label) => ({
  label,
  lines: subjects.flatMap(({ menu }) => (menu?.heading === label ? menu.lines : [])),
}))

/** What the menu offers, by subject. It only spares dead ends: the server decides what is allowed. */
export function menuFor(me: Me) {
  return groups
    .map(({ label, lines }) => ({ label, lines: lines.filter(offered(me)) }))
    .filter(({ lines }) => lines.length > 0)
}

/** A line of the menu and what stands under it, as far as they are offered. */
export function pagesOf(me: Me, to: string): Line[] {
  const line = groups.flatMap(({ lines }) => lines).find((l) => l.to === to)
  return line ? [line, ...(line.under ?? [])].filter(offered(me)) : []
}

const offered =
  (me: Me) =>
  ({ roles }: Line) =>
    !roles ||
    me.postings.some(
      ({ role, prison }) =>
        roles.includes(role) || roles.includes(`${prison ? 'prison' : 'bureau'}:${role}`),
    )
