import type drafting from '../../i18n/drafting.zh.json'
import type lists from '../../i18n/lists.zh.json'
import type mapping from '../../i18n/mapping.zh.json'
import type zh from '../../i18n/standards.zh.json'
import { readers } from '../posts'
import { page, type Subject } from '../subject'

declare module '../../i18n/texts' {
  interface Texts extends Standards, Drafting, Mapping, Lists {}
}
type Standards = typeof zh
type Drafting = typeof drafting
type Mapping = typeof mapping
type Lists = typeof lists

export const subject: Subject = {
  menu: {
    heading: 'menu.ofAccreditation',
    lines: [
      {
        to: '/standards',
        label: 'standards.title',
        roles: readers,
        under: [
          {
            to: '/basis',
            label: 'standards.basis',
            roles: ['prison_office', 'bureau_office', 'bureau_leader'],
          },
          {
            to: '/external-lists',
            label: 'lists.title',
            roles: ['prison_office', 'bureau_office', 'bureau_leader'],
          },
        ],
      },
    ],
  },
  routes: [
    { path: 'standards', ...page(() => import('../../pages/Standards')) },
    { path: 'standards/import', ...page(() => import('../../pages/StandardImport')) },
    { path: 'standards/:standard/compare', ...page(() => import('../../pages/StandardCompare')) },
    { path: 'standards/:standard/v/:version', ...page(() => import('../../pages/StandardPage')) },
    {
      path: 'standards/:standard/v/:version/edit',
      ...page(() => import('../../pages/StandardEdit')),
    },
    {
      path: 'standards/:standard/v/:version/mapping',
      ...page(() => import('../../pages/StandardMapping')),
    },
    { path: 'external-lists', ...page(() => import('../../pages/ExternalLists')) },
    { path: 'basis', ...page(() => import('../../pages/Basis')) },
  ],
}
