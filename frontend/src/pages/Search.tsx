import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { EntryState } from '../api/model'
import { useLedgers } from '../api/queries'
import { type Hit, useSearch } from '../api/retrieval'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Quoted } from '../retrieval/Marked'
import { useLookedInto } from '../retrieval/prison'
import { SavedFilters } from '../retrieval/SavedFilters'
import { kindOf, traceOf } from '../retrieval/subject'
import { text } from '../schema/types'
import { More } from '../ui/More'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { useKeys } from '../ui/useKeys'
import '../retrieval/retrieval.css'
import './browser.css'

const states: EntryState[] = ['submitted', 'returned', 'approved', 'voided']

/** Full-text search. What is looked for lives in the address, so it can be sent and gone back to. */
export default function Search() {
  const t = useT()
  const lang = useLang()
  const [params, setParams] = useSearchParams()
  const get = (name: string) => params.get(name) ?? ''
  const set = (name: string, value: string) =>
    setParams((old) => {
      const next = new URLSearchParams(old)
      if (value) next.set(name, value)
      else next.delete(name)
      return next
    })
  const { prison, choices, areas } = useLookedInto(get('prison'))
  const ledgers = useLedgers().data ?? []
  const q = get('q')
  const query = useSearch({
    prison,
    q,
    ledger: get('ledger'),
    area: get('area'),
    state: get('state'),
    from: get('from'),
    to: get('to'),
  })
  const pick = (name: string, label: string, options: [string, string][]) => (
    <label>
      {label}
      <select value={get(name)} onChange={(e) => set(name, e.target.value)}>
        <option value="">{t('inbox.all')}</option>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  )
  const subject = kindOf(q)
  return (
    <>
      <PageTitle title={t('menu.search')} />
      <SavedFilters prison={prison} page="search" query={params.toString()} open={setParams} />
      <search className="panel filters">
        <Words key={q} q={q} ask={(words) => set('q', words)} />
        {choices.length > 0 &&
          pick(
            'prison',
            t('retrieval.prison'),
            choices.map((p) => [p.id, text(p.name, lang)]),
          )}
        {pick(
          'ledger',
          t('entry.ledger'),
          ledgers.map((l) => [l.id, text(l.title, lang)]),
        )}
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
        <label>
          {t('browser.from')}
          <input type="date" value={get('from')} onChange={(e) => set('from', e.target.value)} />
        </label>
        <label>
          {t('browser.to')}
          <input type="date" value={get('to')} onChange={(e) => set('to', e.target.value)} />
        </label>
      </search>
      {q.trim() === '' ? (
        <Empty>{t('retrieval.hint')}</Empty>
      ) : (
        <>
          {subject && (
            <p>
              <Link to={traceOf(subject, q.trim())}>{t('trace.of', { ref: q.trim() })}</Link>
            </p>
          )}
          <Ready
            query={query}
            empty={(data) => data.pages.every((p) => p.hits.length === 0)}
            whenEmpty={t('retrieval.none')}
          >
            {(data) => (
              <section className="panel" aria-busy={query.isPlaceholderData}>
                <Found hits={data.pages.flatMap((p) => p.hits)} more={query.hasNextPage} />
                <More query={query} />
              </section>
            )}
          </Ready>
        </>
      )}
    </>
  )
}

function Words({ q, ask }: { q: string; ask: (words: string) => void }) {
  const t = useT()
  const input = useRef<HTMLInputElement>(null)
  const [words, setWords] = useState(q)
  useEffect(() => input.current?.focus(), [])
  useKeys({ '/': () => input.current?.focus() })
  return (
    <form
      className="search-line"
      onSubmit={(e) => {
        e.preventDefault()
        ask(words.trim())
      }}
    >
      <input
        ref={input}
        type="search"
        aria-label={t('retrieval.words')}
        placeholder={t('retrieval.placeholder')}
        maxLength={200}
        value={words}
        onChange={(e) => setWords(e.target.value)}
      />
      <Button type="primary" htmlType="submit">
        {t('retrieval.ask')}
      </Button>
    </form>
  )
}

function Found({ hits, more }: { hits: Hit[]; more: boolean }) {
  const t = useT()
  const list = useRef<HTMLOListElement>(null)
  const move = (by: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('a.hit') ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus()
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
  return (
    <>
      <p className="quiet" role="status">
        {more
          ? t('retrieval.countMore', { n: hits.length })
          : t('retrieval.count', { n: hits.length })}
      </p>
      <ol className="hits" ref={list}>
        {hits.map((hit) => (
          <Row key={hit.entry.id} hit={hit} />
        ))}
      </ol>
    </>
  )
}

function Row({ hit }: { hit: Hit }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const { entry } = hit
  return (
    <li>
      <div className="hit-head">
        <Link className="hit" to={`/prisons/${entry.prison}/entries/${entry.id}`}>
          {names.ledger(entry.ledger)} {showTime(entry.occurred_at)}
        </Link>
        <span>{names.area(entry.area)}</span>
        <span>{entry.author_name}</span>
        <EntryTags entry={entry} />
      </div>
      {hit.restricted && <p className="quiet">{t('retrieval.restricted')}</p>}
      {hit.excerpts.map((x, index) => (
        <p key={`${x.pointer}${index}`}>
          <span className="quiet">{text(x.title, lang)}</span> <Quoted excerpt={x} />
        </p>
      ))}
    </li>
  )
}
