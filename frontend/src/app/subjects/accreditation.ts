// Named so that it comes first under its heading: subjects stand in the order of their files.
import type zh from '../../i18n/overview.zh.json'
import type plans from '../../i18n/plans.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Overview, Plans {}
}
type Overview = typeof zh
type Plans = typeof plans

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/overview',
        label: 'overview.title',
        roles: readers,
        under: [
          { to: '/plans', label: 'plans.title', roles: readers },
          { to: '/responsibilities', label: 'plans.duties', roles: readers },
        ],
      },
    ],
  },
  routes: [
    { path: 'overview', ...page(() => import('../../pages/Overview')) },
    { path: 'plans', ...page(() => import('../../pages/Plans')) },
    { path: 'responsibilities', ...page(() => import('../../pages/Responsibilities')) },
    {
      path: 'prisons/:prison/responsibilities',
      ...page(() => import('../../pages/Responsibilities')),
    },
    { path: 'prisons/:prison/plans', ...page(() => import('../../pages/Plans')) },
    { path: 'prisons/:prison/overview', ...page(() => import('../../pages/PrisonOverview')) },
    { path: 'prisons/:prison/units/:area/board', ...page(() => import('../../pages/Board')) },
  ],
}
