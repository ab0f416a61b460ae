import type { Me, Role } from '../api/model'

export const approvers: Role[] = [
  'duty_leader',
  'deputy_head',
  'area_head',
  'instructor',
  'dept_head',
  'prison_leader',
  'warden',
]
export const fillers: Role[] = [
  'officer',
  'medic',
  'counsellor',
  'dept_staff',
  'duty_leader',
  'deputy_head',
]
const readers: Role[] = [
  ...approvers,
  'officer',
  'dept_staff',
  'prison_office',
  'bureau_office',
  'bureau_leader',
  'inspector',
]

const keepers: Role[] = ['warden', 'prison_office', 'audit_admin', 'inspector']

interface Line {
  to: string
  label: string
  roles?: readonly Role[]
}

/** By subject. The first is what one comes for every day. */
const groups = [
  {
    label: 'menu.ofFilling',
    lines: [
      { to: '/', label: 'menu.workbench' },
      { to: '/batch', label: 'menu.batch', roles: fillers },
      { to: '/mine', label: 'menu.mine', roles: fillers },
      { to: '/exchange', label: 'menu.exchange', roles: readers },
      { to: '/offline', label: 'offline.menu', roles: fillers },
    ],
  },
  {
    label: 'menu.ofApproval',
    lines: [
      { to: '/inbox', label: 'menu.inbox', roles: readers },
      { to: '/delegations', label: 'approval.delegations', roles: approvers },
    ],
  },
  {
    label: 'menu.ofFinding',
    lines: [
      { to: '/ledgers', label: 'menu.ledgers', roles: readers },
      { to: '/search', label: 'menu.search' },
      { to: '/trace', label: 'menu.trace', roles: readers },
      { to: '/volumes', label: 'menu.volumes', roles: readers },
      { to: '/verify', label: 'menu.verify', roles: readers },
    ],
  },
  {
    label: 'menu.ofScores',
    lines: [
      { to: '/scores', label: 'menu.scores', roles: readers },
      { to: '/completeness', label: 'menu.completeness', roles: readers },
      { to: '/burden', label: 'menu.burden', roles: readers },
    ],
  },
  {
    label: 'menu.ofCalendar',
    lines: [
      { to: '/rosters', label: 'calendar.rosters', roles: readers },
      { to: '/reliefs', label: 'calendar.reliefs', roles: readers },
    ],
  },
  {
    label: 'menu.ofCatalogue',
    lines: [
      { to: '/catalogue', label: 'menu.catalogue', roles: readers },
      { to: '/consolidation', label: 'menu.consolidation' },
    ],
  },
  {
    label: 'menu.ofSystem',
    lines: [
      { to: '/connectors', label: 'menu.connectors', roles: ['system_admin', 'security_admin'] },
      { to: '/log', label: 'menu.log', roles: keepers },
      { to: '/sessions', label: 'menu.sessions' },
    ],
  },
] as const satisfies readonly { label: string; lines: readonly Line[] }[]

/** What the menu offers, by subject. It only spares dead ends: the server decides what is allowed. */
export function menuFor(me: Me) {
  const held = me.postings.map((p) => p.role)
  const offered = ({ roles }: Line) => !roles || roles.some((role) => held.includes(role))
  return groups
    .map(({ label, lines }) => ({ label, lines: lines.filter(offered) }))
    .filter(({ lines }) => lines.length > 0)
}

export function mayApprove(me: Me): boolean {
  return me.postings.some((p) => approvers.includes(p.role))
}

export function mayFill(me: Me): boolean {
  return me.postings.some((p) => fillers.includes(p.role))
}
