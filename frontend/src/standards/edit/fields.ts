import type { ParseKeys } from 'i18next'
import { scopes, severities } from '../../checks/words'
import { get, type Pointer } from '../../schema/pointer'
import { type Doc, isObject } from '../../schema/types'
import { isDecimal, type Kind, type Node } from './draft'

/** What a choice can come from beside a closed list of words. */
export type Source = 'departments' | 'ledgers' | 'documents' | 'lists' | 'parts'

export interface Field {
  /** In the node's value. */
  at: Pointer
  label: ParseKeys
  help?: ParseKeys
  kind:
    | 'text'
    | 'long'
    | 'decimal'
    | 'whole'
    | 'day'
    | 'flag'
    | 'one'
    | 'many'
    | 'words'
    | 'facts'
    | 'rows'
    | 'steps'
    | 'parts'
  /** The choices of `one`, with the words for them. */
  values?: readonly (readonly [string, ParseKeys])[]
  source?: Source
  /** What a row is made of. */
  members?: readonly Field[]
  /** May be left out: emptied, this place is taken away. */
  without?: Pointer
  span?: 2 | 4
  /** Whether it means something here; else it is not asked for. */
  knows?: (value: Doc) => boolean
}

/** A text in both languages; the English may be left out. */
const both = (
  at: Pointer,
  zh: ParseKeys,
  en: ParseKeys,
  kind: 'text' | 'long' = 'text',
): Field[] => [
  { at: `${at}/zh`, label: zh, kind, span: 2 },
  { at: `${at}/en`, label: en, kind, span: 2, without: `${at}/en` },
]

const principles = [
  ['hardware', 'drafting.principle_hardware'],
  ['base', 'drafting.principle_base'],
  ['enforcement', 'drafting.principle_enforcement'],
  ['level', 'drafting.principle_level'],
] as const

const units = [
  ['ordinary', 'standards.unit_ordinary'],
  ['functional', 'standards.unit_functional'],
  ['prison', 'standards.unit_prison'],
  ['other', 'standards.unit_other'],
] as const

const forms = [
  ['each', 'drafting.form_each'],
  ['below', 'drafting.form_below'],
  ['above', 'drafting.form_above'],
  ['table', 'drafting.form_table'],
] as const

const methods = [
  ['ledger', 'standards.method_ledger'],
  ['reading', 'standards.method_reading'],
  ['onsite', 'standards.method_onsite'],
  ['video', 'standards.method_video'],
  ['quiz', 'standards.method_quiz'],
  ['register', 'standards.method_register'],
] as const

const ratio = ['below', 'above']
const found = ['reading', 'onsite', 'video', 'quiz', 'register']

/** With which forms and methods a member of a line means something; the others always do. */
const meant: Record<string, { forms?: string[]; methods?: string[] }> = {
  count: { forms: ['each'], methods: ['ledger'] },
  of: { forms: ratio, methods: ['ledger'] },
  per: { forms: ratio, methods: ['ledger'] },
  target: { forms: ratio },
  scale: { forms: ratio },
  step: { forms: ratio },
  period: { forms: ratio, methods: ['ledger'] },
  cap_each: { forms: ['each'], methods: found },
  critical: { methods: found },
}

function means(line: Doc, member: string): boolean {
  const { forms, methods } = meant[member] ?? {}
  return (
    (!forms || forms.includes(String(line.form))) &&
    (!methods || methods.includes(String(line.method)))
  )
}

/** A line without what its form and method know nothing of. */
export function pruned(line: Doc): Doc {
  return Object.fromEntries(Object.entries(line).filter(([member]) => means(line, member)))
}

/** Asked for where it means something, and where it stands although it does not. */
const asked = (member: string) => ({
  at: `/${member}`,
  knows: (line: Doc) => means(line, member) || line[member] !== undefined,
})

