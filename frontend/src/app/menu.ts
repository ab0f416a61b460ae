import type { Me, Role } from '../api/model'

const approvers: Role[] = [
  'duty_leader',
  'deputy_head',
  'area_head',
  'instructor',
  'dept_head',
  'prison_leader',
  'warden',
]
const fillers: Role[] = [
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

const items = [
  { to: '/', label: 'menu.workbench', roles: undefined },
  { to: '/inbox', label: 'menu.inbox', roles: readers },
  { to: '/delegations', label: 'approval.delegations', roles: approvers },
  { to: '/batch', label: 'menu.batch', roles: fillers },
  { to: '/mine', label: 'menu.mine', roles: fillers },
  { to: '/offline', label: 'offline.menu', roles: fillers },
  { to: '/ledgers', label: 'menu.ledgers', roles: readers },
  { to: '/search', label: 'menu.search', roles: undefined },
  { to: '/trace', label: 'menu.trace', roles: readers },
  { to: '/exchange', label: 'menu.exchange', roles: readers },
  { to: '/scores', label: 'menu.scores', roles: readers },
  { to: '/completeness', label: 'menu.completeness', roles: readers },
  { to: '/burden', label: 'menu.burden', roles: readers },
  { to: '/rosters', label: 'calendar.rosters', roles: readers },
  { to: '/reliefs', label: 'calendar.reliefs', roles: readers },
  { to: '/catalogue', label: 'menu.catalogue', roles: readers },
  { to: '/consolidation', label: 'menu.consolidation', roles: undefined },
  { to: '/volumes', label: 'menu.volumes', roles: readers },
  { to: '/verify', label: 'menu.verify', roles: readers },
  { to: '/connectors', label: 'menu.connectors', roles: ['system_admin', 'security_admin'] },
  { to: '/log', label: 'menu.log', roles: keepers },
  { to: '/sessions', label: 'menu.sessions', roles: undefined },
] as const satisfies readonly { to: string; label: string; roles: readonly Role[] | undefined }[]

/** What the menu offers. It only spares dead ends: the server decides what is allowed. */
export function menuFor(me: Me) {
  const held = me.postings.map((p) => p.role)
  return items.filter((item) => !item.roles || item.roles.some((role) => held.includes(role)))
}

export function mayApprove(me: Me): boolean {
  return me.postings.some((p) => approvers.includes(p.role))
}

export function mayFill(me: Me): boolean {
  return me.postings.some((p) => fillers.includes(p.role))
}
