import type { RowResult } from '../api/batch'
import type { Pin } from '../api/model'
import type { Spent } from '../entry/effort'
import { coerce } from '../form/paste'
import type { ShownProblem } from '../form/store'
import { prune, settle } from '../schema/conditions'
import { get, type Pointer, set } from '../schema/pointer'
import type { Doc, Json, Lang, Schema } from '../schema/types'
import { DocumentValidator } from '../schema/validate'
import type { Column } from './columns'
import { Names } from './names'

/** waiting: given to be sent, and no longer changed here until the server has answered. */
export type RowState = 'editing' | 'waiting' | 'filed'

export interface BatchRow {
  key: string
  name: string
  doc: Doc
  state: RowState
  /** What is computed from it, as the server last said. */
  derived: Doc
  /** The document before of the same subject. */
  last?: { day: string; document: Doc }
  /** Rows that wait beside their field until they are taken over. */
  offers?: readonly Pin[]
  /** Shared fields: what their sources say stands, and nobody types it. */
  pins?: readonly Pin[]
  /** What the schema finds, and what the server's rules do. */
  problems: readonly ShownProblem[]
  rules: readonly ShownProblem[]
  /** Its part of what the grid took, each time it was given away. */
  effort?: Spent
  /** Of the entry it became. */
  entry?: string
  /** Why the server did not take it, where no field is to blame. */
  failure?: string
}

export interface Change {
  row: string
  pointer: Pointer
  value: Json | undefined
}

/** What a paste would change; rows beyond the end are named by their place, +12. */
export interface Plan {
  changes: Change[]
  missing: number
  /** Cells that it would change and that stand as their source says. */
  pinned: number
}

interface Step {
  before: Map<string, Doc | undefined>
  /** Steps of the same mark that follow each other are one. */
  mark?: string
}

const none: readonly ShownProblem[] = []

/** The rows of a batch: each is replaced whole when it changes, so that a key draws one row. */
export class BatchStore {
  #rows: readonly BatchRow[] = []
  #undo: Step[] = []
  #listeners = new Set<() => void>()
  #validator: DocumentValidator
  #dirty = new Set<string>()
  #next = 0
  /** How often something changed that must not be lost. */
  changes = 0
  /** Whose the numbers in its cells are. */
  readonly names = new Names()
  /** Rows that changed since their rules were asked. */
  unasked = new Set<string>()

  /** schema is an expanded one. */
  constructor(
    readonly schema: Schema,
    public lang: Lang,
  ) {
    this.#validator = new DocumentValidator(schema)
    this.names.subscribe(() => this.#name())
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  get rows() {
    return this.#rows
  }

  #put(rows: readonly BatchRow[]) {
    this.#rows = rows
    for (const listener of this.#listeners) listener()
  }

  /** Something about sending changed that the rows do not say. */
  touched() {
    this.#put([...this.#rows])
  }

  /** Takes rows from outside: prefilled, or kept on this computer. */
  load(rows: readonly BatchRow[]) {
    this.#undo = []
    for (const row of rows) {
      this.#dirty.add(row.key)
      this.unasked.add(row.key)
    }
    this.#put(rows)
    this.validate()
  }

  static fresh(
    key: string,
    name: string,
    doc: Doc,
    more: Pick<BatchRow, 'last' | 'offers' | 'pins'> = {},
  ): BatchRow {
    return { key, name, doc, state: 'editing', derived: {}, ...more, problems: none, rules: none }
  }

  row(key: string): BatchRow | undefined {
    return this.#rows.find((r) => r.key === key)
  }

  value(row: BatchRow, pointer: Pointer): Json | undefined {
    return get(row.doc, pointer) ?? get(row.derived, pointer)
  }

  /** Changes cells in one act, which one undo takes back. Rows already sent and pinned cells stay as they are. */
  apply(changes: readonly Change[], mark?: string) {
    const docs = new Map<string, Doc>()
    for (const { row, pointer, value } of changes) {
      const now = this.row(row)
      if (now?.state !== 'editing' || pinAt(now, pointer)) continue
      docs.set(row, set(docs.get(row) ?? now.doc, pointer, value) as Doc)
    }
    this.#replace(docs, mark)
  }

  /** What a side form made of a row. */
  replace(key: string, doc: Doc, mark: string) {
    if (this.row(key)?.state === 'editing') this.#replace(new Map([[key, doc]]), mark)
  }

  #replace(docs: ReadonlyMap<string, Doc>, mark?: string) {
    if (docs.size === 0) return
    const last = this.#undo.at(-1)
    if (!mark || last?.mark !== mark) {
      this.#undo.push({ before: new Map([...docs].map(([k]) => [k, this.row(k)?.doc])), mark })
      if (this.#undo.length > 200) this.#undo.shift()
    }
    this.#write(docs)
  }

  /** Names that were there before it was heard whose they are; nobody's act, so no undo is of it. */
  #name() {
    const docs = this.#rows.flatMap((row) =>
      row.state === 'editing' && this.#numbered(row.doc) !== row.doc
        ? [[row.key, row.doc] as const]
        : [],
    )
    if (docs.length > 0) this.#write(new Map(docs))
  }

