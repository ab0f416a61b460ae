import { useVirtualizer } from '@tanstack/react-virtual'
import { Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import type { EntryFilter } from '../api/entries'
import { act } from '../api/http'
import type { Column, Entry, EntryState, LedgerType } from '../api/model'
import { bindVolume, type VolumeChoice } from '../api/prints'
import { ProblemError } from '../api/problem'
import { useEntries, useLedgerType, useOrganisation, usePrison } from '../api/queries'
import { Places } from '../catalogue/Places'
import { Succession } from '../catalogue/Succession'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { SavedFilters } from '../retrieval/SavedFilters'
import { type Lang, text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { toast } from '../ui/toast'
import './browser.css'

const states: EntryState[] = ['draft', 'submitted', 'returned', 'approved', 'voided']
const sorts = ['occurred_at', 'changed_at', 'resubmitted_at'] as const
const rowHeight = 34

export default function LedgerBrowser() {
  const { ledger = '' } = useParams()
  const type = useLedgerType(ledger)
  return (
    <Ready query={type}>
      {(data) => (
        <>
          <Succession type={data} />
          <Places type={data} />
          <Browser key={data.id} type={data} />
        </>
      )}
    </Ready>
  )
}

/** Filters live in the address: a list can be bookmarked, sent, and gone back to. */
function useFilter(type: LedgerType) {
  const prison = usePrison()
  const [params, setParams] = useSearchParams()
  const get = (name: string) => params.get(name) ?? ''
  const set = (name: string, value: string) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  const choices = (type.columns ?? []).filter((c) => c.type === 'choice' || c.type === 'boolean')
  const state = states.find((s) => s === get('state'))
  const filter: EntryFilter = {
    prison,
    ledger: type.id,
    area: get('area'),
    state: state && [state],
    from: get('from'),
    to: get('to'),
    q: get('q'),
    field: choices.flatMap((c) => (get(c.pointer) ? [`${c.pointer}=${get(c.pointer)}`] : [])),
    sort: sorts.find((s) => s === get('sort')) ?? 'occurred_at',
    order: get('order') === 'asc' ? 'asc' : 'desc',
    limit: 100,
  }
  return { filter, get, set, choices, params }
}

function Browser({ type }: { type: LedgerType }) {
  const t = useT()
  const lang = useLang()
  const { filter, get, set, choices, params } = useFilter(type)
  const navigate = useNavigate()
  const organisation = useOrganisation()
  const areas = organisation.data?.prisons.find((p) => p.id === filter.prison)?.areas ?? []
  const query = useEntries(filter)
  const pick = (
    name: string,
    label: string,
    options: [string, string][],
    otherwise = t('inbox.all'),
  ) => (
    <label key={name}>
      {label}
      <select value={get(name)} onChange={(e) => set(name, e.target.value)}>
        <option value="">{otherwise}</option>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      <PageTitle title={text(type.title, lang)}>
        <Bind
          choice={{ ledger: type.id, area: get('area'), from: get('from'), to: get('to') }}
          prison={filter.prison}
        />
        <Link to={`/ledgers/${encodeURIComponent(type.id)}/versions`}>{t('sides.title')}</Link>
        <Link to={`/exchange?${exchangeQuery(type.id, get)}`}>{t('exchange.title')}</Link>
      </PageTitle>
      <SavedFilters
        prison={filter.prison}
        page="ledgers"
        query={keptQuery(type.id, params)}
        open={(query) => {
          const kept = new URLSearchParams(query)
          const ledger = kept.get('ledger') ?? type.id
          kept.delete('ledger')
          navigate(`/ledgers/${encodeURIComponent(ledger)}?${kept}`)
        }}
      />
      <search className="panel filters">
        {pick(
          'area',
          t('entry.area'),
          areas.map((a) => [a.id, (lang === 'en' && a.name_en) || a.name_zh]),
        )}
        {pick(
          'state',
          t('entry.state'),
          states.map((s) => [s, t(`entryState.${s}`)]),
        )}
        {choices.map((c) =>
          pick(c.pointer, text(c.title, lang), optionsOf(c, lang, [t('form.yes'), t('form.no')])),
        )}
        <label>
          {t('browser.from')}
          <input type="date" value={get('from')} onChange={(e) => set('from', e.target.value)} />
        </label>
        <label>
          {t('browser.to')}
          <input type="date" value={get('to')} onChange={(e) => set('to', e.target.value)} />
        </label>
        <label htmlFor="browser-text">
          {t('browser.text')}
          <Input.Search
            id="browser-text"
            allowClear
            defaultValue={get('q')}
            onSearch={(q) => set('q', q)}
          />
        </label>
        {pick(
          'sort',
          t('browser.sort'),
          sorts.slice(1).map((s) => [s, t(`browser.${s}`)]),
          t(`browser.${sorts[0]}`),
        )}
        {pick('order', t('browser.order'), [['asc', t('browser.asc')]], t('browser.desc'))}
      </search>
      <Ready
        query={query}
        empty={(data) => data.pages.every((p) => p.entries.length === 0)}
        whenEmpty={t('browser.empty')}
      >
        {(data) => (
          <Grid type={type} entries={data.pages.flatMap((p) => p.entries)} query={query} />
        )}
      </Ready>
    </>
  )
}

/** A kept filter names its ledger too: it is offered in every ledger and leads to its own. */
function keptQuery(ledger: string, params: URLSearchParams): string {
  const kept = new URLSearchParams(params)
  kept.set('ledger', ledger)
  return kept.toString()
}

/** Binds what the filter shows of one area between two days into a volume. */
function Bind({ choice, prison }: { choice: VolumeChoice; prison: string }) {
  const t = useT()
  const navigate = useNavigate()
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const chosen = choice.area && choice.from && choice.to
  const bind = async () => {
    setBusy(true)
    try {
      await once((key) => bindVolume(prison, choice, key))
      navigate('/volumes')
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {!chosen && <span className="quiet">{t('printing.chooseFirst')}</span>}
      <Button disabled={!chosen} loading={busy} onClick={() => void bind()}>
        {t('printing.bind')}
      </Button>
    </>
  )
}

/** Takes what the list is narrowed to along to the export. */
function exchangeQuery(ledger: string, get: (name: string) => string) {
  const query = new URLSearchParams({ ledger })
  for (const name of ['area', 'state', 'from', 'to', 'q']) if (get(name)) query.set(name, get(name))
  return query.toString()
}

function optionsOf(column: Column, lang: Lang, [yes, no]: [string, string]): [string, string][] {
  if (column.type === 'boolean')
    return [
      ['true', yes],
      ['false', no],
    ]
  return (column.choices ?? []).map((c) => [JSON.stringify(c.value), text(c.title, lang)])
}

interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** Only rows in sight are drawn; the next page is fetched when the end comes near. */
function Grid({ type, entries, query }: { type: LedgerType; entries: Entry[]; query: Paged }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (last >= entries.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, entries.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const columns = (type.summary ?? []).map((pointer) => ({
    pointer,
    title: text(
      entries.flatMap((e) => e.summary ?? []).find((s) => s.pointer === pointer)?.title ??
        type.columns?.find((c) => c.pointer === pointer)?.title,
      lang,
    ),
  }))
  const template = {
    gridTemplateColumns: `150px 120px ${columns.map(() => 'minmax(90px,1fr)').join(' ')} 90px 200px`,
  }
  return (
    <div className="panel">
      {/* biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table element */}
      <div
        className="browser"
        role="table"
        aria-rowcount={entries.length}
        aria-label={text(type.title, lang)}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div role="rowgroup">
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div className="browser-row head" role="row" style={template} tabIndex={-1}>
            {[
              t('entry.occurred'),
              t('entry.area'),
              ...columns.map((c) => c.title),
              t('entry.author'),
              t('entry.state'),
            ].map((title, index) => (
              // biome-ignore lint/a11y/useSemanticElements: see above
              <span role="columnheader" key={`${title}${index}`} tabIndex={-1}>
                {title}
              </span>
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
        {/* biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table element */}
        <div ref={box} className="browser-window" role="rowgroup" tabIndex={0}>
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {items.map((item) => {
              const entry = entries[item.index]!
              return (
                // biome-ignore lint/a11y/useSemanticElements: see above
                <div
                  key={item.key}
                  role="row"
                  aria-rowindex={item.index + 1}
                  className="browser-row"
                  tabIndex={-1}
                  style={{
                    ...template,
                    position: 'absolute',
                    top: 0,
                    height: rowHeight,
                    left: 0,
                    right: 0,
                    transform: `translateY(${item.start}px)`,
                  }}
                >
                  <Cell>
                    <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>
                      {showTime(entry.occurred_at) || showTime(entry.created_at)}
                    </Link>
                  </Cell>
                  <Cell>{names.area(entry.area)}</Cell>
                  {columns.map((c) => (
                    <Cell key={c.pointer}>
                      {text(entry.summary?.find((s) => s.pointer === c.pointer)?.text, lang)}
                    </Cell>
                  ))}
                  <Cell>{entry.author_name}</Cell>
                  <Cell>
                    <EntryTags entry={entry} />
                  </Cell>
                </div>
              )
            })}
          </div>
        </div>
      </div>
      <p className="quiet" role="status">
        {query.hasNextPage
          ? t('browser.countMore', { count: entries.length })
          : t('browser.count', { count: entries.length })}
      </p>
    </div>
  )
}

function Cell({ children }: { children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table element
    <span role="cell" title={typeof children === 'string' ? children : undefined}>
      {children}
    </span>
  )
}
