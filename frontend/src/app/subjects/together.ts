import type zh from '../../i18n/together.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Together {}
}
type Together = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      // One line for all six: each page leads to the others (together/Places).
      {
        to: '/visits',
        label: 'together.title',
        roles: readers,
        also: ['/trainings', '/brands', '/practices', '/pairs', '/boards'],
      },
    ],
  },
  routes: [
    { path: 'visits', ...page(() => import('../../pages/Visits')) },
    { path: 'trainings', ...page(() => import('../../pages/Trainings')) },
    { path: 'brands', ...page(() => import('../../pages/Brands')) },
    { path: 'practices', ...page(() => import('../../pages/Practices')) },
    { path: 'pairs', ...page(() => import('../../pages/Pairs')) },
    { path: 'boards', ...page(() => import('../../pages/Boards')) },
  ],
}
