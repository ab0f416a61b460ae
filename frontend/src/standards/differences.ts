import type { ParseKeys } from 'i18next'
import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { type Doc, isObject, type Json, type Lang, type Text, text } from '../schema/types'
import type { Kind } from './edit/draft'
import { type Field, fieldsOf } from './edit/fields'
import { type Sources, useSources } from './edit/sources'

/** A field that is not the same on both sides, each in words: of a list, one a member. */
export interface Difference {
  label: string
  before: string[]
  after: string[]
}

/** What differs between a thing before and after, as the editor names it; of one that is on one side only, all of it. */
export function useDifferences() {
  const t = useT()
  const lang = useLang()
  const sources = useSources()
  return (kind: Kind, before?: object, after?: object): Difference[] => {
    const [was, is] = [before as Doc | undefined, after as Doc | undefined]
    const differs = (at: string) => !same(get(was, at), get(is, at))
    return fieldsOf(kind)
      .filter((f) => differs(f.at) && !told(f.at, lang, differs))
      .map((f) => {
        const say = (of: Lang) =>
          [was, is].map((side) =>
            side ? words(f, get(side, f.at), { t, lang: of, sources, on: side }) : [],
          )
        let sides = say(lang)
        // Only the words of the other language differ.
        if (same(sides[0], sides[1])) sides = say(lang === 'zh' ? 'en' : 'zh')
        return { label: t(f.label), before: sides[0] ?? [], after: sides[1] ?? [] }
      })
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Whether a text in another language need not be shown: its own language's has changed too. */
function told(at: string, lang: Lang, differs: (at: string) => boolean): boolean {
  const other = lang === 'zh' ? '/en' : '/zh'
  return at.endsWith(other) && differs(`${at.slice(0, -3)}/${lang}`)
}

interface By {
  t: ReturnType<typeof useT>
  lang: Lang
  sources: Sources
  /** What the field stands in. */
  on: Doc
}

function words(field: Field, value: Json | undefined, by: By): string[] {
  const { t, lang, sources, on } = by
  if (!field.values && (value === undefined || value === '' || value === null)) return []
  const named = (id: string, of = field.source) =>
    (of && of !== 'parts' && sources.options[of].find((o) => o.value === id)?.label) || id
  switch (field.kind) {
    case 'flag':
      return [t(value === true ? 'standards.yes' : 'standards.no')]
    case 'one': {
      if (!field.values) return [named(String(value))]
      // Where a choice means nothing, its first is not what it says.
      if (field.knows && !field.knows(on)) return []
      const word = field.values.find(([v]) => v === (value ?? ''))?.[1]
      return word ? [t(word)] : value === undefined ? [] : [String(value)]
    }
    case 'many':
    case 'words':
      return list(value).map((v) => named(String(v)))
    case 'facts':
      return docs(value).map((f) => fact(f, by))
    case 'steps':
      return docs(value).map((s) => text(s as unknown as Text, lang))
    case 'parts':
      return Object.entries(isObject(value) ? value : {}).map(
        ([name, cap]) => `${name} ≤ ${String(cap)}`,
      )
    case 'rows':
      return docs(value).map((row) =>
        (field.members ?? [])
          .filter((m) => !m.at.endsWith(lang === 'zh' ? '/en' : '/zh') || !hasBoth(row, m.at, lang))
          .flatMap((m) => words(m, get(row, m.at), { ...by, on: row }))
          .join(' · '),
      )
    default:
      return [String(value)]
  }
}

const hasBoth = (row: Doc, at: string, lang: Lang) =>
  get(row, `${at.slice(0, -3)}/${lang}`) !== undefined

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const docs = (value: Json | undefined): Doc[] => list(value).filter(isObject)

function fact({ ledger, measure }: Doc, { t, lang, sources }: By): string {
  const own = sources.ledgers.find((l) => l.id === ledger)
  const names: Record<string, ParseKeys> = { '*': 'drafting.allLedgers', areas: 'drafting.areas' }
  const special = names[String(ledger)]
  const of = special ? t(special) : own ? text(own.title, lang) : String(ledger)
  const asked = own?.measures.find((m) => m.id === measure)
  const every = sources.every.find((o) => o.value === measure)
  return `${of} · ${asked ? text(asked.title, lang) : (every?.label ?? String(measure))}`
}
