import { Button, Input } from 'antd'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useNavigate, useParams } from 'react-router'
import { lookup } from '../api/lookup'
import type { Evidence, LedgerType } from '../api/model'
import { isProblem } from '../api/problem'
import { useLedgerType } from '../api/queries'
import { fileSize } from '../entry/EvidenceList'
import { originsOf } from '../entry/pins'
import { UploadPanel } from '../evidence/UploadPanel'
import { Uploads } from '../evidence/uploads'
import type { FormServices } from '../form/context'
import { focusField, hasPlace, SchemaForm } from '../form/SchemaForm'
import { FormStore } from '../form/store'
import { useLang, useT } from '../i18n'
import { useSync, useWorks } from '../offline/context'
import { localFiles } from '../offline/files'
import { Keeper, useKeeping } from '../offline/keeper'
import { Overruled } from '../offline/Overruled'
import type { LocalFile, Work } from '../offline/work'
import { expand } from '../schema/expand'
import { set } from '../schema/pointer'
import { type Doc, text } from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import { useKeys } from '../ui/useKeys'

const said = {
  kept: 'offline.keptHere',
  keeping: 'offline.keeping',
  failed: 'offline.notKept',
} as const

/** One entry as it is filled on this computer, whether or not the server is there. */
export default function OfflineEdit() {
  const t = useT()
  const { id = '' } = useParams()
  const works = useWorks()
  if (!works) return <Loading />
  const work = works.find((w) => w.id === id)
  if (!work) return <Empty>{t('offline.notHere')}</Empty>
  return <WithType key={id} work={work} />
}

function WithType({ work }: { work: Work }) {
  const type = useLedgerType(work.ledger, work.version)
  const [first] = useState(work)
  return <Ready query={type}>{(data) => <Editor first={first} work={work} type={data} />}</Ready>
}

function Editor({ first, work, type }: { first: Work; work: Work; type: LedgerType }) {
  const t = useT()
  const lang = useLang()
  const navigate = useNavigate()
  const { works } = useSync()
  const sync = useSync()
  const { id, prison, area } = work
  const [reason, setReason] = useState(first.reason)
  const names = useNames()
  const systemName = useSystemName()
  const [store] = useState(() => {
    // What the sources said when it was sent stands, here too.
    const doc = (first.overruled ?? []).reduce(
      (d, c) => set(d, c.pointer, c.after) as Doc,
      first.doc,
    )
    const made = new FormStore(expand(type.schema), doc, lang)
    made.setSources(originsOf(first.pins, type, names.ledger, systemName))
    return made
  })
  const [uploads] = useState(() => new Uploads<Evidence>(localFiles(works, id), () => false))
  const attaching = useSyncExternalStore(uploads.subscribe, () => uploads.unfinished)
  const [keeper] = useState(() => new Keeper(store, () => works.save(id, store.toSend())))
  const keeping = useKeeping(keeper)

  useEffect(() => keeper.start(), [keeper])
  useEffect(() => {
    if (keeping === 'failed') toast(t('offline.notKept'))
  }, [keeping, t])

  // What the server found wrong when it was sent is shown at its field.
  useEffect(() => {
    store.heard((first.problem?.errors ?? []).filter((p) => hasPlace(p.pointer)))
  }, [store, first])

  const thumbnails = useThumbnails(work)
  const services = useMemo<FormServices>(
    () => ({
      lookup: (kind, query, signal) => lookup(prison, area, kind, query, signal),
      files: work.files.map(({ id, name }) => ({ id, name, thumbnail: thumbnails.get(id) })),
      upload: async (file) => (await uploads.add(file, '')).id,
      readOnly: false,
    }),
    [work.files, thumbnails, uploads, prison, area],
  )

  const queue = async (wants: Work['wants']) => {
    if (attaching) {
      toast(t('offline.stillAttaching'))
      return
    }
    if (wants === 'submit') {
      store.reveal()
      const wrong = store.validate()
      if (wrong > 0) {
        toast(t('edit.wrong', { count: wrong }))
        focusField(store.wrong())
        return
      }
    }
    keeper.forget()
    try {
      await works.queue(id, store.toSend(), wants, reason)
    } catch (error) {
      if (!isProblem(error)) throw error
      void keeper.now() // nothing was handed over
      toast(error.message)
      return
    }
    await navigate('/offline')
    void sync.send().catch(() => {}) // tried again at the next turn
  }
  useKeys({ 'Ctrl+Enter': () => void queue('submit') })

  const lines = type.evidence ?? []
  const loose = work.files.filter((f) => lines.every((line) => line.id !== f.slot))
  const remove = (file: LocalFile) => void works.detach(id, file.id)
  return (
    <>
      <PageTitle title={text(type.title, lang)}>
        <span role="status" className="quiet">
          {t(said[keeping])}
        </span>
      </PageTitle>
      <p className="panel" role="note">
        {t('offline.editHint')}
      </p>
      <Overruled work={first} />
      {work.problem && <p className="panel danger">{work.problem.message}</p>}
      <form
        onSubmit={(e) => {
          e.preventDefault()
        }}
      >
        <SchemaForm store={store} layout={type.form} services={services} />
        <section className="panel" aria-labelledby="evidence">
          <h2 id="evidence">{t('evidence.title')}</h2>
          {lines.map((line) => {
            const own = work.files.filter((f) => f.slot === line.id)
            return (
              <div key={line.id}>
                <UploadPanel line={line} have={own.length} uploads={uploads} problems={[]} />
                <Files files={own} thumbnails={thumbnails} remove={remove} />
              </div>
            )
          })}
          <Files files={loose} thumbnails={thumbnails} remove={remove} />
        </section>
        {!work.begun && (
          <div className="panel field">
            <label className="label" htmlFor="field-@reason">
              {t('offline.reason')}
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
          <Button type="primary" data-key="Ctrl+Enter" onClick={() => void queue('submit')}>
            {t('offline.queue')}
          </Button>
          <Button onClick={() => void queue('draft')}>{t('offline.saveToServer')}</Button>
          <Button onClick={() => navigate('/offline')}>{t('edit.later')}</Button>
        </div>
      </form>
    </>
  )
}

function Files(props: {
  files: LocalFile[]
  thumbnails: ReadonlyMap<string, string>
  remove: (file: LocalFile) => void
}) {
  const t = useT()
  if (props.files.length === 0) return null
  return (
    <ul className="gallery">
      {props.files.map((file) => (
        <li key={file.id}>
          {props.thumbnails.get(file.id) && (
            <img src={props.thumbnails.get(file.id)} alt={file.name} />
          )}
          <span>{file.name}</span> <span className="quiet">{fileSize(file.size)}</span>{' '}
          <Button size="small" onClick={() => props.remove(file)}>
            {t('evidence.remove')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** Pictures that lie on this computer, as addresses for this page alone. */
function useThumbnails(work: Work): ReadonlyMap<string, string> {
  const { works } = useSync()
  const names = work.files.map((f) => f.id).join()
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>(new Map())
  // biome-ignore lint/correctness/useExhaustiveDependencies: by the files' ids
  useEffect(() => {
    let gone = false
    const made = new Map<string, string>()
    const load = async () => {
      for (const file of work.files.filter((f) => f.type.startsWith('image/'))) {
        const bytes = await works.bytes(work, file)
        if (bytes && !gone) made.set(file.id, URL.createObjectURL(bytes))
      }
      if (!gone) setUrls(new Map(made))
    }
    void load()
    return () => {
      gone = true
      for (const url of made.values()) URL.revokeObjectURL(url)
    }
  }, [works, names])
  return urls
}
