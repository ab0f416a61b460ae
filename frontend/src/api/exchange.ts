import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { call, url } from './http'
import type { Export, Import, ImportRow } from './model'

/** Asked again every second while the server is at work. */
const watching = (working: boolean) => (working ? 1000 : false)
export const isWorking = (state: Import['state']) => state === 'reading' || state === 'writing'

export function useImports(prison: string) {
  const queryFn = async () =>
    (await call<{ imports: Import[] }>(`/prisons/${prison}/imports`)).data.imports
  return useQuery({
    queryKey: ['imports', prison],
    queryFn,
    enabled: prison !== '',
    refetchInterval: ({ state }) => watching(state.data?.some((i) => isWorking(i.state)) ?? false),
  })
}

export function useImport(prison: string, id: string) {
  const queryFn = async () => (await call<Import>(`/prisons/${prison}/imports/${id}`)).data
  return useQuery({
    queryKey: ['import', prison, id],
    queryFn,
    refetchInterval: ({ state }) => watching(state.data ? isWorking(state.data.state) : false),
  })
}

export type Outcome = ImportRow['outcome']

interface RowsPage {
  rows: ImportRow[]
  next: number | null
}

/** Rows as they stand at one etag of the import. */
export function useImportRows(of: Import, outcome: Outcome | '') {
  return useInfiniteQuery({
    queryKey: ['importRows', of.prison, of.id, of.etag, outcome],
    queryFn: async ({ pageParam }) =>
      (
        await call<RowsPage>(`/prisons/${of.prison}/imports/${of.id}/rows`, {
          query: { outcome, after: pageParam },
        })
      ).data,
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function useExports(prison: string) {
  const queryFn = async () =>
    (await call<{ exports: Export[] }>(`/prisons/${prison}/exports`)).data.exports
  return useQuery({
    queryKey: ['exports', prison],
    queryFn,
    enabled: prison !== '',
    refetchInterval: ({ state }) => watching(state.data?.some((e) => isWorking(e.state)) ?? false),
  })
}

export interface Sending {
  ledger: string
  area: string
  draft: boolean
}

export async function sendImport(
  prison: string,
  s: Sending,
  file: File,
  key: string,
): Promise<Import> {
  const query = { ledger: s.ledger, area: s.area, draft: s.draft || undefined, name: file.name }
  const path = `/prisons/${prison}/imports`
  return (await call<Import>(path, { method: 'POST', query, body: file, idempotencyKey: key })).data
}

/** Starts, stops or removes an import. */
export async function doImport(i: Import, action: Import['actions'][number]): Promise<void> {
  const path = `/prisons/${i.prison}/imports/${i.id}`
  if (action === 'remove') await call(path, { method: 'DELETE', ifMatch: i.etag })
  else await call(`${path}/${action}`, { method: 'POST', ifMatch: i.etag })
}

export interface Asking {
  ledger: string
  format: Export['format']
  reason: string
  filter: Export['filter']
}

export async function askExport(prison: string, body: Asking, key: string): Promise<Export> {
  const path = `/prisons/${prison}/exports`
  return (await call<Export>(path, { method: 'POST', body, idempotencyKey: key })).data
}

export const formats: Export['format'][] = ['xlsx', 'csv-utf8-bom', 'csv-gb18030']

export const emptyUrl = (prison: string, ledger: string, format: Export['format']) =>
  url(`/prisons/${prison}/workbooks/${ledger}`, { format })
export const errorsUrl = (i: Import) => url(`/prisons/${i.prison}/imports/${i.id}/errors`)
export const exportUrl = (e: Export) => url(`/prisons/${e.prison}/exports/${e.id}/file`)
