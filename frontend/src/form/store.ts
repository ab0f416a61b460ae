import { type Branch, itemBranches, prune, type Shape, settle, shape } from '../schema/conditions'
import { get, join, type Pointer, set, split } from '../schema/pointer'
import { type Doc, isObject, type Json, type Lang, type Schema } from '../schema/types'
import { DocumentValidator, type Problem } from '../schema/validate'

/** A problem as the form shows it: the server's rules may be mere warnings. */
export interface ShownProblem extends Problem {
  level?: 'error' | 'warning'
}

interface Place {
  node: Schema
  branches: Branch[]
}

const none: readonly ShownProblem[] = []

/** Where a shared field's value was taken from, and when. */
export interface Origin {
  /** Title of the ledger or other system; '' for none. */
  source: string
  /** Taken and pinned: it cannot be typed. */
  pinned?: boolean
  /** The source has nothing to say: typed by hand, and marked so. */
  byHand?: boolean
  /** The server has been away all the time: what is typed stands only where the source says nothing. */
  unasked?: boolean
  /** Rows that the field may begin with; they are the officer's then. */
  offer?: Json[]
  at: string
  /** The source has changed since. */
  corrected: boolean
}

type Subscribe = (listener: () => void) => () => void

/** Who listens at a pointer, and what they subscribe by. */
interface Watchers {
  listeners: Set<() => void>
  watch: Subscribe
}

/**
 * One document being filled: its values, what is visible, what is wrong. React
 * reads it through useSyncExternalStore, so that a keystroke draws one field.
 */
export class FormStore {
  #doc: Doc
  #derived: Doc = {}
  #listeners = new Set<() => void>()
  #watchers = new Map<Pointer, Watchers>()
  #places = new Map<Pointer, Place>()
  #shapes = new Map<Pointer, Shape>()
  #nodes = new Map<Pointer, Schema>()
  #found = new Map<Pointer, readonly ShownProblem[]>()
  /** Top-level names that decide what other fields show. */
  #deciding: ReadonlySet<string>
  #rowKeys = new Map<Pointer, string[]>()
  #nextKey = 0
  #touched = new Set<Pointer>()
  #revealed = false
  #local = new Map<Pointer, ShownProblem[]>()
  #server = new Map<Pointer, ShownProblem[]>()
  #remarks: ReadonlyMap<Pointer, string> = new Map()
  #sources: ReadonlyMap<Pointer, Origin> = new Map()
  #validator: DocumentValidator
  #changes = 0
  #strays: readonly Problem[] = []

  /** schema is an expanded one; lang that of the messages. */
  constructor(
    readonly schema: Schema,
    doc: Doc,
    public lang: Lang,
  ) {
    this.#doc = doc
    this.#deciding = deciding(schema)
    this.#validator = new DocumentValidator(schema)
    this.validate()
  }

