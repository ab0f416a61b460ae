import { expand } from '../schema/expand'
import { isObject, type Json, type Lang, type Schema, type Text, text } from '../schema/types'
import { read } from './conditions'
import { type Files, members, typeOf } from './design'

export type Fate = 'added' | 'gone' | 'changed' | 'same'

/** One fact of a part on both sides; '' where a side has none. */
export interface Line {
  fact: string
  before: string
  after: string
}

/** What a version is made of, before and after. */
export interface Row {
  key: string
  title: string
  fate: Fate
  lines: Line[]
}

/** How facts are said: the names of facts, of kinds of field and of coded values, yes and no. */
export interface Words {
  lang: Lang
  fact: (name: string) => string
  type: (name: ReturnType<typeof typeOf>) => string
  /** What a code means as the value of a fact; the code itself where it has no name. */
  value: (fact: string, code: string) => string
  yes: string
  no: string
  /** Between the items of a list, and between facts. */
  list: string
  clause: string
  aside: (of: string) => string
}

interface Part {
  key: string
  title: string
  facts: Record<string, string>
}

/** In the order in which a reader asks: what is filled, when, by which rules, who approves. */
export const groups = [
  'fields',
  'conditions',
  'layout',
  'rules',
  'computed',
  'sources',
  'measures',
  'triggers',
  'chain',
  'evidence',
  'settings',
] as const
export type Group = (typeof groups)[number]

const lists = ['rules', 'computed', 'sources', 'measures', 'triggers', 'chain', 'evidence'] as const
const silent = ['id', 'version']

/** Everything that two versions are made of, paired by stable ids; without a first all is added. */
export function sides(before: Files | undefined, after: Files, words: Words): Record<Group, Row[]> {
  const old = before && partsOf(before, words)
  const now = partsOf(after, words)
  return Object.fromEntries(groups.map((g) => [g, paired(old?.[g] ?? [], now[g])])) as Record<
    Group,
    Row[]
  >
}

function paired(old: Part[], now: Part[]): Row[] {
  const was = new Map(old.map((p) => [p.key, p]))
  const is = new Set(now.map((p) => p.key))
  return [
    ...now.map((p) => row(was.get(p.key), p)),
    ...old.filter((p) => !is.has(p.key)).map((p) => row(p, undefined)),
  ]
}

function row(old: Part | undefined, now: Part | undefined): Row {
  const { key, title } = (now ?? old)!
  const facts = new Set([...Object.keys(now?.facts ?? {}), ...Object.keys(old?.facts ?? {})])
  const lines = [...facts]
    .map((fact) => ({ fact, before: old?.facts[fact] ?? '', after: now?.facts[fact] ?? '' }))
    .filter((l) => l.before !== '' || l.after !== '')
  const differs = lines.some((l) => l.before !== l.after)
  const fate = !old ? 'added' : !now ? 'gone' : differs ? 'changed' : 'same'
  return { key, title, fate, lines }
}

