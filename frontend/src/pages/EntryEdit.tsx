import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { discard, retakeSources, saveDraft, submit } from '../api/entries'
import { detach, evidenceUrl, transport } from '../api/evidence'
import { act, newKey } from '../api/http'
import { login } from '../api/login'
import { lookup } from '../api/lookup'
import type { EntryView, Evidence, LedgerType, Outcome } from '../api/model'
import { isProblem, ProblemError } from '../api/problem'
import { useEntryAnew, useLedgerType } from '../api/queries'
import { Autosave } from '../entry/autosave'
import { Beginnings } from '../entry/Beginnings'
import { Branches } from '../entry/Branches'
import { type Carried, Elsewhere, useElsewhere } from '../entry/Elsewhere'
import { EvidenceList } from '../entry/EvidenceList'
import { Effort } from '../entry/effort'
import { begun, useHandOver } from '../entry/handOver'
import { LeftHere } from '../entry/LeftHere'
import { useLocalDraft } from '../entry/localDraft'
import { MovedBefore } from '../entry/MovedOver'
import { newStore } from '../entry/newStore'
import { named } from '../entry/pins'
import { Receipt } from '../entry/Receipt'
import { SaveNote } from '../entry/SaveNote'
import { Strays } from '../entry/Strays'
import { useRetaken, useRules } from '../entry/server'
import { WhyDiscard } from '../entry/WhyDiscard'
import { UploadPanel } from '../evidence/UploadPanel'
import { Uploads } from '../evidence/uploads'
import type { FormServices } from '../form/context'
import { focusField, hasPlace, SchemaForm } from '../form/SchemaForm'
import type { ShownProblem } from '../form/store'
import { useLang, useT } from '../i18n'
import { connection, useConnection } from '../offline/connection'
import { useSync, useWorks } from '../offline/context'
import { ledgerMayStay } from '../offline/kept'
import { diff } from '../schema/diff'
import { type Doc, text } from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'
import { StateTag } from '../ui/Status'
import { toast } from '../ui/toast'
import { useKeys } from '../ui/useKeys'
import { useWarningBeforeLeaving } from '../ui/useWarningBeforeLeaving'
import { NamesOfPeople } from '../ui/who'

export default function EntryEdit() {
  const { prison = '', id = '' } = useParams()
  const view = useEntryAnew(prison, id)
  const here = useHandOver(view.data)
  if (here === undefined && view.data) return <Loading />
  if (here) return <Navigate to={`/offline/${id}`} replace />
  return <Ready query={view}>{(data) => <Draft key={id} view={data} />}</Ready>
}

/** What was no draft when the page opened is shown as it is; what stops being one stays under the hands. */
function Draft({ view }: { view: EntryView }) {
  const [draft] = useState(view.draft !== undefined)
  const { prison, id } = view.entry
  if (!draft) return <Navigate to={`/prisons/${prison}/entries/${id}`} replace />
  return <WithType view={view} />
}

/** What the form is made of, once: a later refetch of the entry must not replace what is typed. */
interface Form {
  round: number
  view: EntryView
  carried?: Carried
}

function WithType({ view }: { view: EntryView }) {
  const queries = useQueryClient()
  const [form, setForm] = useState<Form>({ round: 0, view })
  const { entry } = form.view
  const type = useLedgerType(entry.ledger, entry.version)
  const [uploads] = useState(() => {
    const passing = (e: unknown) => !isProblem(e) || e.status === 0 || e.status >= 500
    return new Uploads<Evidence>(transport(entry.prison, entry.id), passing)
  })
  const [effort] = useState(() => new Effort())
  const anew = (next: EntryView, carried: Carried) => {
    queries.setQueryData(['entry', entry.prison, entry.id], next)
    setForm({ round: form.round + 1, view: next, carried })
  }
  // Who asks hears of what is set a moment later than who set it.
  const live = view.entry.etag >= entry.etag ? view : form.view
  return (
    <NamesOfPeople value={view.names}>
      <Ready query={type}>
        {(data) => (
          <Editor
            key={form.round}
            {...form}
            live={live}
            type={data}
            uploads={uploads}
            effort={effort}
            anew={anew}
          />
        )}
      </Ready>
    </NamesOfPeople>
  )
}

