import { createBrowserRouter, type RouteObject } from 'react-router'
import { RouteFailed } from './RouteFailed'
import { Shell } from './Shell'
import { page } from './subject'
import { subjects } from './subjects'

export const routes: RouteObject[] = [
  { path: '/sign-in', ErrorBoundary: RouteFailed, ...page(() => import('../pages/SignIn')) },
  {
    path: '/prisons/:prison/entries/:id/print',
    ErrorBoundary: RouteFailed,
    ...page(() => import('../pages/EntryPrint')),
  },
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: RouteFailed,
    children: [
      {
        ErrorBoundary: RouteFailed,
        children: [
          ...subjects.flatMap(({ routes }) => routes),
          { path: '*', ...page(() => import('../pages/NotFound')) },
        ],
      },
    ],
  },
]

export const router = createBrowserRouter(routes)
