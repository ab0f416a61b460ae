import { Button, Checkbox } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { approveAll } from '../api/entries'
import { newKey } from '../api/http'
import type { BulkResult, Entry, EntryView, LedgerType, Remark } from '../api/model'
import { useEntries, useEntry, useLedgers, useLedgerType, usePrison } from '../api/queries'
import { StepTags } from '../approval/StepNow'
import { Voiding } from '../approval/Voiding'
import { Changes } from '../entry/Changes'
import { Decide } from '../entry/Decide'
import { Document, outsideOf } from '../entry/Document'
import { EvidenceList } from '../entry/EvidenceList'
import { Chain, Decisions } from '../entry/History'
import { SummaryText } from '../entry/SummaryText'
import { shownSchema } from '../entry/shown'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { diff } from '../schema/diff'
import { text } from '../schema/types'
import { More } from '../ui/More'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { toast } from '../ui/toast'
import { useAttempt } from '../ui/useAttempt'
import { useKeys } from '../ui/useKeys'
import './inbox.css'
import { NamesOfPeople } from '../ui/who'

/** Entries that want a look before they are decided: they are opened one by one. */
export function wantsALook(entry: Entry): boolean {
  return (
    entry.warnings > 0 || entry.hints > 0 || entry.revision > 1 || entry.void_asked !== undefined
  )
}

export default function Inbox() {
  const t = useT()
  const [params, setParams] = useSearchParams()
  const ledger = params.get('ledger') ?? ''
  const prison = usePrison()
  const ledgers = useLedgers()
  const lang = useLang()
  const query = useEntries({ prison, inbox: true, ledger, limit: 200 })
  return (
    <>
      <PageTitle title={t('menu.inbox')}>
        <label>
          {t('inbox.ledger')}{' '}
          <select
            value={ledger}
            onChange={(e) => setParams(e.target.value ? { ledger: e.target.value } : {})}
          >
            <option value="">{t('inbox.all')}</option>
            {ledgers.data?.map((l) => (
              <option key={l.id} value={l.id}>
                {text(l.title, lang)}
              </option>
            ))}
          </select>
        </label>
      </PageTitle>
      <Ready query={query}>
        {(data) => (
          <Worklist
            entries={data.pages.flatMap((page) => page.entries)}
            more={<More query={query} />}
          />
        )}
      </Ready>
    </>
  )
}

function Worklist({ entries, more }: { entries: Entry[]; more: React.ReactNode }) {
  const t = useT()
  const { busy, attempt } = useAttempt()
  const [current, setCurrent] = useState<string>()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [results, setResults] = useState<BulkResult[]>([])

  // What wants a look comes first; the rest keeps the server's order.
  const list = useMemo(
    () => [...entries.filter(wantsALook), ...entries.filter((e) => !wantsALook(e))],
    [entries],
  )
  const index = Math.max(
    0,
    list.findIndex((e) => e.id === current),
  )
  const open = list[index]
  const move = (by: number) => {
    const next = list[Math.min(list.length - 1, Math.max(0, index + by))]
    if (!next) return
    setCurrent(next.id)
    document.getElementById(`inbox-${next.id}`)?.scrollIntoView({ block: 'nearest' })
  }
  const toggle = (entry: Entry) => {
    if (wantsALook(entry)) return toast(t('inbox.lookFirst'))
    setChosen((have) => {
      const next = new Set(have)
      if (!next.delete(entry.id)) next.add(entry.id)
      return next
    })
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => open && toggle(open),
  })

  const plain = list.filter((e) => !wantsALook(e))
  const selected = plain.filter((e) => chosen.has(e.id))
  const approve = () =>
    attempt(async () => {
      const all = await approveAll(selected, newKey())
      setResults(all)
      const good = all.filter((r) => r.status < 400).length
      toast(t('inbox.bulkDone', { good, bad: all.length - good }))
      setChosen(new Set())
    })

  return (
    <>
      <Results results={results} entries={entries} close={() => setResults([])} />
      {list.length === 0 ? (
        <Empty>{t('inbox.empty')}</Empty>
      ) : (
        <div className="inbox">
          <div className="inbox-list">
            <div className="inbox-bulk">
              <Checkbox
                checked={selected.length > 0 && selected.length === plain.length}
                indeterminate={selected.length > 0 && selected.length < plain.length}
                disabled={plain.length === 0}
                onChange={(e) => setChosen(new Set(e.target.checked ? plain.map((p) => p.id) : []))}
              >
                {t('inbox.selectPlain', { count: plain.length })}
              </Checkbox>
              <Button
                type="primary"
                disabled={selected.length === 0}
                loading={busy}
                onClick={() => void approve()}
              >
                {t('inbox.bulkApprove', { count: selected.length })}
              </Button>
            </div>
            <ul aria-label={t('menu.inbox')}>
              {list.map((entry) => (
                <li
                  key={entry.id}
                  id={`inbox-${entry.id}`}
                  className={entry.id === open?.id ? 'current' : ''}
                >
                  <Checkbox
                    checked={chosen.has(entry.id)}
                    disabled={wantsALook(entry)}
                    onChange={() => toggle(entry)}
                    aria-label={t('inbox.select')}
                  />
                  <button
                    type="button"
                    aria-current={entry.id === open?.id || undefined}
                    onClick={() => setCurrent(entry.id)}
                  >
                    <Row entry={entry} />
                  </button>
                </li>
              ))}
            </ul>
            {more}
          </div>
          <div className="inbox-detail">
            {open && <Detail key={`${open.id}${open.etag}`} entry={open} next={() => move(1)} />}
          </div>
        </div>
      )}
    </>
  )
}

