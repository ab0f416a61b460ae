import type zh from '../../i18n/stewardship.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Stewardship {}
}
type Stewardship = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofCatalogue',
    lines: [
      {
        to: '/catalogue',
        label: 'menu.catalogue',
        roles: readers.filter((role) => role !== 'inspector'),
      },
      {
        to: '/consolidation',
        label: 'menu.consolidation',
        under: [{ to: '/paper', label: 'paper.title', roles: readers }],
      },
    ],
  },
  routes: [
    { path: 'catalogue', ...page(() => import('../../pages/Catalogue')) },
    { path: 'catalogue/propose', ...page(() => import('../../pages/Propose')) },
    { path: 'prisons/:prison/proposals/:id', ...page(() => import('../../pages/ProposalPage')) },
    { path: 'ledgers/:ledger/versions', ...page(() => import('../../pages/Versions')) },
    { path: 'consolidation', ...page(() => import('../../pages/Consolidation')) },
    { path: 'paper', ...page(() => import('../../pages/Paper')) },
    { path: 'prisons/:prison/paper', ...page(() => import('../../pages/Paper')) },
    { path: 'matrix', ...page(() => import('../../pages/Matrix')) },
    { path: 'prisons/:prison/matrix', ...page(() => import('../../pages/Matrix')) },
  ],
}
