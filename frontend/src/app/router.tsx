import { createBrowserRouter, type RouteObject } from 'react-router'
import { Loading } from '../ui/States'
import { RouteFailed } from './RouteFailed'
import { Shell } from './Shell'

type Page = { default: React.ComponentType }

/** A page is fetched when it is first visited. */
const page = (load: () => Promise<Page>): Pick<RouteObject, 'lazy' | 'HydrateFallback'> => ({
  lazy: async () => ({ Component: (await load()).default }),
  HydrateFallback: Loading,
})

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
          { index: true, ...page(() => import('../pages/Workbench')) },
          { path: 'mine', ...page(() => import('../pages/MyEntries')) },
          { path: 'batch', ...page(() => import('../pages/Batch')) },
          { path: 'inbox', ...page(() => import('../pages/Inbox')) },
          { path: 'delegations', ...page(() => import('../pages/Delegations')) },
          { path: 'offline', ...page(() => import('../pages/Offline')) },
          { path: 'offline/:id', ...page(() => import('../pages/OfflineEdit')) },
          { path: 'ledgers', ...page(() => import('../pages/Ledgers')) },
          { path: 'ledgers/:ledger', ...page(() => import('../pages/LedgerBrowser')) },
          { path: 'ledgers/:ledger/versions', ...page(() => import('../pages/Versions')) },
          { path: 'prisons/:prison/entries/:id', ...page(() => import('../pages/EntryPage')) },
          { path: 'prisons/:prison/entries/:id/edit', ...page(() => import('../pages/EntryEdit')) },
          { path: 'search', ...page(() => import('../pages/Search')) },
          { path: 'trace', ...page(() => import('../pages/Trace')) },
          { path: 'exchange', ...page(() => import('../pages/Exchange')) },
          { path: 'prisons/:prison/imports/:id', ...page(() => import('../pages/ImportPage')) },
          { path: 'scores', ...page(() => import('../pages/Scores')) },
          {
            path: 'prisons/:prison/areas/:area/score',
            ...page(() => import('../pages/AreaScore')),
          },
          { path: 'prisons/:prison/areas/:area/proof', ...page(() => import('../pages/Proof')) },
          { path: 'completeness', ...page(() => import('../pages/Completeness')) },
          { path: 'burden', ...page(() => import('../pages/Burden')) },
          { path: 'rosters', ...page(() => import('../pages/Rosters')) },
          { path: 'reliefs', ...page(() => import('../pages/Reliefs')) },
          { path: 'catalogue', ...page(() => import('../pages/Catalogue')) },
          { path: 'catalogue/propose', ...page(() => import('../pages/Propose')) },
          {
            path: 'prisons/:prison/proposals/:id',
            ...page(() => import('../pages/ProposalPage')),
          },
          { path: 'consolidation', ...page(() => import('../pages/Consolidation')) },
          { path: 'verify', ...page(() => import('../pages/Verify')) },
          { path: 'verify/:code', ...page(() => import('../pages/Verify')) },
          { path: 'volumes', ...page(() => import('../pages/Volumes')) },
          { path: 'connectors', ...page(() => import('../pages/Connectors')) },
          { path: 'log', ...page(() => import('../pages/Log')) },
          { path: 'sessions', ...page(() => import('../pages/Sessions')) },
          { path: '*', ...page(() => import('../pages/NotFound')) },
        ],
      },
    ],
  },
]

export const router = createBrowserRouter(routes)