function Row({ entry }: { entry: Entry }) {
  const names = useNames()
  return (
    <>
      <span className="inbox-title">
        <strong>{names.ledger(entry.ledger)}</strong>
        <EntryTags entry={entry} />
      </span>
      <SummaryText entry={entry} />
      <span className="quiet">
        {names.area(entry.area)} · {entry.author_name} · {showTime(entry.resubmitted_at)}
      </span>
      <span>
        <StepTags entry={entry} />
      </span>
    </>
  )
}

/** One result per item: what stands, and what does not and why. */
function Results(props: { results: BulkResult[]; entries: Entry[]; close: () => void }) {
  const t = useT()
  const bad = props.results.filter((r) => r.status >= 400)
  if (bad.length === 0) return null
  return (
    <div className="panel" role="alert">
      <p>{t('inbox.notDone', { count: bad.length })}</p>
      <ul>
        {bad.map((r) => (
          <li key={r.entry}>
            <span className="mono">{r.entry.slice(-8)}</span>{' '}
            {props.entries.find((e) => e.id === r.entry)?.author_name} {r.message}
          </li>
        ))}
      </ul>
      <Button onClick={props.close}>{t('keys.close')}</Button>
    </div>
  )
}

function Detail({ entry, next }: { entry: Entry; next: () => void }) {
  const view = useEntry(entry.prison, entry.id)
  const type = useLedgerType(entry.ledger, entry.version)
  return (
    <Ready query={view}>
      {(data) => (
        <NamesOfPeople value={data.names}>
          <Ready query={type}>{(t) => <Review view={data} type={t} next={next} />}</Ready>
        </NamesOfPeople>
      )}
    </Ready>
  )
}

function Review({ view, type, next }: { view: EntryView; type: LedgerType; next: () => void }) {
  const t = useT()
  const lang = useLang()
  const [remarks, setRemarks] = useState<Remark[]>([])
  const { entry } = view
  const mayDecide = view.actions.includes('approve')
  // A void is of what is in force.
  const number = mayDecide ? entry.revision : entry.in_force
  const revision = view.revisions.find((r) => r.revision === number)
  if (!revision) return null
  const before = view.revisions.find((r) => r.revision === number - 1)
  const schema = shownSchema(type)
  const changes = before ? diff(before.document, revision.document) : undefined
  const files = view.evidence.filter((e) => e.revision === revision.revision)
  const names = new Map(view.evidence.map((e) => [e.id, e.name]))
  return (
    <>
      <div className="page-title">
        <h2>{text(type.title, lang)}</h2>
        <EntryTags entry={entry} />
        <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>{t('inbox.open')}</Link>
      </div>
      <Voiding view={view} />
      {mayDecide && (
        <Decide
          view={view}
          type={type}
          revision={revision}
          remarks={remarks}
          setRemarks={setRemarks}
          done={next}
        />
      )}
      {[...revision.warnings, ...revision.hints].map((w) => (
        <p key={w.pointer + w.code} className="late">
          ⚠ {w.message}
        </p>
      ))}
      {revision.reason && <p>{t('entry.reasonIs', { reason: revision.reason })}</p>}
      {changes && (
        <section className="panel">
          <h3>{t('entry.changesSince', { n: before?.revision })}</h3>
          <Changes schema={schema} changes={changes} />
          <Decisions view={view} schema={schema} />
        </section>
      )}
      <section className="panel">
        <Chain view={view} />
      </section>
      {revision.nil_return ? (
        <p className="panel">{t('entry.nilText')}</p>
      ) : (
        <Document
          schema={schema}
          layout={type.form}
          doc={revision.document}
          hidden={revision.hidden}
          pins={revision.pins}
          outside={outsideOf(type)}
          fileName={(id) => names.get(id)}
          marked={new Set(changes?.map((c) => c.pointer))}
          onRemark={
            mayDecide
              ? (pointer) =>
                  setRemarks((have) =>
                    have.some((r) => r.pointer === pointer)
                      ? have
                      : [...have, { pointer, text: '' }],
                  )
              : undefined
          }
        />
      )}
      <section className="panel">
        <h3>{t('evidence.title')}</h3>
        <EvidenceList entry={entry} files={files} />
      </section>
    </>
  )
}
