import type { Doc, FormLayout, Json, Schema } from '../schema/types'
import type { components } from './api-schema'

/**
 * The shapes of the interface, as docs/openapi.yaml has them. Where the
 * contract leaves a part free (documents, schemas, roles), its meaning is added.
 */
type S = components['schemas']

type With<T, U> = Omit<T, keyof U> & U

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
  | 'bureau_leader'
  | 'party_secretary'
  | 'committee_secretary'
  | 'committee_member'
  | 'inspector'
  | 'system_admin'
  | 'security_admin'
  | 'audit_admin'

export type Posting = With<S['Posting'], { role: Role }>
export type Me = With<S['Me'], { postings: Posting[] }>
export type Consolidation = S['Consolidation']
export type Legacy = S['LegacyLedger']
export type Proposal = S['Proposal']
export type ProposalContent = S['ProposalContent']
export type ProposalReport = S['ProposalReport']
export type RefusedInstall = S['RefusedInstall']
export type Coincidence = S['Coincidence']
export type Overlap = S['Overlap']
export type Spent = S['Spent']
export type Extent = S['Extent']
export type FilledBy = S['FilledBy']
export type Prefilled = S['Prefilled']
export type Weight = S['Weight']
export type BurdenHistory = S['BurdenHistory']
export type BurdenChange = S['BurdenChange']
export type Verdict = S['Verdict']
export type LedgerVersion = S['LedgerVersion']
export type Import = S['Import']
export type ImportRow = S['ImportRow']
export type Export = S['Export']
export type Session = S['Session']
export type Area = S['Area']
export type Organisation = S['Organisation']
export type Progress = S['Progress']

export type EntryState = S['Entry']['state']
export type Action = S['View']['actions'][number]
export type Remark = S['Remark']
export type Warning = S['FieldProblem']
export type Entry = S['Entry']
export type Step = With<S['Step'], { roles: Role[] }>
export type Pin = S['Pin']
export type Revision = With<S['Revision'], { document: Doc; chain: Step[] }>
export type Decision = With<S['Decision'], { role: Role }>
export type Receipt = S['Receipt']
export type Outcome = S['Outcome']
export type Evidence = S['Evidence']
/** What was typed under one version of the ledger as another takes it. */
export type Moved = With<S['Moved'], { body: Doc }>
export type Branch = With<S['Branch'], { body: Doc; rebased?: Doc }>
export type Claim = S['Claim']
export type Upload = S['Upload']
export type EntryPage = S['EntryPage']
export type BulkResult = S['BulkResult']
export type EntryView = With<
  S['View'],
  {
    draft?: With<S['Draft'], { body: Doc }>
    ended?: With<S['Draft'], { body: Doc }>
    branches: Branch[]
    revisions: Revision[]
    decisions: Decision[]
  }
>
export type Checked = With<S['Check'], { document: Doc }>

/** Which areas keep a ledger; functions and except name functions of areas. */
export interface Areas {
  kinds: Area['kind'][] | null
  functions: string[] | null
  labour: boolean
  except: string[] | null
}

export type EvidenceLine = With<S['Slot'], { kinds: ('image' | 'pdf' | 'any')[] }>
export type LedgerHead = With<
  S['LedgerHead'],
  { filler: With<S['LedgerHead']['filler'], { roles: Role[] }>; areas: Areas }
>
export type Column = With<
  S['Column'],
  { choices?: { value: Json; title: components['schemas']['Text'] }[] }
>
export type LedgerType = LedgerHead &
  With<
    Omit<S['Ledger'], keyof LedgerHead>,
    { schema: Schema; form: FormLayout; evidence: EvidenceLine[]; columns: Column[] }
  >

export type FormAnswer = S['FormAnswer']
export type PrintAnswer = S['PrintAnswer']
export type SheetAnswer = S['SheetAnswer']
export type Volume = S['Volume']

export type Duty = S['Duty']
export interface DutyList {
  duties: Duty[]
  /** Earlier deadlines were left out. */
  more: boolean
}
export type Decimal = S['Decimal']
export type Ref = S['Ref']
export type Loss = S['Loss']
export type LineScore = S['LineScore']
export type IndicatorScore = S['IndicatorScore']
export type DomainScore = S['DomainScore']
export type Sheet = S['Sheet']
export type Standing = S['Standing']
export type Indicator = S['Indicator']
export type Finding = S['Finding']
export type Share = S['Share']
export type Connector = S['Connector']
export type ConnectorRun = S['ConnectorRun']
export type RejectedRecord = S['RejectedRecord']
export type OutboxMessage = S['OutboxMessage']
export type LogState = S['LogState']

/** The generic facts of every ledger and area over some days. */
export interface Completeness {
  from: string
  to: string
  shares: Share[]
}
