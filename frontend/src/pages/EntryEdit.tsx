import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { checkDraft, discard, getEntry, retakeSources, saveDraft, submit } from '../api/entries'
import { detach, evidenceUrl, transport } from '../api/evidence'
import { act, newKey } from '../api/http'
import { lookup } from '../api/lookup'
import type { EntryView, Evidence, LedgerType, Outcome } from '../api/model'
import { isProblem, ProblemError } from '../api/problem'
import { useEntryAnew, useLedgerType } from '../api/queries'
import { Autosave } from '../entry/autosave'
import { Beginnings } from '../entry/Beginnings'
import { Branches } from '../entry/Branches'
import { Conflict } from '../entry/Conflict'
import { EvidenceList } from '../entry/EvidenceList'
import { Effort } from '../entry/effort'
import { LeftHere } from '../entry/LeftHere'
import { leftHere, useLocalDraft } from '../entry/localDraft'
import { originsOf, takePins } from '../entry/pins'
import { Receipt } from '../entry/Receipt'
import { Strays } from '../entry/Strays'
import { UploadPanel } from '../evidence/UploadPanel'
import { Uploads } from '../evidence/uploads'
import type { FormServices } from '../form/context'
import { focusField, hasPlace, SchemaForm } from '../form/SchemaForm'
import { FormStore, type ShownProblem } from '../form/store'
import { useLang, useT } from '../i18n'
import { connection, useConnection } from '../offline/connection'
import { useSync, useWorks } from '../offline/context'
import { ledgerMayStay } from '../offline/kept'
import type { Work } from '../offline/work'
import { expand } from '../schema/expand'
import { type Doc, text } from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'
import { StateTag } from '../ui/Status'
import { toast } from '../ui/toast'
import { useKeys } from '../ui/useKeys'
import { NamesOfPeople } from '../ui/who'

export default function EntryEdit() {
  const { prison = '', id = '' } = useParams()
  const view = useEntryAnew(prison, id)
  const here = useHandOver(view.data)
  // Who throws the draft away goes to the workbench, however soon the entry is read again without it.
  const [leaving, setLeaving] = useState(false)
  if (here === undefined && view.data) return <Loading />
  if (here) return <Navigate to={`/offline/${id}`} replace />
  return (
    <Ready query={view}>
      {(data) =>
        data.draft || leaving ? (
          <WithType key={id} view={data} leave={() => setLeaving(true)} />
        ) : (
          <Navigate to={`/prisons/${prison}/entries/${id}`} replace />
        )
      }
    </Ready>
  )
}

const open: Work['state'][] = ['editing', 'waiting', 'refused']

/**
 * Decides once, when the page opens, whether the draft is filled on this computer: when it already is,
 * or when the server is away and a copy of it was kept. Never under somebody's hands.
 */
function useHandOver(view: EntryView | undefined): boolean | undefined {
  const list = useWorks()
  const { works } = useSync()
  const type = useLedgerType(view?.entry.ledger ?? '', view?.entry.version).data
  const [here, decide] = useState<boolean>()
  useEffect(() => {
    if (here !== undefined || !view || !list) return
    const kept = list.find((w) => w.id === view.entry.id)
    if (kept && open.includes(kept.state)) decide(true)
    else if (connection.state === 'online' || !view.draft) decide(false)
    else if (type) {
      if (!ledgerMayStay(type)) decide(false)
      else
        newest(works.owner, view.entry, view.draft.body)
          .then((start) => works.begin(start))
          .then(() => decide(true))
    }
  }, [here, view, list, type, works])
  return here
}

/** A draft of the server, to be filled on this computer from here on. */
function begun(entry: EntryView['entry'], doc: Doc) {
  const { id, prison, area, ledger, version, etag } = entry
  return { id, prison, area, ledger, version, begun: false, etag, doc }
}

/** What was typed here over the server's draft goes on; the answer that was kept may be behind it. */
async function newest(owner: string, entry: EntryView['entry'], body: Doc) {
  const left = await leftHere(owner, entry.id, body)
  return left && left.etag >= entry.etag
    ? begun({ ...entry, etag: left.etag }, left.body)
    : begun(entry, body)
}

function WithType({ view, leave }: { view: EntryView; leave: () => void }) {
  const type = useLedgerType(view.entry.ledger, view.entry.version)
  // The form keeps what is typed; a later refetch of the entry must not replace it.
  const [first] = useState(view)
  return (
    <NamesOfPeople value={view.names}>
      <Ready query={type}>
        {(data) => <Editor view={first} live={view} type={data} leave={leave} />}
      </Ready>
    </NamesOfPeople>
  )
}

interface EditorProps {
  view: EntryView
  live: EntryView
  type: LedgerType
  leave: () => void
}

