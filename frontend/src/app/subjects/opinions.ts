import type zh from '../../i18n/opinions.zh.json'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Opinions {}
}
type Opinions = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/opinions',
        label: 'opinions.title',
        roles: ['bureau_office', 'bureau_leader', 'dept_head', 'dept_staff'],
        under: [
          { to: '/opinions/tasks', label: 'bulletins.tasks' },
          { to: '/liaisons', label: 'bulletins.liaisons' },
          { to: '/accreditation/calendar', label: 'bulletins.calendar' },
        ],
      },
    ],
  },
  routes: [
    { path: 'opinions', ...page(() => import('../../pages/Opinions')) },
    {
      path: 'prisons/:prison/cases/:case/opinions/:department',
      ...page(() => import('../../pages/OpinionPage')),
    },
  ],
}
