import type { Artefacts } from '../../api/standards'
import { join, type Pointer, split } from '../../schema/pointer'
import { type Doc, isObject, type Json } from '../../schema/types'

export type Kind = 'head' | 'domain' | 'indicator' | 'line'

/**
 * A standard as one tree: what rules.json and guide.json say of an indicator or a line stands with it,
 * so that whatever is moved, copied or taken away goes with all that is its own.
 */
export interface Node {
  /** Of this session alone: codes are typed, and stand twice while they are. */
  key: number
  kind: Kind
  /** Its own members; under `rules` and `guide` those of the other two artefacts. */
  value: Doc
  children: Node[]
}

export interface Draft {
  head: Node
  /** What rules.json and guide.json say of nothing that is there. */
  loose: { rules: Json[]; guide: Json[] }
}

/** Where in the tree a place of the artefacts is. */
export interface Place {
  key: number
  at: Pointer
}

let last = 0
const node = (kind: Kind, value: Doc, children: Node[] = []): Node => ({
  key: ++last,
  kind,
  value,
  children,
})

const docs = (value: unknown): Doc[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Takes the first of a list that fits out of it. */
function taken<T>(list: T[], fits: (one: T) => boolean): T | undefined {
  const at = list.findIndex(fits)
  return at < 0 ? undefined : list.splice(at, 1)[0]
}

export function read(artefacts: Artefacts): Draft {
  const { domains, ...head } = artefacts.standard as unknown as Doc
  const { indicators: ruled, ...rules } = artefacts.rules as unknown as Doc
  const { lines: guided, ...guide } = artefacts.guide as unknown as Doc
  const loose = { rules: docs(ruled), guide: docs(guided) }
  const line = (value: Doc) => {
    const told = taken(loose.guide, (g) => g.id === value.id)
    if (!told) return node('line', value)
    const { id: _, ...rest } = told
    return node('line', { ...value, guide: rest })
  }
  const indicator = (value: Doc) => {
    const own = taken(loose.rules, (r) => r.code === value.code)
    if (!own) return node('indicator', value)
    const { code: _, lines, ...rest } = own
    return node('indicator', { ...value, rules: rest }, docs(lines).map(line))
  }
  const domain = ({ indicators, ...value }: Doc) =>
    node('domain', value, docs(indicators).map(indicator))
  return { head: node('head', { ...head, rules, guide }, docs(domains).map(domain)), loose }
}

/** Whether the three documents have the shape that can be drawn as a tree. */
export function drawable({ standard, rules, guide }: Artefacts): boolean {
  const lists = (value: unknown, ...names: string[]): boolean => {
    const [name, ...rest] = names
    if (!isObject(value)) return false
    if (name === undefined) return true
    const list = value[name]
    return list === undefined || (Array.isArray(list) && list.every((one) => lists(one, ...rest)))
  }
  return (
    lists(standard, 'domains', 'indicators') &&
    lists(rules, 'indicators', 'lines') &&
    lists(guide, 'lines')
  )
}

const inner = (value: Json | undefined): Doc => (isObject(value) ? value : {})

/** The three artefacts, and where each place of them stands in the tree. */
export function write(draft: Draft): { artefacts: Artefacts; place: (at: Pointer) => Place } {
  const places = new Map<Pointer, Place>()
  const ruled: Json[] = []
  const guided: Json[] = []
  const { rules, guide, ...head } = draft.head.value
  const put = (pointer: Pointer, { key }: Node, at: Pointer = '') =>
    places.set(pointer, { key, at })
  put('', draft.head)
  put('/id', draft.head, '/id')
  const domains = draft.head.children.map((d, i) => {
    put(`/domains/${i}`, d)
    const indicators = d.children.map((n, k) => {
      put(`/domains/${i}/indicators/${k}`, n)
      const { rules: own, ...value } = n.value
      if (own === undefined && n.children.length === 0) return value
      const at = `/rules/indicators/${ruled.length}`
      put(at, n, '/rules')
      put(`${at}/code`, n, '/code')
      const lines = n.children.map((l, m) => {
        put(`${at}/lines/${m}`, l)
        const { guide: told, ...rest } = l.value
        if (told !== undefined) {
          put(`/guide/lines/${guided.length}`, l, '/guide')
          put(`/guide/lines/${guided.length}/id`, l, '/id')
          guided.push({ id: rest.id ?? '', ...inner(told) })
        }
        return rest
      })
      ruled.push({ code: value.code ?? '', ...inner(own), lines })
      return value
    })
    return { ...d.value, indicators }
  })
  const artefacts = {
    standard: { ...head, domains },
    rules: { ...inner(rules), indicators: [...ruled, ...draft.loose.rules] },
    guide: { ...inner(guide), lines: [...guided, ...draft.loose.guide] },
  } as unknown as Artefacts
  const place = (pointer: Pointer): Place => {
    const path = split(pointer)
    for (let n = path.length; n > 0; n--) {
      const found = places.get(path.slice(0, n).reduce(join, ''))
      if (found) return { key: found.key, at: path.slice(n).reduce(join, found.at) }
    }
    return { key: draft.head.key, at: pointer }
  }
  return { artefacts, place }
}

/** The nodes from the head down to the one of that key; none where there is none. */
export function way(of: Node, key: number): Node[] {
  if (of.key === key) return [of]
  for (const child of of.children) {
    const found = way(child, key)
    if (found.length > 0) return [of, ...found]
  }
  return []
}

/** Puts what `make` makes of a node in its place; all that is not on the way stays as it is. */
function replaced(of: Node, key: number, make: (node: Node) => Node[]): Node {
  let same = true
  const children = of.children.flatMap((child) => {
    const next = child.key === key ? make(child) : [replaced(child, key, make)]
    same &&= next.length === 1 && next[0] === child
    return next
  })
  return same ? of : { ...of, children }
}

const withHead = (draft: Draft, head: Node): Draft => ({ ...draft, head })

/** The draft with another value of one node. */
export function changed(draft: Draft, key: number, value: Doc): Draft {
  const { head } = draft
  if (head.key === key) return withHead(draft, { ...head, value })
  return withHead(
    draft,
    replaced(head, key, (n) => [{ ...n, value }]),
  )
}

export function removed(draft: Draft, key: number): Draft {
  return withHead(
    draft,
    replaced(draft.head, key, () => []),
  )
}

function withChildren(draft: Draft, key: number, make: (list: Node[]) => Node[]): Draft {
  const put = (n: Node): Node => ({ ...n, children: make(n.children) })
  const { head } = draft
  return withHead(draft, head.key === key ? put(head) : replaced(head, key, (n) => [put(n)]))
}

/** One up or down; an indicator at the end of its domain goes over into the next. */
export function moved(draft: Draft, key: number, by: 1 | -1): Draft {
  const path = way(draft.head, key)
  const own = path.at(-1)
  const parent = path.at(-2)
  if (!own || !parent) return draft
  const at = parent.children.indexOf(own)
  const other = parent.children[at + by]
  if (other)
    return withChildren(draft, parent.key, (list) =>
      list.map((n) => (n === own ? other : n === other ? own : n)),
    )
  const above = path.at(-3)
  const next = above?.children[above.children.indexOf(parent) + by]
  if (own.kind !== 'indicator' || !next) return draft
  return withChildren(removed(draft, key), next.key, (list) =>
    by === 1 ? [own, ...list] : [...list, own],
  )
}

const named = { head: 'id', domain: 'id', indicator: 'code', line: 'id' } as const

/** What a node is known by. */
export const nameOf = (n: Node) => String(n.value[named[n.kind]] ?? '')

/** Every node of a kind, in order. */
export function all(of: Node, kind: Kind): Node[] {
  return of.kind === kind ? [of] : of.children.flatMap((child) => all(child, kind))
}

/** A name that nothing of its kind has: JG-04 after JG-03, the number as wide as it was. */
function free(wanted: string, names: Set<string>): string {
  let name = wanted
  while (names.has(name)) {
    const [, stem = '', digits] = /^(.*?)(\d*)$/.exec(name) ?? []
    name = digits ? stem + String(Number(digits) + 1).padStart(digits.length, '0') : `${name}-2`
  }
  names.add(name)
  return name
}

const namesOf = (draft: Draft, kind: Kind) => new Set(all(draft.head, kind).map(nameOf))

/** The draft with a copy behind the one it is of, and the copy's key. */
export function copied(draft: Draft, key: number): [Draft, number] {
  const names = {
    head: new Set<string>(),
    domain: namesOf(draft, 'domain'),
    indicator: namesOf(draft, 'indicator'),
    line: namesOf(draft, 'line'),
  }
  const copy = (n: Node, was = '', is = ''): Node => {
    const own = nameOf(n)
    const wanted = was !== '' && own.startsWith(was) ? is + own.slice(was.length) : own
    const name = free(wanted, names[n.kind])
    const made = node(n.kind, { ...structuredClone(n.value), [named[n.kind]]: name })
    return { ...made, children: n.children.map((child) => copy(child, own, name)) }
  }
  let made = 0
  const head = replaced(draft.head, key, (n) => {
    const twin = copy(n)
    made = twin.key
    return [n, twin]
  })
  return [withHead(draft, head), made]
}

const text = (): Doc => ({ zh: '' })

/** What a new node begins with. */
const fresh: Record<Exclude<Kind, 'head'>, (draft: Draft, parent: Node) => Node> = {
  domain: (draft) =>
    node('domain', { id: free('D1', namesOf(draft, 'domain')), title: text(), points: '0' }),
  indicator: (draft, parent) => {
    const before = parent.children.at(-1)
    const wanted = before ? nameOf(before) : `${nameOf(parent)}-01`
    const code = free(wanted, namesOf(draft, 'indicator'))
    return node('indicator', {
      code,
      title: text(),
      points: '0',
      ledgers: [],
      criteria: text(),
      rules: {},
    })
  },
  line: (draft, parent) =>
    node('line', {
      id: free(`${nameOf(parent)}.1`, namesOf(draft, 'line')),
      title: text(),
      form: 'each',
      method: 'reading',
      deduct: '1',
      guide: { where: text(), steps: [text()], evidence: text() },
    }),
}

/** What stands under a node. */
export const under = { head: 'domain', domain: 'indicator', indicator: 'line' } as const

/** The draft with one more under a node, behind a sibling or at the end, and its key. */
export function added(draft: Draft, parent: Node, behind?: number): [Draft, number] {
  if (parent.kind === 'line') return [draft, 0]
  const one = fresh[under[parent.kind]](draft, parent)
  const at = parent.children.findIndex((n) => n.key === behind)
  const next = withChildren(draft, parent.key, (list) =>
    at < 0 ? [...list, one] : [...list.slice(0, at + 1), one, ...list.slice(at + 1)],
  )
  return [next, one.key]
}

/** Whole numbers of a millionth, so that tenths add up; nothing where it is no decimal. */
function millionths(value: Json | undefined): number | undefined {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(String(value ?? '')) ?? []
  return whole === undefined ? undefined : Number(whole) * 1e6 + Number(part.padEnd(6, '0'))
}

export const isDecimal = (value: Json | undefined) => millionths(value) !== undefined

/** What the points of the children add up to; what is no number yet counts nothing. */
export function sum(of: Node): string {
  return String(of.children.reduce((n, c) => n + (millionths(c.value.points) ?? 0), 0) / 1e6)
}

/** Whether what its children add up to is what it says of itself. */
export function addsUp(of: Node): boolean {
  return millionths(of.value.points) === millionths(sum(of))
}