export const fields: Record<Kind, readonly Field[]> = {
  head: [
    ...both('/title', 'drafting.titleZh', 'drafting.titleEn'),
    { at: '/unit/kind', label: 'standards.unit', kind: 'one', values: units },
    {
      at: '/unit/functions',
      label: 'standards.functions',
      help: 'standards.functionsMean',
      kind: 'words',
      without: '/unit/functions',
      knows: ({ unit }) => (unit as Doc | undefined)?.kind === 'functional',
    },
    { at: '/points', label: 'drafting.whole', kind: 'decimal' },
    { at: '/line', label: 'standards.line', kind: 'decimal' },
    { at: '/months', label: 'standards.months', kind: 'whole' },
    {
      at: '/not_applicable',
      label: 'drafting.notApplicable',
      kind: 'one',
      values: [
        ['rescale', 'drafting.notApplicable_rescale'],
        ['full_marks', 'drafting.notApplicable_full'],
      ],
    },
    {
      at: '/same_event',
      label: 'drafting.sameEvent',
      help: 'drafting.sameEventMean',
      kind: 'one',
      values: [['each', 'drafting.sameEvent_each']],
      without: '/same_event',
    },
    {
      at: '/decimals',
      label: 'drafting.decimals',
      help: 'drafting.decimalsMean',
      kind: 'whole',
      without: '/decimals',
    },
    {
      at: '/label',
      label: 'drafting.label',
      help: 'drafting.labelMeans',
      kind: 'text',
      without: '/label',
    },
    { at: '/unofficial', label: 'drafting.unofficial', kind: 'flag', without: '/unofficial' },
  ],
  domain: [
    { at: '/id', label: 'drafting.domainId', help: 'drafting.domainIdMeans', kind: 'text' },
    { at: '/points', label: 'drafting.points', kind: 'decimal' },
    ...both('/title', 'drafting.titleZh', 'drafting.titleEn'),
    {
      at: '/principle',
      label: 'drafting.principle',
      kind: 'one',
      values: principles,
      without: '/principle',
    },
    { at: '/reform', label: 'drafting.reform', kind: 'flag', without: '/reform' },
  ],
  indicator: [
    { at: '/code', label: 'standards.code', kind: 'text' },
    { at: '/points', label: 'drafting.points', kind: 'decimal' },
    {
      at: '/department',
      label: 'standards.department',
      kind: 'one',
      source: 'departments',
      without: '/department',
    },
    {
      at: '/needs',
      label: 'drafting.needs',
      kind: 'one',
      values: [['labour', 'drafting.needs_labour']],
      without: '/needs',
    },
    ...both('/title', 'drafting.titleZh', 'drafting.titleEn'),
    ...both('/criteria', 'drafting.criteriaZh', 'drafting.criteriaEn', 'long'),
    {
      at: '/ledgers',
      label: 'drafting.ledgers',
      help: 'drafting.ledgersMean',
      kind: 'many',
      source: 'ledgers',
      span: 4,
    },
    {
      at: '/former_veto',
      label: 'drafting.formerVeto',
      kind: 'flag',
      without: '/former_veto',
      span: 4,
    },
    {
      at: '/basis',
      label: 'drafting.basis',
      kind: 'rows',
      without: '/basis',
      span: 4,
      members: [
        { at: '/document', label: 'standards.document', kind: 'text', source: 'documents' },
        { at: '/clause', label: 'drafting.clause', kind: 'text' },
        { at: '/date', label: 'drafting.edition', kind: 'day', without: '/date' },
      ],
    },
    {
      at: '/external',
      label: 'drafting.external',
      help: 'drafting.externalMeans',
      kind: 'rows',
      without: '/external',
      span: 4,
      members: [
        { at: '/list', label: 'drafting.list', kind: 'text', source: 'lists' },
        { at: '/clause', label: 'drafting.listClause', kind: 'text' },
      ],
    },
    {
      at: '/rules/parts',
      label: 'drafting.parts',
      help: 'drafting.partsMean',
      kind: 'parts',
      without: '/rules/parts',
      span: 4,
    },
  ],
  line: [
    { at: '/id', label: 'drafting.lineId', kind: 'text' },
    { at: '/form', label: 'drafting.form', kind: 'one', values: forms },
    { at: '/method', label: 'standards.method', kind: 'one', values: methods },
    { at: '/deduct', label: 'standards.deduct', kind: 'decimal' },
    ...both('/title', 'drafting.titleZh', 'drafting.titleEn'),
    { ...asked('count'), label: 'drafting.count', kind: 'facts', without: '/count', span: 4 },
    { ...asked('of'), label: 'drafting.of', kind: 'facts', without: '/of', span: 2 },
    { ...asked('per'), label: 'drafting.per', kind: 'facts', without: '/per', span: 2 },
    { ...asked('target'), label: 'drafting.target', kind: 'decimal', without: '/target' },
    {
      ...asked('scale'),
      label: 'drafting.scale',
      kind: 'one',
      values: [
        ['', 'drafting.scale_percent'],
        ['plain', 'drafting.scale_plain'],
      ],
      without: '/scale',
    },
    {
      ...asked('step'),
      label: 'drafting.step',
      kind: 'one',
      values: [
        ['', 'drafting.step_started'],
        ['whole', 'drafting.step_whole'],
        ['exact', 'drafting.step_exact'],
      ],
      without: '/step',
    },
    {
      ...asked('period'),
      label: 'drafting.period',
      kind: 'one',
      values: [
        ['', 'drafting.period_window'],
        ['month', 'drafting.period_month'],
      ],
      without: '/period',
    },
    {
      at: '/part',
      label: 'drafting.part',
      kind: 'one',
      source: 'parts',
      without: '/part',
    },
    { ...asked('cap_each'), label: 'drafting.capEach', kind: 'decimal', without: '/cap_each' },
    { ...asked('critical'), label: 'drafting.critical', kind: 'flag', without: '/critical' },
    { at: '/systemic', label: 'drafting.systemic', kind: 'flag', without: '/systemic' },
  ],
}

