import { fillers, readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofFilling',
    lines: [
      { to: '/', label: 'menu.workbench' },
      { to: '/batch', label: 'menu.batch', roles: fillers },
      { to: '/mine', label: 'menu.mine', roles: fillers },
      { to: '/exchange', label: 'menu.exchange', roles: readers },
      { to: '/offline', label: 'offline.menu', roles: fillers },
    ],
  },
  routes: [
    { index: true, ...page(() => import('../../pages/Workbench')) },
    { path: 'mine', ...page(() => import('../../pages/MyEntries')) },
    { path: 'batch', ...page(() => import('../../pages/Batch')) },
    { path: 'offline', ...page(() => import('../../pages/Offline')) },
    { path: 'offline/:id', ...page(() => import('../../pages/OfflineEdit')) },
    { path: 'prisons/:prison/entries/:id', ...page(() => import('../../pages/EntryPage')) },
    { path: 'prisons/:prison/entries/:id/edit', ...page(() => import('../../pages/EntryEdit')) },
    { path: 'exchange', ...page(() => import('../../pages/Exchange')) },
    { path: 'prisons/:prison/imports/:id', ...page(() => import('../../pages/ImportPage')) },
  ],
}