  #numbered(doc: Doc): Doc {
    return this.names.numbered(this.schema, doc) as Doc
  }

  #write(docs: ReadonlyMap<string, Doc>) {
    for (const key of docs.keys()) {
      this.#dirty.add(key)
      this.unasked.add(key)
    }
    this.changes++
    this.#put(
      this.#rows.map((row) => {
        const doc = docs.get(row.key)
        // What the server said of the row does not hold for the next one.
        return doc ? { ...row, doc: this.#numbered(doc), rules: none, failure: undefined } : row
      }),
    )
  }

  get undoable(): boolean {
    return this.#undo.length > 0
  }

  undo() {
    const step = this.#undo.pop()
    if (!step) return
    const gone = [...step.before].filter(([, doc]) => doc === undefined).map(([key]) => key)
    const docs = new Map([...step.before].flatMap(([k, doc]) => (doc ? [[k, doc] as const] : [])))
    for (const key of docs.keys()) if (this.row(key)?.state !== 'editing') docs.delete(key)
    this.#rows = this.#rows.filter((r) => !gone.includes(r.key) || r.state !== 'editing')
    this.#write(docs)
  }

  /** Empty rows at the end. */
  add(count: number, doc: Doc = {}): string[] {
    const keys = this.#fresh(count, doc)
    this.#undo.push({ before: new Map(keys.map((key) => [key, undefined])) })
    return keys
  }

  #fresh(count: number, doc: Doc): string[] {
    const fresh: BatchRow[] = []
    while (fresh.length < count) {
      const key = `n${this.#next++}`
      if (!this.row(key)) fresh.push(BatchStore.fresh(key, '', doc))
    }
    for (const row of fresh) {
      this.#dirty.add(row.key)
      this.unasked.add(row.key)
    }
    this.changes++
    this.#put([...this.#rows, ...fresh])
    return fresh.map((r) => r.key)
  }

  /** Carries a planned paste out; rows it reaches beyond the end are added by the same act. */
  paste({ changes, missing }: Plan, empty: Doc) {
    const end = this.#rows.length
    const added = this.#fresh(missing, empty)
    const docs = new Map<string, Doc>(added.map((key) => [key, empty]))
    for (const { row, pointer, value } of changes) {
      const key = row.startsWith('+') ? added[Number(row.slice(1)) - end] : row
      const now = key === undefined ? undefined : this.row(key)
      if (!key || now?.state !== 'editing') continue
      docs.set(key, set(docs.get(key) ?? now.doc, pointer, value) as Doc)
    }
    if (docs.size === 0) return
    const before = new Map(
      [...docs.keys()].map((k) => [k, added.includes(k) ? undefined : this.row(k)?.doc]),
    )
    this.#undo.push({ before })
    this.#write(docs)
  }

  /** Takes rows out that are not sent. */
  remove(keys: readonly string[]) {
    this.changes++
    this.#undo = []
    this.#put(this.#rows.filter((r) => !keys.includes(r.key) || r.state !== 'editing'))
  }

  /** The document as it is sent. */
  toSend(row: BatchRow): Doc {
    return prune(this.schema, { ...row.doc, ...this.#computed(row) })
  }

  #computed(row: BatchRow): Doc {
    const names = Object.entries(this.schema.properties ?? {}).filter(([, n]) => n.readOnly)
    return Object.fromEntries(
      names.flatMap(([name]) => {
        const value = row.derived[name]
        return value === undefined ? [] : [[name, value] as const]
      }),
    )
  }

  /** Validates the rows that changed. */
  validate() {
    if (this.#dirty.size === 0) return
    const dirty = this.#dirty
    this.#dirty = new Set()
    this.#put(
      this.#rows.map((row) => {
        if (!dirty.has(row.key) || row.state !== 'editing') return row
        const whole = settle(this.schema, { ...row.doc, ...this.#computed(row) })
        return { ...row, problems: this.#validator.problems(whole, this.lang) }
      }),
    )
  }

  /** Takes the server's word about rows as they were when it was asked. */
  heard(results: readonly RowResult[], asked: ReadonlyMap<string, Doc>) {
    const by = new Map(results.map((r) => [r.key, r]))
    const onlyServer = (p: ShownProblem, row: BatchRow) =>
      !row.problems.some((own) => own.pointer === p.pointer && own.code === p.code)
    this.#put(
      this.#rows.map((row) => {
        const result = by.get(row.key)
        if (!result || row.state !== 'editing' || asked.get(row.key) !== row.doc) return row
        const warnings = result.warnings.map((w) => ({ ...w, level: 'warning' as const }))
        const rules = [...result.errors, ...warnings].filter((p) => onlyServer(p, row))
        const derived = result.document ? this.#taken(result.document) : row.derived
        return { ...row, rules, derived, ...this.#pinned(row, result) }
      }),
    )
  }

  /** Shared fields as the sources say now; what one said before and says no longer goes. */
  #pinned(row: BatchRow, result: RowResult): Pick<BatchRow, 'doc' | 'pins'> {
    if (!result.pins) return { doc: row.doc, pins: row.pins }
    const pins = result.pins.filter((p) => !p.offered)
    let doc = row.doc
    for (const { field, value } of row.pins ?? []) {
      if (same(get(doc, field), value)) doc = set(doc, field, undefined) as Doc
    }
    for (const { field, value } of pins) doc = set(doc, field, value as Json) as Doc
    if (same(doc, row.doc)) return { doc: row.doc, pins }
    this.#dirty.add(row.key)
    this.changes++
    return { doc, pins }
  }

  #taken(document: Doc): Doc {
    const names = Object.entries(this.schema.properties ?? {}).filter(([, n]) => n.readOnly)
    return Object.fromEntries(
      names.flatMap(([name]) => (document[name] === undefined ? [] : [[name, document[name]]])),
    )
  }

  /**
   * Gives every sound row away to be sent; returns how many. What was spent on the grid since the
   * last time is theirs in equal parts, whole numbers that add up to it; that of rows still wrong
   * with it, for nobody can tell them apart.
   */
  give(spent?: Spent): number {
    this.validate()
    const ready = this.#rows.filter((r) => r.state === 'editing' && errorsOf(r).length === 0)
    const part = (all: number, i: number) =>
      Math.floor((all * (i + 1)) / ready.length) - Math.floor((all * i) / ready.length)
    this.#state(ready, (row) => {
      const i = ready.indexOf(row)
      const effort = spent && {
        seconds: (row.effort?.seconds ?? 0) + part(spent.seconds, i),
        keystrokes: (row.effort?.keystrokes ?? 0) + part(spent.keystrokes, i),
      }
      return { state: 'waiting', failure: undefined, effort }
    })
    return ready.length
  }

  /** What became of rows that were sent. */
  answered(results: readonly RowResult[]) {
    const by = new Map(results.map((r) => [r.key, r]))
    this.#state(
      this.#rows.filter((r) => by.has(r.key)),
      (row) => {
        const result = by.get(row.key)!
        if (result.entry) {
          // What the rules warn of was seen before; that another figure stands was not.
          const stands = result.warnings.filter((w) => w.code === 'shared_stands')
          const rules = stands.map((w) => ({ ...w, level: 'warning' as const }))
          return { state: 'filed', entry: result.entry.id, rules, failure: undefined }
        }
        const failure = result.errors.length > 0 ? undefined : result.message
        return { state: 'editing', rules: result.errors, failure }
      },
    )
  }

  /** Takes rows back that the server refused together. */
  takeBack(failure: string) {
    const waiting = this.#rows.filter((r) => r.state === 'waiting')
    this.#state(waiting, () => ({ state: 'editing', failure }))
  }

  #state(rows: readonly BatchRow[], to: (row: BatchRow) => Partial<BatchRow>) {
    if (rows.length === 0) return
    this.changes++
    this.#put(this.#rows.map((row) => (rows.includes(row) ? { ...row, ...to(row) } : row)))
  }
}

