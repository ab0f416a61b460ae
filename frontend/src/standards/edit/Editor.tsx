import { useQueryClient } from '@tanstack/react-query'
import { Button, Tabs } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { act as oneAct } from '../../api/http'
import { ProblemError } from '../../api/problem'
import { type Artefacts, loadStandard, saveStandard, type Whole } from '../../api/standards'
import { useLang, useT } from '../../i18n'
import { join, type Pointer, split } from '../../schema/pointer'
import { type Doc, type Json, text } from '../../schema/types'
import { toast } from '../../ui/toast'
import { useKeys } from '../../ui/useKeys'
import { Checks } from '../Checks'
import { Problems } from '../Problems'
import { Chosen } from './Chosen'
import * as drafts from './draft'
import { type Draft, type Node, nameOf, type Place, way } from './draft'
import { idOf, type Remark } from './Fields'
import { type Field, near, unreadable } from './fields'
import { Leaving } from './Leaving'
import { merged } from './merge'
import { type Act, Outline, useTitle } from './Outline'
import { usePast } from './past'
import { parsed, Source, type Texts, textsOf } from './Source'
import { useSources } from './sources'
import { useChecks } from './useChecks'
import './edit.css'

/** What is shown: a node of the outline, and of an indicator the line that is open. */
interface Shown {
  node: number
  line: number
}

const only = ({ standard, rules, guide }: Artefacts): Artefacts => ({ standard, rules, guide })

/** What others saved meanwhile. */
interface Taken {
  name: string
  revision: number
  clashes: string[]
}

