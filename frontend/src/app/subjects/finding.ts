import { readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofFinding',
    lines: [
      {
        to: '/ledgers',
        label: 'menu.ledgers',
        roles: readers,
        under: [
          {
            to: '/matrix',
            label: 'matrix.title',
            roles: readers.filter((role) => role !== 'inspector'),
          },
        ],
      },
      { to: '/search', label: 'menu.search' },
      { to: '/trace', label: 'menu.trace', roles: readers },
      { to: '/volumes', label: 'menu.volumes', roles: readers },
      { to: '/verify', label: 'menu.verify', roles: readers },
    ],
  },
  routes: [
    { path: 'ledgers', ...page(() => import('../../pages/Ledgers')) },
    { path: 'ledgers/:ledger', ...page(() => import('../../pages/LedgerBrowser')) },
    { path: 'search', ...page(() => import('../../pages/Search')) },
    { path: 'trace', ...page(() => import('../../pages/Trace')) },
    { path: 'verify', ...page(() => import('../../pages/Verify')) },
    { path: 'verify/:code', ...page(() => import('../../pages/Verify')) },
    { path: 'volumes', ...page(() => import('../../pages/Volumes')) },
  ],
}
