import { approvers, readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofApproval',
    lines: [
      { to: '/inbox', label: 'menu.inbox', roles: readers },
      {
        to: '/delegations',
        label: 'approval.delegations',
        roles: approvers.map((role) => `prison:${role}` as const),
      },
    ],
  },
  routes: [
    { path: 'inbox', ...page(() => import('../../pages/Inbox')) },
    { path: 'delegations', ...page(() => import('../../pages/Delegations')) },
  ],
}
