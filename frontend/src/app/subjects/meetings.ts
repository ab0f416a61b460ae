import type zh from '../../i18n/meetings.zh.json'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Meetings {}
}
type Meetings = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/meetings',
        label: 'meetings.title',
        roles: [
          'bureau_office',
          'bureau_leader',
          'party_secretary',
          'committee_secretary',
          'committee_member',
        ],
      },
    ],
  },
  routes: [
    { path: 'meetings', ...page(() => import('../../pages/Meetings')) },
    { path: 'meetings/:meeting', ...page(() => import('../../pages/MeetingPage')) },
  ],
}