export function Editor({ whole }: { whole: Whole }) {
  const t = useT()
  const go = useNavigate()
  const queries = useQueryClient()
  const title = useTitle()
  const sources = useSources()
  const past = usePast(() => drafts.read(whole))
  const draft = past.now
  const { put } = past
  const [base, setBase] = useState({ version: whole.version, artefacts: only(whole), draft })
  const [shown, setShown] = useState<Shown>({ node: draft.head.key, line: 0 })
  const [source, setSource] = useState<Texts>()
  const [taken, setTaken] = useState<Taken>()
  const [once] = useState(oneAct)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])

  const written = useMemo(() => drafts.write(draft), [draft])
  const unread = source ? parsed(source).unread : []
  const wrong = useMemo(() => allUnreadable(draft), [draft])
  const { found, failed } = useChecks(written, wrong.length === 0 && unread.length === 0)
  const unsaved = draft !== base.draft || unread.length > 0
  // As they are now, for what goes on after the server has answered. Told each time that it is drawn:
  // what is saved may be typed over meanwhile, and is unsaved as it was.
  const dirty = useRef(unsaved)
  const latest = useRef(draft)
  useEffect(() => {
    dirty.current = unsaved
    latest.current = draft
  })

  const path = way(draft.head, shown.node)
  const node = path.at(-1) ?? draft.head

  /** Shows a place, and puts the cursor there. */
  const [wanted, setWanted] = useState<string>()
  const jump = useCallback(
    ({ key, at }: Place) => {
      const to = way(draft.head, key).at(-1)
      if (!to) return
      const line = to.kind === 'line' ? key : 0
      setShown({ node: line ? way(draft.head, key).at(-2)!.key : key, line })
      setWanted(idOf(key, near(to.kind, at)?.at ?? ''))
    },
    [draft],
  )
  useEffect(() => {
    if (!wanted) return
    const field = document.getElementById(wanted)
    field?.focus()
    field?.scrollIntoView?.({ block: 'center' })
    setWanted(undefined)
  }, [wanted])

  const remarks = useRemarks(draft, wrong, found)
  const of = useCallback(
    (n: Node, field?: Field): Remark[] => remarks.at.get(placeOf(n.key, field?.at)) ?? none,
    [remarks],
  )

  const choose = useCallback((key: number) => setShown({ node: key, line: 0 }), [])
  const change = (n: Node, value: Doc, at: Pointer) =>
    put((now) => drafts.changed(now, n.key, value), `${n.key} ${at}`)
  const act = (what: Act, n: Node = node) => {
    const parent = way(draft.head, n.key).at(-2)
    const show = (key: number, kind = n.kind) =>
      setShown(kind === 'line' ? { node: parent?.key ?? key, line: key } : { node: key, line: 0 })
    const from = ([next, key]: [Draft, number], kind = n.kind) => {
      put(() => next)
      show(key, kind)
    }
    if (what === 'up' || what === 'down')
      put((now) => drafts.moved(now, n.key, what === 'up' ? -1 : 1))
    else if (what === 'add') {
      if (n.kind === 'indicator' && parent) from(drafts.added(draft, parent, n.key))
      else from(drafts.added(draft, n), n.kind === 'head' ? 'domain' : 'indicator')
    } else if (!parent) return
    else if (what === 'copy') from(drafts.copied(draft, n.key))
    else {
      const at = parent.children.indexOf(n)
      const beside = parent.children[at + 1] ?? parent.children[at - 1]
      put((now) => drafts.removed(now, n.key))
      if (n.kind === 'line') setShown({ node: parent.key, line: 0 })
      else show((beside ?? parent).key)
      toast(t('drafting.removed', { name: title(n) }))
    }
  }

  /** Another saved first: theirs is taken in, and what both changed stays as it is here. */
  const takeIn = async () => {
    const { standard, version } = base.version
    const theirs = await loadStandard(standard, version)
    const mine = latest.current
    const at: Pointer[] = []
    const both = merged(
      base.artefacts as unknown as Json,
      only(drafts.write(mine).artefacts) as unknown as Json,
      only(theirs) as unknown as Json,
      (pointer) => at.push(pointer),
    ) as unknown as Artefacts
    const next = drafts.read(both)
    put(() => next)
    setSource(undefined)
    setShown({ node: again(next, mine, shown.node), line: again(next, mine, shown.line) })
    setBase({ version: theirs.version, artefacts: only(theirs), draft: drafts.read(theirs) })
    setTaken({
      name: theirs.version.author ?? '',
      revision: theirs.version.revision,
      clashes: at.map((pointer) => {
        const { node, field } = named(next, pointer)
        return field ? `${title(node)} · ${t(field.label)}` : title(node)
      }),
    })
  }

  const save = async (submit: boolean) => {
    const first = wrong[0]
    if (first) {
      jump(first)
      setProblems([t('drafting.goToUnread')])
      return
    }
    setBusy(true)
    setProblems([])
    try {
      const version = await once((key) => saveStandard(base.version, written.artefacts, key))
      setBase({ version, artefacts: only(written.artefacts), draft })
      setTaken(undefined)
      const typedOn = latest.current !== draft
      dirty.current = typedOn
      await queries.invalidateQueries({ queryKey: ['standards'] })
      toast(t(submit ? 'drafting.submitted' : 'standards.saved'))
      if (submit && !typedOn) await go(`/standards/${version.standard}/v/${version.version}`)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      if (error.code === 'changed_meanwhile') await takeIn()
      else setProblems([error.message, ...error.errors.map((x) => x.message)])
    } finally {
      setBusy(false)
    }
  }

  useKeys({
    // Never the browser's own.
    'Ctrl+s': unread.length > 0 || busy ? nothing : () => void save(false),
    'Ctrl+z': past.undo ?? nothing,
    'Ctrl+y': past.redo ?? nothing,
  })

  const passes = found?.report.mistakes.length === 0
  const acts: [Act, string, boolean][] = [
    ['add', t(node.kind === 'head' ? 'drafting.add_domain' : 'drafting.add_indicator'), true],
    ['up', t('drafting.up'), node.kind !== 'head'],
    ['down', t('drafting.down'), node.kind !== 'head'],
    ['copy', t('drafting.copy'), node.kind !== 'head'],
    ['remove', t('drafting.remove'), node.kind !== 'head'],
  ]
  const byFields = (
    <div className="drafting">
      <section className="panel side" aria-label={t('drafting.outline')}>
        <div className="row-actions">
          {acts
            .filter(([, , fits]) => fits)
            .map(([a, word]) => (
              <Button key={a} size="small" onClick={() => act(a)}>
                {word}
              </Button>
            ))}
        </div>
        <Outline
          head={draft.head}
          chosen={node.key}
          mistakes={remarks.count}
          choose={choose}
          act={act}
        />
        <p className="quiet">
          <small>{t('drafting.keys')}</small>
        </p>
      </section>
      <div>
        <Chosen
          node={node}
          open={shown.line}
          sources={sources}
          remarks={of}
          change={change}
          choose={(line) => setShown({ node: node.key, line })}
          act={act}
          add={() => {
            const [next, line] = drafts.added(draft, node)
            put(() => next)
            setShown({ node: node.key, line })
          }}
        />
        {node.kind === 'head' && <Loose draft={draft} drop={(make) => put(make)} />}
      </div>
    </div>
  )
  return (
    <>
      <Leaving unsaved={unsaved} now={() => dirty.current} />
      <section className="panel drafting-bar" aria-label={t('standards.standing')}>
        <span role="status">
          {t('standards.checks')}
          {t('marks.colon')}
          {found &&
            (passes
              ? t('standards.checksPass', { warnings: found.report.warnings.length })
              : t('standards.checksFail', {
                  mistakes: found.report.mistakes.length,
                  warnings: found.report.warnings.length,
                }))}
          {wrong.length > 0 && t('drafting.goToUnread')}
          {!found && wrong.length === 0 && unread.length === 0 && t('drafting.checking')}
          {unsaved && <span className="late"> · {t('drafting.unsaved')}</span>}
        </span>
        <span className="row-actions">
          <Button disabled={!past.undo} onClick={past.undo}>
            {t('drafting.undo')}
          </Button>
          <Button disabled={!past.redo} onClick={past.redo}>
            {t('drafting.redo')}
          </Button>
          <Button disabled={unread.length > 0} loading={busy} onClick={() => void save(false)}>
            {t('standards.save')}
          </Button>
          <Button
            type="primary"
            disabled={!passes || unread.length > 0}
            loading={busy}
            onClick={() => void save(true)}
          >
            {t('drafting.submit')}
          </Button>
        </span>
        <Problems list={failed ? [...problems, failed] : problems} />
      </section>
      {taken && (
        <section className="panel" role="alert">
          <h2>{t('drafting.mended')}</h2>
          <p>{t('drafting.mendedMeans', { name: taken.name, revision: taken.revision })}</p>
          {taken.clashes.map((name) => (
            <p key={name} className="late">
              {t('drafting.clashed', { name })}
            </p>
          ))}
        </section>
      )}
      <Tabs
        size="small"
        destroyOnHidden
        items={[
          {
            key: 'fields',
            label: t('drafting.byFields'),
            children:
              unread.length > 0 ? (
                <p className="panel danger">{t('drafting.sourceUnread')}</p>
              ) : (
                byFields
              ),
          },
          {
            key: 'source',
            label: t('drafting.source'),
            children: (
              <Source
                texts={
                  unread.length > 0 && source ? source : (source ?? textsOf(written.artefacts))
                }
                unread={unread}
                held={busy}
                change={(texts) => {
                  setSource(texts)
                  const { artefacts } = parsed(texts)
                  if (!artefacts) return
                  const next = drafts.read(artefacts)
                  put(() => next, 'source')
                  setShown({ node: again(next, draft, shown.node), line: 0 })
                }}
                drop={() => setSource(undefined)}
              />
            ),
          },
        ]}
        onChange={() => {
          if (unread.length === 0) setSource(undefined)
        }}
      />
      {found && (
        <Checks
          report={found.report}
          go={(pointer) => jump(found.place(pointer))}
          nameOf={(pointer) => {
            const to = way(draft.head, found.place(pointer).key).at(-1)
            return to ? title(to) : ''
          }}
        />
      )}
    </>
  )
}

