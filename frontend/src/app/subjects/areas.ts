import type zh from '../../i18n/areas.zh.json'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Areas {}
}
type Areas = typeof zh

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/areas',
        label: 'areas.title',
        roles: ['prison_leader', 'warden', 'prison_office', 'bureau_office', 'bureau_leader'],
      },
    ],
  },
  routes: [{ path: 'areas', ...page(() => import('../../pages/Areas')) }],
}