/** How a line is checked: what stands in guide.json. */
export const guidance: readonly Field[] = [
  ...both('/guide/where', 'drafting.whereZh', 'drafting.whereEn'),
  { at: '/guide/steps', label: 'drafting.steps', kind: 'steps', span: 4 },
  {
    at: '/guide/sample/n',
    label: 'drafting.sampleN',
    kind: 'whole',
    without: '/guide/sample',
  },
  { at: '/guide/sample/of/zh', label: 'drafting.sampleOfZh', kind: 'text' },
  {
    at: '/guide/sample/of/en',
    label: 'drafting.sampleOfEn',
    kind: 'text',
    span: 2,
    without: '/guide/sample/of/en',
  },
  ...both('/guide/evidence', 'drafting.evidenceZh', 'drafting.evidenceEn'),
  {
    at: '/guide/anchors',
    label: 'drafting.anchors',
    help: 'drafting.anchorsMean',
    kind: 'rows',
    without: '/guide/anchors',
    span: 4,
    members: [
      {
        at: '/severity',
        label: 'checks.severity',
        kind: 'one',
        values: severities.map((s) => [s, `checks.severities.${s}`] as const),
      },
      {
        at: '/scope',
        label: 'checks.scope',
        kind: 'one',
        values: scopes.map((s) => [s, `checks.scopes.${s}`] as const),
      },
      { at: '/example/zh', label: 'drafting.exampleZh', kind: 'text' },
      {
        at: '/example/en',
        label: 'drafting.exampleEn',
        kind: 'text',
        without: '/example/en',
      },
    ],
  },
]

/** All that is asked of a node. */
export const fieldsOf = (kind: Kind) =>
  kind === 'line' ? [...fields.line, ...guidance] : fields[kind]

/** The field that a place belongs to: itself, what it stands in, or the first within it. */
export function near(kind: Kind, at: Pointer): Field | undefined {
  const list = fieldsOf(kind)
  return (
    list.find((f) => at === f.at || at.startsWith(`${f.at}/`)) ??
    (at === '' ? undefined : list.find((f) => f.at.startsWith(`${at}/`)))
  )
}

/** What was looked at once: a value never changes, and on each key all but one are the same. */
const judged = new WeakMap<Doc, Pointer[]>()

/** The numbers that are none: the server could not even read them. */
export function unreadable({ kind, value }: Node): Pointer[] {
  const before = judged.get(value)
  if (before) return before
  const wrong = ({ kind, at, without }: Field) => {
    const typed = get(value, at)
    if (typed === undefined && without) return false
    if (kind === 'parts') return isObject(typed) && !Object.values(typed).every(isDecimal)
    return kind === 'decimal' && !isDecimal(typed)
  }
  const list = fieldsOf(kind)
    .filter((f) => (f.knows?.(value) ?? true) && wrong(f))
    .map((f) => f.at)
  judged.set(value, list)
  return list
}
