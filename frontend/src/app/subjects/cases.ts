import type zh from '../../i18n/cases.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Cases {}
}
type Cases = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/accreditation',
        label: 'cases.title',
        roles: [...readers, 'party_secretary', 'committee_secretary', 'committee_member'],
        under: [
          {
            to: '/accreditation/screening',
            label: 'cases.screening',
            roles: ['prison_leader', 'warden', 'prison_office', 'bureau_office', 'bureau_leader'],
          },
        ],
      },
      {
        to: '/titles',
        label: 'cases.titles',
        roles: [...readers, 'party_secretary', 'committee_secretary'],
      },
    ],
  },
  routes: [
    { path: 'accreditation', ...page(() => import('../../pages/Cases')) },
    { path: 'accreditation/screening', ...page(() => import('../../pages/Screening')) },
    { path: 'prisons/:prison/cases/:case', ...page(() => import('../../pages/CasePage')) },
    { path: 'titles', ...page(() => import('../../pages/Titles')) },
  ],
}
