import { formatSummary } from '../entry/SummaryText'
import type { Option } from '../form/context'
import { currentLang } from '../i18n'
import { connection } from '../offline/connection'
import { listEntries } from './entries'
import { call } from './http'

export interface Named {
  number: string
  name: string
}

/** Answers a look-up of x-ui.lookup. Assets have no register yet: their codes are typed. */
export async function lookup(
  prison: string,
  area: string,
  kind: string,
  q: string,
  signal: AbortSignal,
): Promise<Option[]> {
  const named = (list: Named[]) =>
    list.map((one) => ({ value: one.number, label: `${one.name} ${one.number}`, name: one.name }))
  if (connection.state === 'offline' && (kind === 'police' || kind === 'inmate')) {
    return named(await kept(prison, area, kind, q))
  }
  if (kind === 'police') {
    const { data } = await call<{ people: Named[] }>(`/prisons/${prison}/people`, {
      query: { q },
      signal,
    })
    return named(data.people)
  }
  if (kind === 'inmate') {
    const query = { area, q }
    const { data } = await call<{ inmates: Named[] }>(`/prisons/${prison}/inmates`, {
      query,
      signal,
    })
    return named(data.inmates)
  }
  if (kind.startsWith('entry:')) {
    const ledger = kind.slice('entry:'.length)
    const page = await listEntries({
      prison,
      area,
      ledger,
      state: ['submitted', 'approved'],
      q,
      limit: 20,
    })
    const lang = currentLang()
    return page.entries.map((e) => ({
      value: e.id,
      label: `${e.day ?? ''} ${formatSummary(e, lang)}`,
    }))
  }
  return []
}

/** The same from what this computer keeps of the area while the server is away. */
async function kept(prison: string, area: string, kind: string, q: string): Promise<Named[]> {
  const data = await everybody(prison, area)
  const all = kind === 'police' ? data.people : data.inmates
  return all.filter((one) => one.number.startsWith(q) || one.name.includes(q)).slice(0, 20)
}

/** Whoever has a number in the area, or in the prison's departments. */
export async function everybody(
  prison: string,
  area: string,
): Promise<{ people: Named[]; inmates: Named[] }> {
  return (
    await call<Awaited<ReturnType<typeof everybody>>>(`/prisons/${prison}/areas/${area}/lookups`)
  ).data
}