/** What a place of the merged documents belongs to: in lists things go by their names. */
function named(draft: Draft, pointer: Pointer): { node: Node; field: Field | undefined } {
  const [part = '', ...path] = split(pointer)
  const last = path.reduce((last, name, i) => (name.startsWith('=') ? i : last), -1)
  const kinds = ['line', 'indicator', 'domain'] as const
  const node =
    kinds
      .flatMap((kind) => drafts.all(draft.head, kind))
      .find((n) => nameOf(n) === path[last]?.slice(1)) ?? draft.head
  const own = part === 'guide' || (part === 'rules' && node.kind === 'indicator') ? `/${part}` : ''
  return { node, field: near(node.kind, path.slice(last + 1).reduce(join, own)) }
}

const none: never[] = []
const nothing = () => {}

const placeOf = (key: number, at: Pointer | undefined) => `${key} ${at ?? ''}`

function allUnreadable(draft: Draft): Place[] {
  const kinds = ['head', 'domain', 'indicator', 'line'] as const
  return kinds.flatMap((kind) =>
    drafts.all(draft.head, kind).flatMap((n) => unreadable(n).map((at) => ({ key: n.key, at }))),
  )
}

/** What is said of each field, and how much of it stands at each node and under it. */
function useRemarks(draft: Draft, wrong: Place[], found: ReturnType<typeof useChecks>['found']) {
  const t = useT()
  const lang = useLang()
  return useMemo(() => {
    const at = new Map<string, Remark[]>()
    const count = new Map<number, number>()
    const say = (place: Place, remark: Remark) => {
      const path = way(draft.head, place.key)
      const own = path.at(-1)
      if (!own) return
      const where = placeOf(own.key, near(own.kind, place.at)?.at)
      at.set(where, [...(at.get(where) ?? []), remark])
      if (remark.warning) return
      // A line is shown with its indicator.
      const shown = own.kind === 'line' ? path.at(-2)! : own
      count.set(shown.key, (count.get(shown.key) ?? 0) + 1)
    }
    for (const place of wrong) say(place, { text: t('drafting.notDecimal'), warning: false })
    for (const m of found?.report.mistakes ?? [])
      say(found!.place(m.pointer), { text: text(m.text, lang), warning: false })
    for (const m of found?.report.warnings ?? [])
      if (m.pointer !== '/domains')
        say(found!.place(m.pointer), { text: text(m.text, lang), warning: true })
    return { at, count }
  }, [t, lang, draft, wrong, found])
}

/** The node of another draft that is called as this one was; its head where none is. */
function again(next: Draft, before: Draft, key: number): number {
  const was = way(before.head, key).at(-1)
  if (!was) return next.head.key
  const same = drafts.all(next.head, was.kind).find((n) => nameOf(n) === nameOf(was))
  return same?.key ?? next.head.key
}

function Loose({ draft, drop }: { draft: Draft; drop: (make: (now: Draft) => Draft) => void }) {
  const t = useT()
  const { rules, guide } = draft.loose
  const count = rules.length + guide.length
  if (count === 0) return null
  return (
    <section className="panel" aria-label={t('drafting.loose')}>
      <h2>{t('drafting.loose')}</h2>
      <p className="danger">{t('drafting.looseMeans', { count })}</p>
      <Button onClick={() => drop((now) => ({ ...now, loose: { rules: [], guide: [] } }))}>
        {t('drafting.looseDrop')}
      </Button>
    </section>
  )
}
