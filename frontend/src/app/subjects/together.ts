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
      { to: '/visits', label: 'together.visits', roles: readers },
      { to: '/trainings', label: 'together.trainings', roles: readers },
      { to: '/brands', label: 'together.brands', roles: readers },
      { to: '/practices', label: 'together.practices', roles: readers },
      { to: '/pairs', label: 'together.pairs', roles: readers },
      { to: '/boards', label: 'together.boards', roles: readers },
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
