import type zh from '../../i18n/opinions.zh.json'
import { type Post, page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Opinions {}
}
type Opinions = typeof zh

const roles: Post[] = ['bureau_office', 'bureau_leader', 'bureau:dept_head', 'bureau:dept_staff']

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/opinions',
        label: 'opinions.title',
        roles,
        under: [
          { to: '/opinions/tasks', roles, label: 'bulletins.tasks' },
          { to: '/liaisons', roles, label: 'bulletins.liaisons' },
          { to: '/accreditation/calendar', roles, label: 'bulletins.calendar' },
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