interface EditorProps extends Form {
  live: EntryView
  type: LedgerType
  uploads: Uploads<Evidence>
  effort: Effort
  /** Makes the form anew from the draft as it is now, with what was typed in this one. */
  anew: (view: EntryView, carried: Carried) => void
}

function Editor({ view, carried, live, type, uploads, effort, anew }: EditorProps) {
  const t = useT()
  const lang = useLang()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { entry } = view
  const { prison, id } = entry
  const [files, setFiles] = useState(live.attached)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const [general, setGeneral] = useState<string[]>([])
  const [missing, setMissing] = useState<ShownProblem[]>([])
  const [asking, setAsking] = useState(false)
  const [once] = useState(act)

  const names = useNames()
  const systemName = useSystemName()
  const [store] = useState(() => newStore(view, type, lang, names.ledger, systemName))
  // The names of the sources may come after the form: it was opened by its address.
  useEffect(() => store.setSources(named(store.sources, names.ledger)), [store, names])
  const { works } = useSync()
  const away = useConnection() === 'offline'
  const lies = useWorks()?.some((w) => w.id === id && w.state === 'editing') ?? false
  /** The server may hold other shared fields than the form: a save said so, or was not answered. */
  const behind = useRef(false)
  /** The shared fields as the form shows them. */
  const pins = useRef(view.draft?.pins ?? [])
  const [autosave] = useState(() => {
    /** What the server cannot take lies on this computer meanwhile. */
    const save = async (etag: number, doc: Doc) => {
      try {
        if (login.person !== works.owner) throw new ProblemError(401, 'session_over', '')
        const next = await saveDraft({ ...entry, etag }, doc)
        behind.current ||= next.retaken
        const kept = await works.get(id).catch(() => undefined)
        if (kept?.state === 'editing' && kept.files.length === 0) await works.remove(kept)
        return next.etag
      } catch (error) {
        behind.current = true
        if (isProblem(error, 'unreachable') && ledgerMayStay(type)) {
          if (!(await works.get(id)))
            await works.begin(begun({ ...entry, etag }, doc, pins.current))
          await works.save(id, doc)
        }
        throw error
      }
    }
    const made = new Autosave(store, entry.etag, save)
    const { body = {} } = view.draft ?? {}
    if (carried && diff(body, carried.moved.body).length > 0) {
      store.replace(carried.moved.body)
      if (!carried.alone) made.clash(body)
    }
    return made
  })
  const saveState = useSyncExternalStore(autosave.subscribe, () => autosave.state)
  const uploading = useSyncExternalStore(uploads.subscribe, () => uploads.unfinished)
  const finished = useSyncExternalStore(uploads.subscribe, () => uploads.items)

  useEffect(() => autosave.start(), [autosave])
  const { left, settle } = useLocalDraft(
    view,
    type,
    autosave,
    saveState === 'saved',
    carried !== undefined,
  )
  useWarningBeforeLeaving(saveState !== 'saved' || uploading)

  const form = { view, live, autosave, anew }
  const gone = useElsewhere(form, busy || outcome !== undefined, busy)

  useEffect(() => {
    const done = finished.flatMap((item) => item.done ?? [])
    setFiles((have) => [...have, ...done.filter((f) => have.every((h) => h.id !== f.id))])
  }, [finished])

  /** What the server finds goes to its field or evidence line; what has no place here, above the form. */
  const hear = useCallback(
    (problems: ShownProblem[], derived?: Doc) => {
      const lines = problems.filter((p) => p.pointer.startsWith('/@evidence/'))
      const placed = problems.filter((p) => !lines.includes(p) && hasPlace(p.pointer))
      store.heard(placed, derived)
      setMissing(lines)
      setGeneral(
        problems.filter((p) => !lines.includes(p) && !placed.includes(p)).map((p) => p.message),
      )
    },
    [store],
  )

  useRules(store, hear, prison, id, saveState === 'saved', files)
  useRetaken(store, behind, pins, type, prison, id, saveState === 'saved')

  const services = useMemo<FormServices>(
    () => ({
      lookup: (kind, query, signal) => lookup(prison, entry.area, kind, query, signal),
      files: files.map((file) => ({
        id: file.id,
        name: file.name,
        thumbnail: file.media_type.startsWith('image/')
          ? evidenceUrl(entry, file, 'thumbnail')
          : undefined,
      })),
      upload: async (file) => (await uploads.add(file, '')).id,
      readOnly: busy || saveState === 'moved' || saveState === 'gone',
    }),
    [files, uploads, prison, entry, busy, saveState],
  )

  const send = async () => {
    if (busy || outcome) return
    store.reveal()
    const wrong = store.validate()
    if (wrong > 0) {
      toast(t('edit.wrong', { count: wrong }))
      focusField(store.wrong())
      return
    }
    if (uploading) {
      toast(t('edit.stillUploading'))
      return
    }
    setBusy(true)
    try {
      if (!(await autosave.flush())) {
        if (connection.state === 'online' || !(await works.get(id))) {
          toast(t(`edit.unsent_${autosave.state}`))
          return
        }
        await works.queue(id, store.toSend(), 'submit', reason)
        await navigate('/offline')
        return
      }
      const said = { reason, effort: effort.take(autosave.etag) }
      const done = await once((key) => submit(prison, id, autosave.etag, said, key))
      setOutcome(done)
      await queries.invalidateQueries({
        predicate: (q) => q.queryKey[0] !== 'type' && q.queryKey[0] !== 'entry',
      })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      if (error.code === 'state_forbids') autosave.lost()
      // Saving it once more says what came in between.
      if (error.code === 'changed_meanwhile') await autosave.insist(autosave.etag)
      hear(error.errors)
      toast(
        error.errors.length > 0 ? t('edit.wrong', { count: error.errors.length }) : error.message,
      )
      if (error.errors.some((e) => e.pointer === '/reason')) focusField(['/@reason'])
      else focusField(error.errors.map((e) => e.pointer))
    } finally {
      setBusy(false)
    }
  }

  const filed = entry.revision > 0 && entry.in_force === 0
  const typed = entry.etag > 1 || store.changes > 0 || files.length > 0 || uploading
  const askToThrowAway = () => {
    if (filed) setAsking(true)
    else if (!typed || window.confirm(t('edit.discardAsk'))) void throwAway('')
  }
  const throwAway = async (why: string) => {
    setBusy(true)
    try {
      await autosave.flush()
      if (!(await discarded(autosave.etag, why))) return
      settle(false)
      const kept = await works.get(id).catch(() => undefined)
      if (kept?.state === 'editing') await works.remove(kept)
      await navigate('/')
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      if (error.code === 'state_forbids') autosave.lost()
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  /** What somebody wrote in between goes too only if that is meant. */
  const discarded = async (etag: number, why: string): Promise<boolean> => {
    try {
      await discard(prison, id, etag, newKey(), why)
      return true
    } catch (error) {
      if (!isProblem(error, 'changed_meanwhile')) throw error
      if (!window.confirm(t('edit.discardAskOther'))) return false
      return discarded(Number(error.members.etag), why)
    }
  }

  const retake = async () => {
    await autosave.flush()
    await retakeSources({ ...entry, etag: autosave.etag }, newKey())
    await queries.invalidateQueries()
    // The form is made of the draft once; it is made anew from the one that has the new values.
    await navigate(0)
  }

  const remove = async (file: Evidence) => {
    await detach(prison, id, file.id, newKey())
    setFiles((have) => have.filter((h) => h.id !== file.id))
  }

  useKeys({ 'Ctrl+Enter': () => void send(), 'Ctrl+s': () => void autosave.flush() })

  if (outcome) return <Receipt outcome={outcome} title={text(type.title, lang)} />

  const lines = type.evidence ?? []
  const loose = files.filter((f) => lines.every((line) => line.id !== f.slot))
  const remark = view.draft?.remarks.find((r) => r.pointer === '')
  return (
    <>
      <PageTitle title={text(type.title, lang)} beside={<StateTag state={entry.state} />}>
        <SaveNote autosave={autosave} />
      </PageTitle>
      <Elsewhere {...form} gone={gone} type={type} lies={lies} carried={carried} />
      {away && lies && (
        <p className="panel" role="status">
          {t('offline.editKept')} <Link to={`/offline/${id}`}>{t('offline.editHere')}</Link>
        </p>
      )}
      <Branches
        view={live}
        type={type}
        current={() => store.toSend()}
        etag={async () => ((await autosave.flush()) ? autosave.etag : undefined)}
        done={async () => {
          await queries.invalidateQueries()
          await navigate(0)
        }}
      />
      {!carried && <MovedBefore view={view} />}
      {remark && (
        <p className="panel danger" role="note">
          {t('form.remark', { remark: remark.text })}
        </p>
      )}
      {left && <LeftHere left={left} etag={entry.etag} type={type} store={store} onDone={settle} />}
      {entry.revision === 0 && <Beginnings entry={entry} store={store} />}
      <Strays store={store} />
      {view.draft?.pins.some((p) => p.corrected) && (
        <p className="panel" role="status">
          {t('form.corrected')}{' '}
          <Button size="small" onClick={() => void retake()}>
            {t('form.retake')}
          </Button>
        </p>
      )}
      {general.map((message) => (
        <p key={message} className="panel danger" role="alert">
          {message}
        </p>
      ))}
      <form
        onSubmit={(e) => {
          e.preventDefault()
        }}
        onKeyDown={effort.key}
        onPointerDown={effort.touch}
      >
        <SchemaForm store={store} layout={type.form} services={services} />
        {(lines.length > 0 || files.length > 0) && (
          <section className="panel" aria-labelledby="evidence">
            <h2 id="evidence">{t('evidence.title')}</h2>
            {lines.map((line) => {
              const own = files.filter((f) => f.slot === line.id)
              return (
                <div key={line.id}>
                  <UploadPanel
                    line={line}
                    have={own.length}
                    uploads={uploads}
                    problems={missing
                      .filter((p) => p.pointer === `/@evidence/${line.id}`)
                      .map((p) => p.message)}
                  />
                  {own.length > 0 && (
                    <EvidenceList entry={entry} files={own} onRemove={(f) => void remove(f)} />
                  )}
                </div>
              )
            })}
            {loose.length > 0 && (
              <EvidenceList entry={entry} files={loose} onRemove={(f) => void remove(f)} />
            )}
          </section>
        )}
        {entry.in_force > 0 && (
          <div className="panel field">
            <label className="label" htmlFor="field-@reason">
              {t('edit.reason')}
              <span className="required">*</span>
            </label>
            <Input.TextArea
              id="field-@reason"
              value={reason}
              onChange={(e) => setReason(e.target.value)}
              autoSize
            />
          </div>
        )}
        <div className="action-bar">
          <Button type="primary" loading={busy} data-key="Ctrl+Enter" onClick={() => void send()}>
            {t('edit.submit')}
          </Button>
          <Button onClick={() => navigate('/')}>{t('edit.later')}</Button>
          {live.actions.includes('discard') && !asking && (
            <Button danger className="push" disabled={busy} onClick={askToThrowAway}>
              {t('edit.discard')}
            </Button>
          )}
        </div>
        {asking && (
          <WhyDiscard
            busy={busy}
            discard={(why) => void throwAway(why)}
            close={() => setAsking(false)}
          />
        )}
      </form>
    </>
  )
}
