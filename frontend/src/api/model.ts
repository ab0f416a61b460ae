import type { Doc, FormLayout, Schema, Text } from '../schema/types'

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

export interface Me {
  number: string
  name: string
  lang: 'zh' | 'en'
  postings: Posting[]
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
  area_name?: Text
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
  summary: Doc
  created_at: string
  changed_at: string
  submitted_at?: string
  resubmitted_at?: string
  decided_at?: string
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

export interface LedgerType {
  id: string
  version: number
  title: Text
  owner: string
  schema: Schema
  form: FormLayout
  evidence: EvidenceLine[]
  summary: string[]
  sources: { field: string; ledger?: string; system?: string }[]
  nil: boolean
}