function partsOf({ schema, definition, form }: Files, words: Words): Record<Group, Part[]> {
  const top = expand(schema)
  const named = Object.fromEntries(
    Object.entries(top.properties ?? {}).map(([name, node]) => [name, titleOf(node, name, words)]),
  )
  const name = (code: string) => named[code.replace(/^\//, '')] ?? code
  const listed = Object.fromEntries(
    lists.map((list) => [
      list,
      ((definition[list] ?? []) as Json[]).map((x, i) => item(list, x, i)),
    ]),
  ) as Record<(typeof lists)[number], Part[]>
  function item(list: string, value: Json, i: number): Part {
    if (!isObject(value)) return { key: String(value), title: say(value, words), facts: {} }
    const { id, title, field, ...rest } = value
    const key = String(id ?? field ?? i)
    const shown = isObject(title) ? text(title as unknown as Text, words.lang) : name(key)
    const place: Record<string, string> = list === 'chain' ? { place: String(i + 1) } : {}
    return {
      key,
      title: shown,
      facts: { ...place, ...factsOf({ title: title ?? null, ...rest }, words) },
    }
  }
  return {
    ...listed,
    fields: fieldsOf(top, [], words),
    conditions: (top.allOf ?? []).map((node) => ({
      key: JSON.stringify(node),
      title: condition(node, name, words),
      facts: { condition: condition(node, name, words) },
    })),
    layout: form.sections.map((s, i) => ({
      key: s.id,
      title: text(s.title, words.lang),
      facts: {
        place: String(i + 1),
        title: say(s.title as unknown as Json, words),
        order: s.fields.map(name).join(' → '),
      },
    })),
    settings: Object.entries(definition)
      .filter(([k]) => !silent.includes(k) && !(lists as readonly string[]).includes(k))
      .map(([k, value]) => ({
        key: k,
        title: words.fact(k),
        facts: { value: say(value, words, k) },
      })),
  }
}

function fieldsOf(above: Schema, path: string[], words: Words): Part[] {
  return members(above).flatMap(([code, node]) => {
    const at = [...path, code]
    const inner = node.type === 'array' && node.items?.properties ? node.items : node
    const holder = above.type === 'array' && above.items ? above.items : above
    const part = {
      key: node['x-id'] ?? at.join('.'),
      title: titleOf(node, code, words),
      facts: fieldFacts(node, at, (holder.required ?? []).includes(code), words),
    }
    return inner.properties ? [part, ...fieldsOf(node, at, words)] : [part]
  })
}

/** Keywords that are facts of their own, and those that other parts say. */
const said = ['title', 'x-en', 'x-id', 'type', 'x-unit', 'oneOf', 'items', 'properties', 'required']

function fieldFacts(node: Schema, at: string[], asked: boolean, words: Words) {
  const choices = node.oneOf ?? node.items?.oneOf ?? []
  const rest = (of: Schema = {}) =>
    factsOf(
      Object.fromEntries(Object.entries(of).filter(([k]) => !said.includes(k))) as {
        [key: string]: Json
      },
      words,
    )
  const ofItems = Object.entries(rest(node.items)).filter(([k]) => k !== 'additionalProperties')
  const { additionalProperties: _, ...own } = rest(node)
  return {
    title: [node.title, node['x-en']].filter(Boolean).join(' / '),
    code: at.join('.'),
    type: words.type(typeOf(node)),
    required: asked ? words.yes : words.no,
    unit: say((node['x-unit'] ?? null) as Json, words),
    choices: choices
      .map((o) => [o.title, o['x-en']].filter(Boolean).join(' / ') + words.aside(String(o.const)))
      .join(words.list),
    ...own,
    ...Object.fromEntries(ofItems.map(([k, v]) => [`items/${k}`, v])),
  }
}

function factsOf(object: { [key: string]: Json }, words: Words): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, say(v, words, k)]))
}

function titleOf(node: Schema, code: string, { lang }: Words): string {
  return (lang === 'en' && node['x-en']) || node.title || code
}

function condition(node: Schema, name: (code: string) => string, words: Words): string {
  const simple = read(node)
  if (!simple) return JSON.stringify(node)
  const tests = simple.tests.map((c) =>
    [name(c.field), words.fact(`op_${c.op}`), say(c.value, words)].filter(Boolean).join(' '),
  )
  return `${tests.join(' + ')} → ${simple.asks.map(name).join(words.list)}`
}

/** Both languages of a text: a change of one is a change. */
function say(value: Json, words: Words, fact = ''): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Array.isArray(value)) return value.map((v) => say(v, words, fact)).join(words.list)
  if (!isObject(value)) return words.value(fact, String(value))
  if (typeof value.zh === 'string') return [value.zh, value.en].filter(Boolean).join(' / ')
  return Object.entries(value)
    .map(([k, v]) => [words.fact(k), say(v, words, k)])
    .filter(([, v]) => v)
    .map(([k, v]) => `${k} ${v}`)
    .join(words.clause)
}
