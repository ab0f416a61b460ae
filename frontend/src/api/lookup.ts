import { formatSummary } from '../entry/SummaryText'
import type { Option } from '../form/context'
import { currentLang } from '../i18n'
import { listEntries } from './entries'
import { call } from './http'

interface Named {
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
    list.map((one) => ({ value: one.number, label: `${one.name} ${one.number}` }))
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