function Editor({ view, live, type, leave }: EditorProps) {
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
  const [once] = useState(act)
  const [effort] = useState(() => new Effort())

  const names = useNames()
  const systemName = useSystemName()
  const [store] = useState(() => newStore(view, type, lang, names.ledger, systemName))
  const { works } = useSync()
  const away = useConnection() === 'offline'
  const lies = useWorks()?.some((w) => w.id === id && w.state === 'editing') ?? false
  /** The server may hold other shared fields than the form: a save said so, or was not answered. */
  const behind = useRef(false)
  const [autosave] = useState(() => {
    /** What the server cannot take lies on this computer meanwhile. */
    const save = async (etag: number, doc: Doc) => {
      try {
        const next = await saveDraft(prison, id, etag, doc)
        behind.current ||= next.retaken
        const kept = await works.get(id).catch(() => undefined)
        if (kept?.state === 'editing' && kept.files.length === 0) await works.remove(kept)
        return next.etag
      } catch (error) {
        behind.current = true
        if (isProblem(error, 'unreachable') && ledgerMayStay(type)) {
          if (!(await works.get(id))) await works.begin(begun({ ...entry, etag }, doc))
          await works.save(id, doc)
        }
        throw error
      }
    }
    return new Autosave(store, entry.etag, save)
  })
  const [uploads] = useState(
    () =>
      new Uploads<Evidence>(
        transport(prison, id),
        (e) => !isProblem(e) || e.status === 0 || e.status >= 500,
      ),
  )
  const saveState = useSyncExternalStore(autosave.subscribe, () => autosave.state)
  const uploading = useSyncExternalStore(uploads.subscribe, () => uploads.unfinished)
  const finished = useSyncExternalStore(uploads.subscribe, () => uploads.items)

  useEffect(() => autosave.start(), [autosave])
  const { left, settle } = useLocalDraft(view, type, autosave, saveState === 'saved')
  useWarningBeforeLeaving(saveState !== 'saved' || uploading)

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

  // The rules and computed fields are asked after each save, when the schema holds or not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file may complete what was missing
  useEffect(() => {
    if (saveState !== 'saved') return
    const asked = new AbortController()
    checkDraft(prison, id, store.toSend(), asked.signal)
      .then((result) => {
        const warnings = result.warnings.map((w) => ({ ...w, level: 'warning' as const }))
        hear(
          [...result.errors, ...warnings].filter((p) => onlyServerKnows(store, p)),
          result.document,
        )
      })
      .catch((error: unknown) => {
        if (!asked.signal.aborted && !(error instanceof ProblemError)) throw error
      })
    return () => asked.abort()
  }, [saveState, files, prison, id, store, hear])

  // Saved, the shared fields are of the day and the inmate that the document now names.
  const shares = type.sources.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are made anew each time and mean the same
  useEffect(() => {
    if (!shares || !behind.current || saveState !== 'saved') return
    let gone = false
    getEntry(prison, id)
      .then((now) => {
        if (gone) return
        behind.current = false
        if (takePins(store, now, type, names.ledger, systemName)) toast(t('form.retaken'))
      })
      .catch((error: unknown) => {
        if (!(error instanceof ProblemError)) throw error
      })
    return () => {
      gone = true
    }
  }, [shares, saveState, prison, id, store])

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
      readOnly: busy,
    }),
    [files, uploads, prison, entry, busy],
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
        if (connection.state === 'online' || !(await works.get(id))) return
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

  const throwAway = async () => {
    await autosave.flush()
    leave()
    await discard(prison, id, autosave.etag, newKey())
    await navigate('/')
    await queries.invalidateQueries()
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
        <SaveNote state={saveState} />
      </PageTitle>
      {saveState === 'conflict' && <Conflict autosave={autosave} entry={entry} type={type} />}
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
          {live.actions.includes('discard') && (
            <Button danger className="push" onClick={() => void throwAway()}>
              {t('edit.discard')}
            </Button>
          )}
        </div>
      </form>
    </>
  )
}

function newStore(
  view: EntryView,
  type: LedgerType,
  lang: 'zh' | 'en',
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): FormStore {
  const body = view.draft?.body ?? {}
  const store = new FormStore(expand(type.schema), body, lang)
  store.setRemarks(
    new Map((view.draft?.remarks ?? []).filter((r) => r.pointer).map((r) => [r.pointer, r.text])),
  )
  store.setSources(originsOf(view, type, ledgerName, systemName))
  return store
}

function SaveNote({ state }: { state: Autosave['state'] }) {
  const t = useT()
  return (
    <span role="status" className={state === 'failed' || state === 'conflict' ? 'danger' : 'quiet'}>
      {t(`save.${state}`)}
    </span>
  )
}

/** Rules and computed values only the server knows; the rest is said here without asking. */
function onlyServerKnows(store: FormStore, { code, pointer }: ShownProblem): boolean {
  if (code.startsWith('rule:') || code.startsWith('evidence_')) return true
  return store.node(pointer).readOnly === true
}

function useWarningBeforeLeaving(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return
    const warn = (e: BeforeUnloadEvent) => e.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [unsaved])
}
