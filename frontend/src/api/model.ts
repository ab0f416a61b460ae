import type { Doc, FormLayout, Json, Schema, Text } from '../schema/types'

export type Role =
  | 'officer'
  | 'duty_leader'
  | 'deputy_head'
  | 'area_head'
  | 'instructor'
  | 'medic'
  | 'counsellor'
  | 'dept_staff'
  | 'dept_head'
  | 'prison_leader'
  | 'warden'
  | 'prison_office'
  | 'bureau_office'
  | 'inspector'
  | 'system_admin'
  | 'security_admin'
  | 'audit_admin'

export interface Posting {
  role: Role
  title: Text
  prison?: string
  area?: string
  department?: string
}

export interface Grant {
  id?: string
  prison?: string
  areas?: string[]
}

export interface Me {
  person: string
  number: string
  name: string
  postings: Posting[]
  grants: Grant[]
  session: string
  expires_at: string
  csrf_token: string
}

export interface Session {
  id: string
  created_at: string
  seen_at: string
  expires_at: string
  address: string
  agent: string
}

export interface Area {
  prison: string
  id: string
  code: string
  name_zh: string
  name_en: string
  kind: 'ordinary' | 'functional'
  function: string
  has_labour: boolean
}

export interface Organisation {
  prisons: {
    id: string
    code: string
    name: Text
    demonstration: boolean
    open: boolean
    areas: Area[]
  }[]
  departments: { code: string; title: Text }[]
}

/** How far the making of the demonstration has come. */
export interface Progress {
  done: number
  total: number
  finished: boolean
  failed: boolean
  prison: string
  demonstration: boolean
  logins: { number: string; name: string; title: Text }[] | null
}

export type EntryState = 'draft' | 'submitted' | 'returned' | 'approved' | 'voided' | 'discarded'

export type Action =
  | 'edit'
  | 'submit'
  | 'approve'
  | 'return'
  | 'withdraw'
  | 'revise'
  | 'amend'
  | 'void'
  | 'discard'

export interface Entry {
  prison: string
  id: string
  area: string
  ledger: string
  version: number
  level: 'L1' | 'L2' | 'L3'
  author: string
  author_name: string
  state: EntryState
  etag: number
  revision: number
  in_force: number
  step: number
  nil_return: boolean
  warnings: number
  occurred_at?: string
  day?: string
  digest?: string
  summary: SummaryItem[] | null
  created_at: string
  changed_at: string
  submitted_at?: string
  resubmitted_at?: string
  decided_at?: string
}

export interface SummaryItem {
  pointer: string
  title: Text
  value: Json
  text: Text
}

export interface Remark {
  pointer: string
  text: string
}

export interface Warning {
  pointer: string
  code: string
  message: string
}

export interface Revision {
  revision: number
  author_name: string
  version: number
  document: Doc
  digest: string
  nil_return: boolean
  reason: string
  chain: { id: string; title: Text; roles: Role[] }[]
  warnings: Warning[]
  occurred_at: string
  recorded_at: string
}

export interface Decision {
  id: string
  revision: number
  step: number
  verdict: 'approve' | 'return' | 'void'
  decided_by_name: string
  role: Role
  comment: string
  remarks: Remark[]
  recorded_at: string
}

export interface TimelineEvent {
  kind: string
  revision: number
  person_name: string
  detail: Doc | null
  recorded_at: string
}

export interface Receipt {
  index: number
  leaf: string
  size: number
  recorded_at: string
}

export interface Outcome {
  entry: Entry
  receipt?: Receipt
  warnings?: Warning[]
}

export interface Evidence {
  id: string
  revision: number
  slot: string
  name: string
  media_type: string
  size: number
  sha256: string
  uploaded_at: string
}

export interface EntryView {
  entry: Entry
  area: Area
  draft?: { body: Doc; remarks: Remark[]; changed_at: string }
  revisions: Revision[]
  decisions: Decision[]
  events: TimelineEvent[]
  attached: Evidence[]
  evidence: Evidence[]
  opened: Entry[]
  actions: Action[]
}

export interface EvidenceLine {
  id: string
  title: Text
  kinds: ('image' | 'pdf' | 'any')[]
}

export interface LedgerHead {
  id: string
  version: number
  title: Text
  owner: string
  sensitivity: 'L1' | 'L2' | 'L3'
  cadence: { kind: string; expected: number; nil: boolean; deadline_hours: number }
  areas: {
    kinds: string[] | null
    functions: string[] | null
    labour: boolean
    except: string[] | null
  }
  filler: { roles: Role[]; unit: string; dept?: string; title: Text }
  nil: boolean
}

export interface Column {
  pointer: string
  title: Text
  type: string
  choices?: { value: Json; title: Text }[]
}

export interface LedgerType extends LedgerHead {
  schema: Schema
  form: FormLayout
  evidence: EvidenceLine[] | null
  columns: Column[] | null
  summary: string[]
  sources: { field: string; ledger?: string; system?: string; take: string }[]
  lawful_basis: Text
}

export interface Duty {
  id: string
  area: string
  ledger: string
  period: string
  target: number
  have: number
  starts_at: string
  ends_at: string
  due_at: string
  day: string
  state: 'open' | 'on_time' | 'late' | 'backfilled' | 'missing' | 'excused'
  entry?: string
  submitted_at?: string
  approved: boolean
  excuse?: string
}

/** An exact decimal or fraction, as text. */
export type Decimal = string

export interface Ref {
  kind: 'entry' | 'duty' | 'finding'
  id: string
  day?: string
}

export interface Loss {
  raw: Decimal
  deducted: Decimal
  day?: string
  counted_in?: string
  note?: string
  refs: Ref[] | null
}

export interface LineScore {
  id: string
  title: Text
  form: string
  method: string
  state: 'counted' | 'not_checked' | 'not_applicable'
  of?: Decimal
  per?: Decimal
  target?: Decimal
  deducted: Decimal
  losses: Loss[] | null
}

export interface IndicatorScore {
  code: string
  title: Text
  points: Decimal
  former_veto?: boolean
  applies: boolean
  deducted: Decimal
  score: Decimal
  criteria: Text
  ledgers: string[] | null
  lines: LineScore[] | null
}

export interface DomainScore {
  id: string
  title: Text
  points: Decimal
  deducted: Decimal
  score: Decimal
  indicators: IndicatorScore[]
}

/** A score sheet: the tree whose leaves sum to what is lost. */
export interface Sheet {
  standard: string
  version: number
  from: string
  to: string
  points: Decimal
  deducted: Decimal
  score: Decimal
  display: string
  line: Decimal
  passes: boolean
  former_vetoes: string[] | null
  domains: DomainScore[]
}
