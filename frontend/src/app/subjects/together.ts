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
      {
        to: '/visits',
        label: 'together.title',
        own: 'together.visits',
        roles: readers,
        under: [
          { to: '/trainings', label: 'together.trainings' },
          { to: '/brands', label: 'together.brands' },
          { to: '/practices', label: 'together.practices' },
          { to: '/pairs', label: 'together.pairs' },
          { to: '/boards', label: 'together.boards' },
        ],
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
