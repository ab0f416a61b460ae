import { readers } from '../posts'
import { page, type Subject } from '../subject'

export const subject: Subject = {
  menu: {
    heading: 'menu.ofScores',
    lines: [
      { to: '/scores', label: 'menu.scores', roles: readers },
      { to: '/completeness', label: 'menu.completeness', roles: readers },
      { to: '/burden', label: 'menu.burden', roles: readers },
    ],
  },
  routes: [
    { path: 'scores', ...page(() => import('../../pages/Scores')) },
    { path: 'prisons/:prison/areas/:area/score', ...page(() => import('../../pages/AreaScore')) },
    {
      path: 'prisons/:prison/areas/:area/readiness',
      ...page(() => import('../../pages/Readiness')),
    },
    {
      path: 'prisons/:prison/areas/:area/self-check',
      ...page(() => import('../../pages/SelfCheck')),
    },
    { path: 'prisons/:prison/runs/:run', ...page(() => import('../../pages/RunPage')) },
    { path: 'prisons/:prison/areas/:area/proof', ...page(() => import('../../pages/Proof')) },
    { path: 'completeness', ...page(() => import('../../pages/Completeness')) },
    { path: 'burden', ...page(() => import('../../pages/Burden')) },
  ],
}
