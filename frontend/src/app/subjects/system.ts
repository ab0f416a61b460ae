import { keepers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofSystem',
    lines: [
      { to: '/connectors', label: 'menu.connectors', roles: ['system_admin', 'security_admin'] },
      { to: '/log', label: 'menu.log', roles: keepers },
      { to: '/sessions', label: 'menu.sessions' },
    ],
  },
  routes: [
    { path: 'connectors', ...page(() => import('../../pages/Connectors')) },
    { path: 'log', ...page(() => import('../../pages/Log')) },
    { path: 'sessions', ...page(() => import('../../pages/Sessions')) },
  ],
}