  /** Told of every change. */
  subscribe: Subscribe = (listener) => joined(this.#listeners, listener)

  /**
   * Subscribes to what stands at a pointer, around it or below: a form of hundreds of fields
   * cannot ask all of them on every key. The same function each time, as React wants it, as long as
   * anybody listens: rows come and go.
   */
  at(pointer: Pointer): Subscribe {
    const known = this.#watchers.get(pointer)
    if (known) return known.watch
    const made: Watchers = {
      listeners: new Set(),
      watch: (listener) => {
        // React may leave and come back by the function it has.
        const now = this.#watchers.get(pointer) ?? made
        this.#watchers.set(pointer, now)
        const leave = joined(now.listeners, listener)
        return () => {
          leave()
          if (now.listeners.size === 0 && this.#watchers.get(pointer) === now) {
            this.#watchers.delete(pointer)
          }
        }
      },
    }
    this.#watchers.set(pointer, made)
    return made.watch
  }

  /** Tells those who watch the object at pointer, what is in it or what it is in; '' is all. */
  #emit(pointer: Pointer = '') {
    for (const listener of this.#listeners) listener()
    for (const [at, { listeners }] of this.#watchers) {
      if (within(at, pointer) || within(pointer, at)) for (const listener of listeners) listener()
    }
  }

  /** How often a person changed something; what autosave watches. */
  get changes(): number {
    return this.#changes
  }

  get doc(): Doc {
    return this.#doc
  }

  value(pointer: Pointer): Json | undefined {
    return get(this.#doc, pointer) ?? get(this.#derived, pointer)
  }

  /** The document as it is sent. */
  toSend(): Doc {
    return prune(this.schema, this.#whole())
  }

  /** What is typed together with what the server computed: conditions may ask both. */
  #whole(): Doc {
    const computed = Object.entries(this.schema.properties ?? {}).flatMap(([name, node]) => {
      const value = node.readOnly ? this.#derived[name] : undefined
      return value === undefined ? [] : [[name, value] as const]
    })
    return { ...this.#doc, ...Object.fromEntries(computed) }
  }

  set(pointer: Pointer, value: Json | undefined) {
    this.#doc = set(this.#doc, pointer, value) as Doc
    this.#forget(pointer)
    this.#changed(pointer)
  }

  /** What the server said of a value does not hold for the next one. */
  #forget(pointer: Pointer) {
    for (const at of this.#server.keys()) {
      if (at === pointer || at.startsWith(`${pointer}/`)) {
        this.#server.delete(at)
        this.#found.clear()
      }
    }
  }

  /** Replaces several values in one act (a paste, a prefill). */
  setAll(values: Iterable<[Pointer, Json | undefined]>) {
    for (const [pointer, value] of values) {
      this.#doc = set(this.#doc, pointer, value) as Doc
      this.#forget(pointer)
    }
    this.#changed()
  }

  /** Puts a whole other document in place of this one. */
  replace(doc: Doc) {
    const gone = Object.keys(this.#doc).filter((name) => !(name in doc))
    const left = gone.map((name) => [join('', name), undefined] as const)
    const come = Object.entries(doc).map(([name, value]) => [join('', name), value] as const)
    this.setAll([...left, ...come].map(([at, value]) => [at, value]))
  }

  addRow(pointer: Pointer, row: Json = {}) {
    const rows = this.rows(pointer)
    this.rowKeys(pointer).push(this.#key())
    this.set(pointer, [...rows, row])
  }

  removeRow(pointer: Pointer, index: number) {
    this.#rowKeys.set(pointer, without(this.rowKeys(pointer), index))
    // What the server said of a row would otherwise stick to the row that moves up.
    for (const at of this.#server.keys()) if (at.startsWith(`${pointer}/`)) this.#server.delete(at)
    this.#found.clear()
    this.set(pointer, without(this.rows(pointer), index))
  }

  rows(pointer: Pointer): Json[] {
    const rows = this.value(pointer)
    return Array.isArray(rows) ? rows : []
  }

  /** Identities of an array's rows that survive the removal of others. */
  rowKeys(pointer: Pointer): string[] {
    const length = this.rows(pointer).length
    const keys = this.#rowKeys.get(pointer) ?? []
    while (keys.length < length) keys.push(this.#key())
    keys.length = length
    this.#rowKeys.set(pointer, keys)
    return keys
  }

  #key(): string {
    return String(this.#nextKey++)
  }

  /** One changed field leaves the shape of all others as it is, unless a condition asks it. */
  #changed(pointer?: Pointer) {
    this.#changes++
    const [top, index] = pointer === undefined ? [] : split(pointer)
    let own: Pointer = ''
    if (top === undefined || this.#deciding.has(top)) {
      this.#places.clear()
      this.#shapes.clear()
    } else {
      const field = join('', top)
      // Conditions look at the object around a field: another row's are not touched.
      own = index !== undefined && this.node(field).items ? join(field, index) : field
      for (const kept of [this.#places, this.#shapes]) {
        kept.delete(field)
        for (const at of kept.keys()) if (within(at, own)) kept.delete(at)
      }
    }
    this.#emit(own)
  }

  node(pointer: Pointer): Schema {
    // Every field asks on every key, and the schema never changes.
    let node = this.#nodes.get(pointer)
    if (!node) {
      node = this.#place(pointer).node
      this.#nodes.set(pointer, node)
    }
    return node
  }

  #place(pointer: Pointer): Place {
    if (pointer === '') return { node: this.schema, branches: [] }
    let place = this.#places.get(pointer)
    if (!place) {
      const cut = pointer.lastIndexOf('/')
      const above = pointer.slice(0, cut)
      const name = split(pointer).at(-1)!
      const parent = this.#place(above)
      place = parent.node.items
        ? { node: parent.node.items, branches: itemBranches(parent.branches) }
        : {
            node: parent.node.properties?.[name] ?? {},
            branches: this.shape(above).below(name),
          }
      this.#places.set(pointer, place)
    }
    return place
  }

  /** What the object at pointer shows and asks for. */
  shape(pointer: Pointer): Shape {
    let found = this.#shapes.get(pointer)
    if (!found) {
      const { node, branches } = this.#place(pointer)
      const value = pointer === '' ? this.#whole() : this.value(pointer)
      found = shape(node, isObject(value) ? value : {}, branches)
      this.#shapes.set(pointer, found)
    }
    return found
  }

  touch(pointer: Pointer) {
    if (this.#touched.has(pointer)) return
    this.#touched.add(pointer)
    this.#found.clear()
    this.validate()
  }

  /** From now on every problem is shown, not only those of fields already left. */
  reveal() {
    this.#revealed = true
    this.validate()
  }

  /** Validates what would be sent. Returns the number of problems. */
  validate(): number {
    const problems = this.#validator.problems(settle(this.schema, this.#whole()), this.lang)
    this.#local = group(problems)
    this.#found.clear()
    const strays = problems.filter((p) => p.code === 'additionalProperties')
    // The same list while nothing changed: React compares it.
    if (strays.length > 0 || this.#strays.length > 0) this.#strays = strays
    this.#emit()
    return problems.length
  }

  /** Takes the server's word: computed values and the problems of its rules. */
  heard(problems: ShownProblem[], derived: Doc = this.#derived) {
    this.#server = group(problems)
    this.#derived = derived
    this.#places.clear()
    this.#shapes.clear()
    this.validate()
  }

  /** What is shown at a field; a list of scalars shows what its items got wrong too. */
  shown(pointer: Pointer): readonly ShownProblem[] {
    let found = this.#found.get(pointer)
    if (!found) {
      found = this.#look(pointer)
      this.#found.set(pointer, found)
    }
    return found
  }

  #look(pointer: Pointer): readonly ShownProblem[] {
    const all = [pointer]
    const { type, items } = this.node(pointer)
    if (type === 'array' && items?.type !== 'object') {
      for (const at of [...this.#local.keys(), ...this.#server.keys()]) {
        if (at.startsWith(`${pointer}/`) && !all.includes(at)) all.push(at)
      }
    }
    const seen = this.#revealed || this.#touched.has(pointer)
    const found = new Map<string, ShownProblem>()
    for (const at of all) {
      const local = seen ? (this.#local.get(at) ?? none) : none
      for (const problem of [...local, ...(this.#server.get(at) ?? none)]) {
        if (!found.has(problem.code)) found.set(problem.code, problem)
      }
    }
    return found.size === 0 ? none : [...found.values()]
  }

  /** Pointers of everything wrong now (warnings left out), in the order of the document. */
  wrong(): Pointer[] {
    const errors = [...this.#server].filter(([, all]) => all.some((p) => p.level !== 'warning'))
    return [...new Set([...this.#local.keys(), ...errors.map(([at]) => at)])]
  }

  /** Members that the schema does not know: no field of the form shows them. */
  get strays(): readonly Problem[] {
    return this.#strays
  }

  get remarks() {
    return this.#remarks
  }

  setRemarks(remarks: ReadonlyMap<Pointer, string>) {
    this.#remarks = remarks
    this.#emit()
  }

  /** Names of the ledgers that values were taken from; '' is a register outside. */
  get sources() {
    return this.#sources
  }

  setSources(sources: ReadonlyMap<Pointer, Origin>) {
    this.#sources = sources
    this.#emit()
  }
}

/** The names that a condition of the schema asks: a change of another leaves what is shown as it is. */
function deciding(schema: Schema): Set<string> {
  const names = new Set(Object.keys(schema.dependentRequired ?? {}))
  const visit = (node: Schema) => {
    for (const name of Object.keys(node.if?.properties ?? {})) names.add(name)
    for (const name of node.if?.required ?? []) names.add(name)
    // A condition put together of others may ask anything.
    if (node.if?.allOf) for (const name of Object.keys(schema.properties ?? {})) names.add(name)
    for (const part of [...(node.allOf ?? []), node.then, node.else]) if (part) visit(part)
  }
  visit(schema)
  return names
}

function group(problems: ShownProblem[]): Map<Pointer, ShownProblem[]> {
  const by = new Map<Pointer, ShownProblem[]>()
  for (const problem of problems) {
    const all = by.get(problem.pointer)
    if (all) all.push(problem)
    else by.set(problem.pointer, [problem])
  }
  return by
}

/** Whether a pointer names this object or something in it. */
function within(pointer: Pointer, object: Pointer): boolean {
  return pointer === object || object === '' || pointer.startsWith(`${object}/`)
}

function joined(listeners: Set<() => void>, listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

function without<T>(list: T[], index: number): T[] {
  return list.filter((_, i) => i !== index)
}
