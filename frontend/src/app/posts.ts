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
export const readers: Role[] = [
  ...approvers,
  'officer',
  'dept_staff',
  'prison_office',
  'bureau_office',
  'bureau_leader',
  'inspector',
]

export const keepers: Role[] = ['warden', 'prison_office', 'audit_admin', 'inspector']

export function mayApprove(me: Me): boolean {
  return me.postings.some((p) => approvers.includes(p.role))
}

export function mayFill(me: Me): boolean {
  return me.postings.some((p) => fillers.includes(p.role))
}

/** Who reads what is of the prison as a whole: everybody whose post is not of one area. */
export function ofWhole(me: Me): boolean {
  return me.grants.length > 0 || me.postings.some((p) => !p.area)
}

/** Who reads entries and scores, which those who only keep the machines going do not. */
export function mayRead(me: Me): boolean {
  return me.grants.length > 0 || me.postings.some((p) => readers.includes(p.role))
}
