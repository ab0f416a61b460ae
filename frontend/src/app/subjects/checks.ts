import type zh from '../../i18n/checks.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Checks {}
}
type Checks = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      { to: '/checks', label: 'checks.title', roles: readers },
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
    { path: 'rectifications', ...page(() => import('../../pages/Rectifications')) },
  ],
}
