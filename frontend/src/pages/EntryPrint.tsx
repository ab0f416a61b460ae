import { Button } from 'antd'
import { useParams } from 'react-router'
import { now } from '../api/clock'
import type { EntryView, LedgerType } from '../api/model'
import { useEntry, useLedgerType, useMe } from '../api/queries'
import { Document, outsideOf } from '../entry/Document'
import { shownSchema } from '../entry/shown'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Empty, Ready } from '../ui/States'
import './print.css'
import { NamesOfPeople } from '../ui/who'

/** An entry on A4: title, the document, its decisions with names and times, its digest. */
export default function EntryPrint() {
  const { prison = '', id = '' } = useParams()
  const view = useEntry(prison, id)
  return <Ready query={view}>{(data) => <WithType view={data} />}</Ready>
}

function WithType({ view }: { view: EntryView }) {
  const type = useLedgerType(view.entry.ledger, view.entry.version)
  return (
    <NamesOfPeople value={view.names}>
      <Ready query={type}>{(data) => <Sheet view={view} type={data} />}</Ready>
    </NamesOfPeople>
  )
}

function Sheet({ view, type }: { view: EntryView; type: LedgerType }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const me = useMe().data
  const { entry } = view
  const number = entry.in_force || entry.revision
  const revision = view.revisions.find((r) => r.revision === number)
  if (!revision) return <Empty>{t('entry.neverSubmitted')}</Empty>
  const decisions = view.decisions.filter((d) => d.revision === revision.revision)
  const files = view.evidence.filter((e) => e.revision === revision.revision)
  const fileNames = new Map(view.evidence.map((e) => [e.id, e.name]))
  return (
    <main className="print">
      <p className="no-print">
        <Button type="primary" onClick={() => window.print()}>
          {t('action.print')}
        </Button>
      </p>
      <h1>{text(type.title, lang)}</h1>
      <p className="print-head">
        <span>
          {names.prison(entry.prison)} {names.area(entry.area)}
        </span>
        <span>
          {t('entry.occurred')} {showTime(revision.occurred_at)}
        </span>
        <span>
          {t('entry.revisionN', { n: revision.revision })} · {t(`entryState.${entry.state}`)}
        </span>
      </p>
      {revision.nil_return ? (
        <p>{t('entry.nilText')}</p>
      ) : (
        <Document
          schema={shownSchema(type)}
          layout={type.form}
          doc={revision.document}
          hidden={revision.hidden}
          pins={revision.pins}
          outside={outsideOf(type)}
          fileName={(id) => fileNames.get(id)}
        />
      )}
      {files.length > 0 && (
        <section>
          <h2>{t('evidence.title')}</h2>
          <ol>
            {files.map((f) => (
              <li key={f.id}>
                {f.name} <span className="mono">{f.sha256}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <section className="signatures">
        <h2>{t('entry.decisions')}</h2>
        <table className="plain">
          <tbody>
            <tr>
              <td>{t('entry.author')}</td>
              <td>{revision.author_name}</td>
              <td>{showTime(revision.recorded_at)}</td>
            </tr>
            {decisions.map((d) => (
              <tr key={d.id}>
                <td>{text(revision.chain[d.step]?.title, lang)}</td>
                <td>
                  {d.decided_by_name} {t(`verdict.${d.verdict}`)} {d.comment}
                </td>
                <td>{showTime(d.recorded_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {view.hushed && <p>{t('entry.hushed')}</p>}
      </section>
      <footer className="mono">
        {entry.id} · {revision.digest}
        <br />
        {t('print.by', { name: me?.name ?? '', time: showTime(now().toISOString()) })}
      </footer>
    </main>
  )
}
