import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useNavigate } from 'react-router'
import { type Common, fileRows, versionPassed } from '../api/batch'
import { createEntry, discard, getEntry } from '../api/entries'
import { newKey } from '../api/http'
import { isProblem, ProblemError } from '../api/problem'
import { ledgerType, useMe } from '../api/queries'
import { Effort } from '../entry/effort'
import { useLang, useT } from '../i18n'
import { connection } from '../offline/connection'
import { useKeeping } from '../offline/keeper'
import { ledgerMayStay } from '../offline/kept'
import { expand } from '../schema/expand'
import { toast } from '../ui/toast'
import { useKeys } from '../ui/useKeys'
import { useRules, useSchema } from './asking'
import { columnsOf } from './columns'
import { Elsewhere } from './Elsewhere'
import { BatchUploads } from './files'
import { Grid, type GridHandle, type Place } from './Grid'
import { BatchKeeper, dropBatch, idOf, type Kept } from './keep'
import { useNames } from './lookups'
import { Notes } from './Notes'
import { PastePreview } from './PastePreview'
import { placed } from './places'
import { RowForm } from './RowForm'
import { lazily, SharedFiles } from './SharedFiles'
import { Strays } from './Strays'
import { Sender } from './sender'
import { type BatchRow, BatchStore, errorsOf, type Plan } from './store'
import './batch.css'

interface Props {
  kept: Kept
  /** The ledger has a newer version than the batch. */
  passed: boolean
  /** Takes the batch as it stands, to be carried to that version. */
  onPassed: (batch: Kept) => void
  restored: boolean
  /** Rows that are filed already and not shown. */
  hidden: number
}

