import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { discard, reopen } from '../api/entries'
import { newKey } from '../api/http'
import type { Action, EntryView, LedgerType } from '../api/model'
import { formUrl } from '../api/prints'
import { useEntry, useLedgerType } from '../api/queries'
import { AskVoid, Voiding } from '../approval/Voiding'
import { LockNote } from '../calendar/LockNote'
import { Places } from '../catalogue/Places'
import { Succession } from '../catalogue/Succession'
import { Branches } from '../entry/Branches'
import { Changes } from '../entry/Changes'
import { Corrections } from '../entry/Corrections'
import { Decide } from '../entry/Decide'
import { Document, outsideOf } from '../entry/Document'
import { EvidenceList } from '../entry/EvidenceList'
import { Chain, Decisions, Timeline } from '../entry/History'
import { shownSchema } from '../entry/shown'
import { WhyDiscard } from '../entry/WhyDiscard'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { kindOfEntry, traceOf } from '../retrieval/subject'
import { diff } from '../schema/diff'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { useAttempt } from '../ui/useAttempt'
import { NamesOfPeople } from '../ui/who'

export default function EntryPage() {
  const { prison = '', id = '' } = useParams()
  const view = useEntry(prison, id)
  return <Ready query={view}>{(data) => <WithType view={data} />}</Ready>
}

function WithType({ view }: { view: EntryView }) {
  // Old entries are drawn with the version they were filed under.
  const type = useLedgerType(view.entry.ledger, view.entry.version)
  return (
    <NamesOfPeople value={view.names}>
      <Ready query={type}>{(data) => <Shown view={view} type={data} />}</Ready>
    </NamesOfPeople>
  )
}

function Shown({ view, type }: { view: EntryView; type: LedgerType }) {
  const t = useT()
  const lang = useLang()
  const queries = useQueryClient()
  const { entry } = view
  const revisions = [...view.revisions].sort((a, b) => b.revision - a.revision)
  const [number, setNumber] = useState<number>()
  const revision = revisions.find((r) => r.revision === number) ?? revisions[0]
  const before = revisions.find((r) => r.revision === (revision?.revision ?? 0) - 1)
  const schema = shownSchema(type)
  const changes = revision && before ? diff(before.document, revision.document) : undefined
  const files = view.evidence.filter((e) => e.revision === revision?.revision)
  const names = new Map(view.evidence.map((e) => [e.id, e.name]))

  return (
    <>
      <PageTitle title={text(type.title, lang)} beside={<EntryTags entry={entry} />}>
        <Actions view={view} />
      </PageTitle>
      <Head view={view} />
      <Voiding view={view} />
      {type.end && <Succession type={type} />}
      <Places type={type} />
      <Branches
        view={view}
        type={type}
        current={() => view.draft?.body ?? revisions[0]?.document ?? {}}
        etag={async () => entry.etag}
        done={() => queries.invalidateQueries()}
      />
      {!revision && <p className="panel quiet">{t('entry.neverSubmitted')}</p>}
      {revision && (
        <>
          <section className="panel" aria-label={t('entry.chain')}>
            <Chain view={view} />
          </section>
          {view.actions.includes('approve') && (
            <Decide view={view} type={type} revision={revision} />
          )}
          <section className="panel">
            <div className="page-title">
              <h2>{t('entry.document')}</h2>
              {revisions.length > 1 && (
                <label>
                  {t('entry.revision')}{' '}
                  <select
                    value={revision.revision}
                    onChange={(e) => setNumber(Number(e.target.value))}
                  >
                    {revisions.map((r) => (
                      <option key={r.revision} value={r.revision}>
                        {t('entry.revisionN', { n: r.revision })}
                        {r.revision === entry.in_force ? ` (${t('entry.inForce')})` : ''}
                      </option>
                    ))}
                  </select>
                </label>
              )}
            </div>
            <Corrections of={revision} show={setNumber} />
            {revision.reason && <p>{t('entry.reasonIs', { reason: revision.reason })}</p>}
            {revision.nil_return ? (
              <p>{t('entry.nilText')}</p>
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
              />
            )}
            {[...revision.warnings, ...revision.hints].map((w) => (
              <p key={w.pointer + w.code} className="late">
                ⚠ {w.message}
              </p>
            ))}
            <p className="mono">{t('entry.digest', { digest: revision.digest })}</p>
          </section>
          {changes && (
            <section className="panel">
              <h2>{t('entry.changesSince', { n: before?.revision })}</h2>
              <Changes schema={schema} changes={changes} />
            </section>
          )}
          <section className="panel">
            <h2>{t('evidence.title')}</h2>
            <EvidenceList entry={entry} files={files} />
          </section>
          <section className="panel">
            <h2>{t('entry.decisions')}</h2>
            <Decisions view={view} schema={schema} />
          </section>
        </>
      )}
      {view.ended && (
        <section className="panel">
          <h2>{t('voiding.endedDraft')}</h2>
          <Document schema={schema} layout={type.form} doc={view.ended.body} />
        </section>
      )}
      <section className="panel">
        <h2>{t('entry.timeline')}</h2>
        <Timeline view={view} />
      </section>
    </>
  )
}

