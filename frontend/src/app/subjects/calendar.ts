import { readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofCalendar',
    lines: [
      { to: '/rosters', label: 'calendar.rosters', roles: readers },
      { to: '/reliefs', label: 'calendar.reliefs', roles: readers },
    ],
  },
  routes: [
    { path: 'rosters', ...page(() => import('../../pages/Rosters')) },
    { path: 'reliefs', ...page(() => import('../../pages/Reliefs')) },
  ],
}
