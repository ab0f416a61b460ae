import type zh from '../../i18n/bulletins.zh.json'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Bulletins {}
}
type Bulletins = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/bulletins',
        label: 'bulletins.title',
        roles: [
          'bureau_office',
          'bureau_leader',
          'bureau:dept_head',
          'bureau:dept_staff',
          'prison_leader',
          'warden',
          'prison_office',
        ],
      },
    ],
  },
  routes: [
    { path: 'bulletins', ...page(() => import('../../pages/Bulletins')) },
    { path: 'bulletins/:year/:issue', ...page(() => import('../../pages/BulletinPage')) },
    { path: 'liaisons', ...page(() => import('../../pages/Liaisons')) },
    { path: 'opinions/tasks', ...page(() => import('../../pages/DepartmentTasks')) },
    { path: 'accreditation/calendar', ...page(() => import('../../pages/Dates')) },
  ],
}
