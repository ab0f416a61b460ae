import { useQuery } from '@tanstack/react-query'
import { useLang, useT } from '../i18n'
import { type Text, text } from '../schema/types'
import type { components } from './api-schema'
import { call, url } from './http'

type S = components['schemas']

export type StandardVersion = S['StandardVersion']
export type StandardReport = S['StandardReport']
export type StandardComparison = S['StandardComparison']
export type StandardFrame = S['StandardFrame']
export type Misread = S['Misread']
export type Measurable = S['Measurable']
export type ExternalList = S['ExternalList']
export type Mapped = S['Mapped']
export type Mapping = S['Mapping']
export type BasisDocument = S['BasisDocument']
export type Action = 'create' | 'edit' | 'approve' | 'manage'

/** What of an indicator stands in standard.json. */
export interface Indicator {
  code: string
  title: Text
  points: string
  former_veto?: boolean
  department?: string
  ledgers: string[]
  criteria: Text
  basis?: { document: string; clause: string; date?: string }[]
}

/** One rule of rules.json. */
export interface Rule {
  id: string
  title: Text
  form: 'each' | 'below' | 'above' | 'table'
  method: 'ledger' | 'onsite' | 'video' | 'quiz' | 'reading' | 'register'
  deduct: string
}

/** How one rule is checked, in guide.json. */
export interface Guidance {
  id: string
  where: Text
  steps: Text[]
  sample?: { n: number; of: Text }
  evidence: Text
  anchors?: Anchor[]
}

/** An example of how grave and how wide a finding is. */
export interface Anchor {
  severity: 'low' | 'moderate' | 'high'
  scope: 'limited' | 'pattern' | 'widespread'
  example: Text
}

export interface Artefacts {
  standard: {
    id: string
    version: number
    title: Text
    domains: { id: string; title: Text; points: string; indicators: Indicator[] }[]
  }
  rules: {
    standard: string
    version: number
    indicators: { code: string; parts?: Record<string, string>; lines: Rule[] }[]
  }
  guide: { standard: string; version: number; lines: Guidance[] }
}

export interface Whole extends Artefacts {
  version: StandardVersion
  actions: Action[]
}

export function useStandards() {
  const queryFn = async () =>
    (await call<{ standards: StandardVersion[]; actions: Action[] }>('/standards')).data
  return useQuery({ queryKey: ['standards'], queryFn })
}

type Titled = Pick<StandardVersion, 'standard' | 'version' | 'title'> & { unofficial?: boolean }

/** The title of a version as it is shown everywhere: a sample says that it is not official. */
export function useTitled() {
  const t = useT()
  const lang = useLang()
  const list = useStandards().data?.standards
  return (of: Titled) => {
    const title = text(of.title, lang)
    const label = t('marks.aside', { of: t('standards.unofficial') })
    const version = list?.find((s) => s.standard === of.standard && s.version === of.version)
    return (of.unofficial ?? version?.unofficial) && !title.endsWith(label) ? title + label : title
  }
}

/** What a standard is called, by its newest version that is known; its id while none is. */
export function useStandardName() {
  const titled = useTitled()
  const list = useStandards().data?.standards
  return (id: string) => {
    const all = list?.filter((s) => s.standard === id).sort((a, b) => b.version - a.version)
    return (all?.[0] && titled(all[0])) || id
  }
}

export async function loadStandard(standard: string, version: number) {
  return (await call<Whole>(`/standards/${standard}/versions/${version}`)).data
}

export function useStandard(standard: string, version: number) {
  const queryFn = () => loadStandard(standard, version)
  return useQuery({ queryKey: ['standards', standard, version], queryFn })
}

/** Of what is edited: begun once, and anew each time that it is opened. */
export function useDraft(standard: string, version: number) {
  const queryFn = () => loadStandard(standard, version)
  return useQuery({ queryKey: ['standards', standard, version, 'draft'], queryFn, gcTime: 0 })
}

export function useComparison(standard: string, from: number, to: number) {
  const queryFn = async () =>
    (await call<StandardComparison>(`/standards/${standard}/compare`, { query: { from, to } })).data
  return useQuery({
    queryKey: ['standards', standard, 'compare', from, to],
    queryFn,
    enabled: from > 0 && to > 0,
  })
}

