import { Button } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { type Trace as Found, type TraceItem, type TraceMark, useTrace } from '../api/retrieval'
import { SummaryText } from '../entry/SummaryText'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Lanes } from '../retrieval/Lanes'
import { useLookedInto } from '../retrieval/prison'
import { kindOf, type SubjectKind, subjectKinds } from '../retrieval/subject'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { withName } from '../ui/who'
import '../retrieval/retrieval.css'
import './browser.css'

/** 倒查链: one subject on one time line, with what is missing and what cannot be. */
export default function Trace() {
  const t = useT()
  const lang = useLang()
  const [params, setParams] = useSearchParams()
  const kind = params.get('kind') ?? ''
  const ref = params.get('ref') ?? ''
  const { prison } = useLookedInto(params.get('prison') ?? '')
  const query = useTrace(prison, kind, ref)
  return (
    <>
      <PageTitle title={t('menu.trace')} />
      <Subject
        key={`${kind} ${ref}`}
        kind={subjectKinds.find((k) => k === kind) ?? 'inmate'}
        subject={ref}
        ask={(k, r) => setParams({ kind: k, ref: r })}
      />
      {ref === '' ? (
        <Empty>{t('trace.hint')}</Empty>
      ) : (
        <Ready query={query}>
          {(data) => (
            <>
              {data.subject.name && <h2>{withName(data.subject.name, data.subject.ref, lang)}</h2>}
              {data.hidden && (
                <p className="panel late" role="status">
                  {t('trace.hidden')}
                </p>
              )}
              {data.truncated && (
                <p className="panel" role="status">
                  {t('trace.truncated', { n: data.items.length })}
                </p>
              )}
              {data.items.length === 0 ? <Empty>{t('trace.none')}</Empty> : <Chain trace={data} />}
            </>
          )}
        </Ready>
      )}
    </>
  )
}

function Subject(props: {
  kind: SubjectKind
  subject: string
  ask: (kind: SubjectKind, ref: string) => void
}) {
  const t = useT()
  const [kind, setKind] = useState(props.kind)
  const [ref, setRef] = useState(props.subject)
  return (
    <form
      className="panel filters"
      onSubmit={(e) => {
        e.preventDefault()
        props.ask(kind, ref.trim())
      }}
    >
      <label>
        {t('trace.kind')}
        <select value={kind} onChange={(e) => setKind(e.target.value as SubjectKind)}>
          {subjectKinds.map((k) => (
            <option key={k} value={k}>
              {t(`trace.kind_${k}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('trace.ref')}
        <input
          size={38}
          value={ref}
          required
          onChange={(e) => {
            setRef(e.target.value)
            const shape = kindOf(e.target.value)
            if (shape && !(shape === 'entry' && kind !== 'inmate' && kind !== 'tool'))
              setKind(shape)
          }}
        />
      </label>
      <Button type="primary" htmlType="submit">
        {t('trace.ask')}
      </Button>
    </form>
  )
}

function Chain({ trace }: { trace: Found }) {
  const t = useT()
  const items = new Map(trace.items.map((i) => [i.entry.id, i]))
  return (
    <>
      <section className="panel">
        <h2>{t('trace.marks', { n: trace.marks.length })}</h2>
        {trace.marks.length === 0 ? (
          <p className="quiet">{t('trace.noMarks')}</p>
        ) : (
          <ul className="trace-marks">
            {trace.marks.map((mark, index) => (
              <MarkLine key={`${mark.rule}${index}`} mark={mark} items={items} />
            ))}
          </ul>
        )}
        <p className="quiet">{t('trace.within')}</p>
      </section>
      <section className="panel">
        <h2>{t('trace.lanes')}</h2>
        <Lanes trace={trace} />
      </section>
      <section className="panel">
        <h2>{t('trace.items', { n: trace.items.length })}</h2>
        <div className="table-scroll">
          <table className="plain trace-items">
            <thead>
              <tr>
                <th scope="col">{t('entry.occurred')}</th>
                <th scope="col">{t('entry.ledger')}</th>
                <th scope="col">{t('entry.summary')}</th>
                <th scope="col">{t('entry.state')}</th>
                <th scope="col">{t('trace.links')}</th>
                <th scope="col">{t('trace.steps')}</th>
              </tr>
            </thead>
            <tbody>
              {trace.items.map((item) => (
                <ItemRow key={item.entry.id} item={item} trace={trace} items={items} />
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  )
}

function MarkLine({ mark, items }: { mark: TraceMark; items: Map<string, TraceItem> }) {
  const t = useT()
  const lang = useLang()
  return (
    <li className={mark.kind}>
      <strong className={mark.kind === 'gap' ? 'late' : 'danger'}>{t(`trace.${mark.kind}`)}</strong>{' '}
      {mark.month || showTime(mark.at)} {text(mark.title, lang)}{' '}
      {mark.entries.map((id) => {
        const item = items.get(id)
        return item && <ToEntry key={id} item={item} />
      })}
    </li>
  )
}

function ToEntry({ item }: { item: TraceItem }) {
  const names = useNames()
  return (
    <>
      <Link to={`/prisons/${item.entry.prison}/entries/${item.entry.id}`}>
        {names.ledger(item.entry.ledger)} {showTime(item.from)}
      </Link>{' '}
    </>
  )
}

function ItemRow(props: { item: TraceItem; trace: Found; items: Map<string, TraceItem> }) {
  const { item, trace, items } = props
  const t = useT()
  const names = useNames()
  const id = item.entry.id
  const links = trace.links.flatMap((link) => {
    const outward = link.from === id
    if (!outward && link.to !== id) return []
    const other = items.get(outward ? link.to : link.from)
    return other ? [{ ...link, other, outward }] : []
  })
  return (
    <tr>
      <td>{showTime(item.from)}</td>
      <td>
        <Link to={`/prisons/${item.entry.prison}/entries/${item.entry.id}`}>
          {names.ledger(item.entry.ledger)}
        </Link>
      </td>
      <td>
        <SummaryText entry={item.entry} />
      </td>
      <td>
        <EntryTags entry={item.entry} />
      </td>
      <td>
        {links.map((link) => (
          <div key={`${link.kind}${link.pointer}${link.other.entry.id}${link.outward}`}>
            {t(`trace.link_${link.kind}_${link.outward ? 'out' : 'in'}`)}{' '}
            <ToEntry item={link.other} />
          </div>
        ))}
      </td>
      <td>
        {item.steps.map((step, index) => (
          <div key={`${step.at}${index}`}>
            {showTime(step.at)} {t(`trace.step_${step.kind}`)} {step.by} {step.note}
          </div>
        ))}
        {item.hushed && <div className="quiet">{t('entry.hushed')}</div>}
      </td>
    </tr>
  )
}
