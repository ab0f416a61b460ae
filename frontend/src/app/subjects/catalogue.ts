import { readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofCatalogue',
    lines: [
      {
        to: '/catalogue',
        label: 'menu.catalogue',
        roles: readers.filter((role) => role !== 'inspector'),
      },
      { to: '/consolidation', label: 'menu.consolidation' },
    ],
  },
  routes: [
    { path: 'catalogue', ...page(() => import('../../pages/Catalogue')) },
    { path: 'catalogue/propose', ...page(() => import('../../pages/Propose')) },
    { path: 'prisons/:prison/proposals/:id', ...page(() => import('../../pages/ProposalPage')) },
    { path: 'ledgers/:ledger/versions', ...page(() => import('../../pages/Versions')) },
    { path: 'consolidation', ...page(() => import('../../pages/Consolidation')) },
  ],
}