function Head({ view }: { view: EntryView }) {
  const t = useT()
  const names = useNames()
  const { entry } = view
  return (
    <section className="panel">
      <dl className="pairs">
        <dt>{t('entry.area')}</dt>
        <dd>{names.area(entry.area)}</dd>
        <dt>{t('entry.author')}</dt>
        <dd>{entry.author_name}</dd>
        <dt>{t('entry.occurred')}</dt>
        <dd>{showTime(entry.occurred_at) || '—'}</dd>
        <dt>{t('entry.recorded')}</dt>
        <dd>{showTime(entry.submitted_at) || '—'}</dd>
        <dt>{t('entry.id')}</dt>
        <dd className="mono">{entry.id}</dd>
      </dl>
      {view.disputed && (
        <p className="danger" role="status">
          {t('calendar.disputed')}
        </p>
      )}
      {view.lock && (
        <p>
          <LockNote lock={view.lock} />
        </p>
      )}
      {view.opened.length > 0 && (
        <p>
          {t('entry.opened')}{' '}
          {view.opened.map((o) => (
            <Link key={o.id} to={`/prisons/${o.prison}/entries/${o.id}`}>
              {names.ledger(o.ledger)}
            </Link>
          ))}
        </p>
      )}
    </section>
  )
}

const reopening = ['withdraw', 'revise', 'amend'] as const satisfies readonly Action[]

/** What this reader may do now, as the server says; the browser never decides. */
function Actions({ view }: { view: EntryView }) {
  const t = useT()
  const navigate = useNavigate()
  const { busy, attempt } = useAttempt()
  const [giving, setGiving] = useState(false)
  const { entry, actions } = view
  const edit = `/prisons/${entry.prison}/entries/${entry.id}/edit`

  const open = async (action: (typeof reopening)[number]) => {
    if (await attempt(() => reopen(entry, action, newKey()))) navigate(edit)
  }

  /** A correction leaves what is in force, and needs no reason. */
  const askToGiveUp = () => {
    if (entry.in_force === 0) setGiving(true)
    else if (window.confirm(t('edit.discardAsk'))) void giveUp('')
  }
  const giveUp = (why: string) =>
    attempt(async () => {
      await discard(entry.prison, entry.id, entry.etag, newKey(), why)
      setGiving(false)
    })

  return (
    <>
      {actions.includes('edit') && (
        <Button type="primary" onClick={() => navigate(edit)}>
          {t('action.edit')}
        </Button>
      )}
      {reopening
        .filter((action) => actions.includes(action))
        .map((action) => (
          <Button
            key={action}
            loading={busy}
            type={action === 'revise' ? 'primary' : 'default'}
            onClick={() => void open(action)}
          >
            {t(`action.${action}`)}
          </Button>
        ))}
      {entry.state === 'returned' && actions.includes('discard') && !giving && (
        <Button danger onClick={askToGiveUp}>
          {t('edit.discard')}
        </Button>
      )}
      {giving && (
        <WhyDiscard
          busy={busy}
          discard={(why) => void giveUp(why)}
          close={() => setGiving(false)}
        />
      )}
      <AskVoid view={view} />
      <Link to={traceOf(kindOfEntry(entry.ledger), entry.id)}>{t('trace.this')}</Link>
      {actions.includes('print') ? (
        <>
          <a href={formUrl(entry)} target="_blank" rel="noreferrer">
            {t('printing.form')}
          </a>
          <a href={formUrl(entry, true)} target="_blank" rel="noreferrer">
            {t('printing.copy')}
          </a>
        </>
      ) : (
        // Not yet filed for good: a sheet for work, printed by the browser.
        <Link to={`/prisons/${entry.prison}/entries/${entry.id}/print`} target="_blank">
          {t('printing.draft')}
        </Link>
      )}
    </>
  )
}