/** What became of the version before. */
export function useMapped(standard: string, version: number) {
  const queryFn = async () =>
    (await call<Mapped>(`/standards/${standard}/versions/${version}/mapping`)).data
  return useQuery({
    queryKey: ['standards', standard, version, 'mapping'],
    queryFn,
    enabled: version > 0,
    gcTime: 0, // begun once, and anew each time that it is opened
  })
}

export function useExternalLists() {
  const queryFn = async () =>
    (await call<{ lists: ExternalList[]; actions: Action[] }>('/external-lists')).data
  return useQuery({ queryKey: ['external-lists'], queryFn })
}

export async function importList(list: string, file: string, key: string) {
  const options = { method: 'POST', body: { list, file }, idempotencyKey: key } as const
  return (await call<{ version?: number; mistakes: Misread[] }>('/external-lists', options)).data
}

export function useBasis() {
  const queryFn = async () =>
    (await call<{ documents: BasisDocument[]; actions: Action[] }>('/basis')).data
  return useQuery({ queryKey: ['basis'], queryFn })
}

/** What the lines of a standard may ask the catalogue for. */
export function useMeasures() {
  const queryFn = async () =>
    (await call<{ every: string[]; ledgers: Measurable[] }>('/measures')).data
  return useQuery({ queryKey: ['measures'], queryFn, staleTime: 300_000 })
}

export async function checkStandard(body: Artefacts, signal?: AbortSignal) {
  return (await call<StandardReport>('/standards/check', { method: 'POST', body, signal })).data
}

export async function draftStandard(body: Artefacts, key: string) {
  const options = { method: 'POST', body, idempotencyKey: key } as const
  return (await call<StandardVersion>('/standards', options)).data
}

/** What changes a version names the revision that was seen. */
async function change(
  v: StandardVersion,
  method: 'PUT' | 'POST',
  path: string,
  body: unknown,
  key: string,
) {
  const options = { method, body, ifMatch: v.revision, idempotencyKey: key }
  return (await call<StandardVersion>(path, options)).data
}

export const saveStandard = (v: StandardVersion, body: Artefacts, key: string) =>
  change(v, 'PUT', `/standards/${v.standard}/versions/${v.version}`, body, key)

export const saveMapping = (v: StandardVersion, body: Mapping, key: string) =>
  change(v, 'PUT', `/standards/${v.standard}/versions/${v.version}/mapping`, body, key)

export const reviewStandard = (
  v: StandardVersion,
  verdict: 'pass' | 'return',
  comment: string,
  key: string,
) =>
  change(
    v,
    'POST',
    `/standards/${v.standard}/versions/${v.version}/review`,
    { verdict, comment, digest: v.digest },
    key,
  )

export const issueStandard = (v: StandardVersion, effective_on: string, key: string) =>
  change(v, 'POST', `/standards/${v.standard}/versions/${v.version}/issue`, { effective_on }, key)

export interface Imported {
  version?: StandardVersion
  mistakes: Misread[]
}

/** Over is the revision of the draft whose place the table takes. */
export async function importStandard(
  frame: StandardFrame,
  file: string,
  over: number | undefined,
  key: string,
) {
  const match = over === undefined ? {} : { ifMatch: over }
  const options = { method: 'POST', body: { frame, file }, idempotencyKey: key, ...match } as const
  return (await call<Imported>('/standards/import', options)).data
}

export async function addBasis(body: Record<string, string>, key: string) {
  await call('/basis', { method: 'POST', body, idempotencyKey: key })
}

export async function replaceBasis(body: { title: string; by: string; on: string }, key: string) {
  await call('/basis/replacements', { method: 'POST', body, idempotencyKey: key })
}

/** The next version begins as a copy of one there is. */
export function nextOf({ standard, rules, guide }: Artefacts, version: number): Artefacts {
  return {
    standard: { ...standard, version },
    rules: { ...rules, version },
    guide: { ...guide, version },
  }
}

export async function attachBasis(title: string, file: File, idempotencyKey: string) {
  await call('/basis/file', {
    method: 'PATCH',
    body: file,
    headers: { 'Content-Type': 'application/octet-stream' },
    query: { title, name: file.name },
    idempotencyKey,
  })
}

export const basisFileUrl = (title: string, version: number) =>
  url('/basis/file', { title, version })