export function BatchEditor({ kept, passed, onPassed, restored, hidden }: Props) {
  const { type } = kept
  const t = useT()
  const lang = useLang()
  const me = useMe().data!
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { prison, area, ledger } = kept
  const [files, setFiles] = useState(kept.files)
  const filesNow = useRef(files)
  const [store] = useState(() => {
    const made = new BatchStore(expand(type.schema), lang)
    made.load(kept.rows)
    return made
  })
  const [effort] = useState(() => new Effort(undefined, kept.spent))
  const columns = useMemo(() => columnsOf(store.schema, type.form, lang), [store, type.form, lang])
  const common = useCallback(
    (): Common => ({ prison, area, ledger, version: type.version, files: filesNow.current }),
    [prison, area, ledger, type.version],
  )
  const [keeper] = useState(() =>
    BatchKeeper.of(store, me.person, () => ({
      ...kept,
      files: filesNow.current,
      spent: effort.sofar,
    })),
  )
  const keeping = useKeeping(keeper)
  const [uploads] = useState(() => {
    const begin = async () => {
      const made = await createEntry(prison, area, ledger, newKey())
      filesNow.current = made.entry.id
      setFiles(made.entry.id)
      await keeper?.now()
      return made.entry.id
    }
    const place = { owner: me.person, batch: idOf(kept), mayStay: ledgerMayStay(type) }
    return new BatchUploads(lazily(prison, kept.files, begin), passing, place)
  })
  const filesUnderWay = useSyncExternalStore(uploads.subscribe, () => uploads.unfinished)
  // The newer version is asked for; then the batch is handed over.
  const learn = useCallback(
    () => void queries.invalidateQueries({ queryKey: ledgerType(ledger).queryKey, exact: true }),
    [queries, ledger],
  )
  const [sender] = useState(
    () =>
      new Sender(
        store,
        async (rows) => {
          const results = await fileRows(common(), rows, kept.key)
          if (results.some((r) => r.code === versionPassed)) learn()
          return results
        },
        async () => {
          await keeper?.now()
          await uploads.restore()
          return keeper?.elsewhere === undefined && !uploads.unfinished
        },
      ),
  )
  const find = useNames(store, prison, area)
  const rows = useSyncExternalStore(store.subscribe, () => store.rows)
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [plan, setPlan] = useState<Plan>()
  const [side, setSide] = useState<{ key: string; at: string }>()
  const handle = useRef<GridHandle>(null)

  useEffect(() => keeper?.start(), [keeper])
  // What was waiting when the browser ended goes on by itself.
  useEffect(() => {
    void sender.run()
    return () => sender.stop()
  }, [sender])
  useEffect(() => {
    void uploads.restore()
    const stop = connection.subscribe(() => {
      if (connection.state === 'online') uploads.again()
    })
    return () => {
      stop()
      uploads.stop()
    }
  }, [uploads])
  // Rows follow the files that prove them; without the rows kept nothing would lead back to the files.
  useEffect(() => {
    if (filesUnderWay) void keeper?.now()
    else void sender.run()
  }, [filesUnderWay, keeper, sender])
  useSchema(store)
  useRules(store, common, files, learn, type.sources.length > 0)

  const { wrong, strays } = useMemo(() => placed(rows, columns), [rows, columns])
  const strayBox = useRef<HTMLElement>(null)
  const ready = rows.filter((r) => r.state === 'editing' && errorsOf(r).length === 0).length
  const waiting = rows.filter((r) => r.state === 'waiting').length
  const filed = rows.filter((r) => r.state === 'filed').length
  const otherwise = rows.filter((r) => r.state === 'filed' && r.rules.length > 0).length
  const errors = wrong.length + strays.length
  const hand = useEffectEvent(async () => {
    await keeper?.now()
    const revision = keeper?.revision ?? kept.revision
    onPassed({ ...kept, files: filesNow.current, rows: store.rows, revision })
  })
  // What became of rows on their way is learned under the version they were sent with.
  useEffect(() => {
    if (passed && waiting === 0) void hand()
  }, [passed, waiting])

  const next = () => {
    const later = wrong.find(
      (w) => w.row > active.row || (w.row === active.row && w.column > active.column),
    )
    const to = later ?? wrong[0]
    if (to) handle.current?.go(to)
    else strayBox.current?.focus()
  }
  const submit = () => {
    if (store.give(effort.sofar) === 0) return next()
    effort.spend()
    void sender.run()
  }
  const onPlan = (planned: Plan) => {
    const { changes, missing, pinned } = planned
    if (changes.length === 0) {
      toast(pinned > 0 ? t('batch.pastePinned', { count: pinned }) : t('batch.pasteNone'))
    } else if (changes.length === 1 && missing + pinned === 0) store.paste(planned, kept.empty)
    else setPlan(planned)
  }
  const drop = () => {
    keeper?.forget()
    return dropBatch(me.person, kept)
  }
  const finish = async () => {
    await drop()
    if (files) await throwAway(prison, files)
    toast(t('batch.closed'))
    await navigate('/mine')
    await queries.invalidateQueries()
  }
  const anew = async () => {
    await drop()
    if (files) await throwAway(prison, files)
    queries.removeQueries({ queryKey: ['kept'] })
    queries.removeQueries({ queryKey: ['prefill'] })
    await navigate('/batch')
  }
  useKeys({ F8: next, 'Ctrl+Enter': submit, 'Ctrl+s': () => void keeper?.now() })

  const row: BatchRow | undefined = rows[Math.min(active.row, rows.length - 1)]
  const opened = side && store.row(side.key)
  return (
    // It only listens: every act is a child's own.
    <div
      style={{ display: 'contents' }}
      onKeyDownCapture={effort.key}
      onPointerDownCapture={effort.touch}
    >
      {restored && (
        <p className="panel bar" role="status">
          {t('batch.restored')}
          {waiting === 0 && (
            <Button size="small" onClick={() => void anew()}>
              {t('batch.again')}
            </Button>
          )}
        </p>
      )}
      {hidden > 0 && <p className="quiet">{t('batch.hidden', { count: hidden })}</p>}
      <div className="bar">
        <Button type="primary" data-key="Ctrl+Enter" disabled={ready === 0} onClick={submit}>
          {t('batch.submit', { count: ready })}
        </Button>
        <Button onClick={next} disabled={errors === 0} data-key="F8">
          {t('batch.next')}
        </Button>
        <span role="status" className={errors > 0 ? 'danger' : 'quiet'}>
          {errors > 0 ? t('batch.errors', { count: errors }) : t('batch.noErrors')}
        </span>
        <span role="status" className="quiet">
          {waiting > 0 && t('batch.waitingCount', { count: waiting })}{' '}
          {filed > 0 && t('batch.filedCount', { count: filed })}
        </span>
        <span className="push quiet">
          {keeper ? keeping !== 'failed' && t('batch.saved') : t('batch.l3')}
        </span>
        <Button onClick={() => store.undo()} disabled={!store.undoable}>
          {t('batch.undo')}
        </Button>
        <Button
          onClick={() => {
            store.add(1, kept.empty)
            handle.current?.go({ row: store.rows.length - 1, column: 0 })
          }}
        >
          {t('batch.add')}
        </Button>
        <Button
          disabled={row?.state !== 'editing'}
          onClick={() => {
            if (row) store.remove([row.key])
          }}
        >
          {t('batch.dropRow')}
        </Button>
      </div>
      {keeping === 'failed' && keeper?.elsewhere === undefined && (
        <p className="panel danger" role="alert">
          {t('batch.keepFailed')}
        </p>
      )}
      {keeping === 'failed' && keeper?.elsewhere !== undefined && (
        <Elsewhere
          theirs={keeper.elsewhere?.rows}
          ours={rows}
          schema={store.schema}
          insist={() => void keeper.insist().then(() => sender.run())}
          yield={() => {
            keeper.forget()
            window.location.reload()
          }}
        />
      )}
      {filesUnderWay && waiting > 0 && (
        <p className="panel" role="status">
          {t('batch.filesFirst')}
        </p>
      )}
      {sender.unreachable && waiting > 0 && (
        <p className="panel" role="status">
          {t('batch.unreachable')}
        </p>
      )}
      {otherwise > 0 && (
        <p className="panel late" role="status">
          {t('batch.otherwise', { count: otherwise })}
        </p>
      )}
      {filed > 0 && filed === rows.length && (
        <p className="panel bar" role="status">
          {t('batch.allFiled')}
          <Button type="primary" onClick={() => void finish()}>
            {t('batch.close')}
          </Button>
        </p>
      )}
      <Strays strays={strays} store={store} box={strayBox} />
      {rows.length === 0 && <p className="panel quiet">{t('batch.empty')}</p>}
      <Grid
        prison={prison}
        store={store}
        columns={columns}
        handle={handle}
        lookup={find}
        onPlan={onPlan}
        onSide={(r, column) => setSide({ key: r.key, at: column.pointer })}
        onActive={setActive}
      />
      <div className="grid-notes" id="grid-notes" role="status">
        {row && columns[active.column] && (
          <Notes row={row} column={columns[active.column]!} names={store.names} />
        )}
      </div>
      <p className="quiet">{t('batch.keys')}</p>
      {type.evidence.length > 0 && (
        <SharedFiles
          prison={prison}
          lines={type.evidence}
          entry={files}
          uploads={uploads}
          onChange={() => {
            // New proof may complete every row.
            for (const r of store.rows) store.unasked.add(r.key)
            store.touched()
          }}
        />
      )}
      {plan && (
        <PastePreview
          plan={plan}
          store={store}
          columns={columns}
          onDone={(carryOut) => {
            if (carryOut) store.paste(plan, kept.empty)
            setPlan(undefined)
            requestAnimationFrame(() => handle.current?.focus())
          }}
        />
      )}
      {opened && (
        <RowForm
          key={opened.key}
          row={opened}
          at={side.at}
          batch={store}
          type={type}
          lookup={find}
          onClose={() => {
            setSide(undefined)
            requestAnimationFrame(() => handle.current?.focus())
          }}
        />
      )}
    </div>
  )
}

const passing = (e: unknown) => !isProblem(e) || e.status === 0 || e.status >= 500

/** The draft that only carried the files; the rows hold them now. */
async function throwAway(prison: string, id: string) {
  try {
    const { entry } = await getEntry(prison, id)
    await discard(prison, id, entry.etag, newKey())
  } catch (error) {
    // It stays among the drafts, where it can be thrown away too.
    if (!(error instanceof ProblemError)) throw error
  }
}