/** Everything wrong with a row, warnings left out. */
export function errorsOf(row: BatchRow): readonly ShownProblem[] {
  if (row.state === 'filed') return none
  return [...row.problems, ...row.rules].filter((p) => p.level !== 'warning')
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What stands in a cell whatever is typed, because a source says it. */
export function pinAt(row: BatchRow | undefined, pointer: Pointer): Pin | undefined {
  return row?.pins?.find((p) => pointer === p.field || pointer.startsWith(`${p.field}/`))
}

/** What is shown at one cell: of a list also what its items got wrong, of a side form all of it. */
export function problemsAt(row: BatchRow, pointer: Pointer): ShownProblem[] {
  const own = row.state === 'filed' ? none : row.problems
  return [...own, ...row.rules].filter(
    (p) => p.pointer === pointer || p.pointer.startsWith(`${pointer}/`),
  )
}

/** What a block of cells pasted at a place would change; nothing is changed yet. */
export function planPaste(
  store: BatchStore,
  columns: readonly Column[],
  at: { row: number; column: number },
  cells: string[][],
): Plan {
  const changes: Change[] = []
  let pinned = 0
  const added = Math.max(0, at.row + cells.length - store.rows.length)
  cells.forEach((line, down) => {
    const row = store.rows[at.row + down]
    if (row && row.state !== 'editing') return
    line.forEach((cell, right) => {
      const column = columns[at.column + right]
      if (column?.kind !== 'cell') return
      const value = store.names.numbered(column.node, coerce(cell, column.node))
      const before = row ? get(row.doc, column.pointer) : undefined
      if (same(before, value)) return
      if (pinAt(row, column.pointer)) pinned++
      else changes.push({ row: row?.key ?? `+${at.row + down}`, pointer: column.pointer, value })
    })
  })
  return { changes, missing: added, pinned }
}
