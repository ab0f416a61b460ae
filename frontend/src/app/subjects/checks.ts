import type zh from '../../i18n/checks.zh.json'
import type pool from '../../i18n/pool.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Checks, Pool {}
}
type Checks = typeof zh
type Pool = typeof pool

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/checks',
        label: 'checks.title',
        roles: readers,
        under: [
          { to: '/inspectors', label: 'pool.title', roles: ['prison_office', 'bureau_office'] },
        ],
      },
      { to: '/rectifications', label: 'checks.rectifications', roles: readers },
    ],
  },
  routes: [
    { path: 'checks', ...page(() => import('../../pages/Checks')) },
    { path: 'prisons/:prison/checks/:check', ...page(() => import('../../pages/CheckPage')) },
    {
      path: 'prisons/:prison/checks/:check/route',
      ...page(() => import('../../pages/CheckRoute')),
    },
    { path: 'inspectors', ...page(() => import('../../pages/Inspectors')) },
    { path: 'inspectors/:person', ...page(() => import('../../pages/InspectorPage')) },
    { path: 'rectifications', ...page(() => import('../../pages/Rectifications')) },
  ],
}
