import { call } from './http'
import type {
  Area,
  Completeness,
  Decimal,
  DutyList,
  Entry,
  Finding,
  Indicator,
  LogState,
  Sheet,
  Standing,
} from './model'

export async function listDuties(
  prison: string,
  query: { area?: string; unfilled?: boolean; day?: string; ledger?: string },
): Promise<DutyList> {
  return (await call<DutyList>(`/prisons/${prison}/duties`, { query })).data
}

/** The areas by their scores, and those that no standard judges yet. */
export interface Standings {
  areas: Standing[]
  unjudged: Area[]
}

export async function listScores(prison: string): Promise<Standings> {
  return (await call<Standings>(`/prisons/${prison}/scores`)).data
}

export async function getScore(prison: string, area: string): Promise<Sheet> {
  return (await call<{ sheet: Sheet }>(`/prisons/${prison}/areas/${area}/score`)).data.sheet
}

export interface TrendPoint {
  day: string
  score: Decimal
}

export async function getTrend(prison: string, area: string): Promise<TrendPoint[]> {
  return (await call<{ points: TrendPoint[] }>(`/prisons/${prison}/areas/${area}/trend`)).data
    .points
}

/** The entries that prove one indicator, newest first, by pages. */
export interface ProofPage {
  indicator: Indicator
  entries: Entry[]
  next: string | null
  /** What the reader may do here: finding, pack. */
  actions: string[]
}

export async function getProof(
  prison: string,
  area: string,
  indicator: string,
  after?: string,
): Promise<ProofPage> {
  const path = `/prisons/${prison}/areas/${area}/proof/${encodeURIComponent(indicator)}`
  return (await call<ProofPage>(path, { query: { after, limit: 20 } })).data
}

/** Has the pack of one indicator made and hands it to the browser as a download. */
export async function downloadPack(
  prison: string,
  area: string,
  indicator: string,
  reason: string,
) {
  const { data, headers } = await call<Blob>(`/prisons/${prison}/areas/${area}/packs`, {
    method: 'POST',
    body: { indicator, reason },
    as: 'blob',
  })
  const named = /filename="?([^";]+)"?/.exec(headers.get('Content-Disposition') ?? '')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(data)
  link.download = named?.[1] ?? `${indicator}.zip`
  link.click()
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export interface NewFinding {
  line: string
  day: string
  count: number
  place: string
  note: string
  /** Of a line that is measured on site: how many of how many. */
  of?: string
  per?: string
  /** Whom it is about, where the line caps by person. */
  subject?: string
}

export async function addFinding(prison: string, area: string, finding: NewFinding, key: string) {
  await call(`/prisons/${prison}/areas/${area}/findings`, {
    method: 'POST',
    body: finding,
    idempotencyKey: key,
  })
}

export async function listFindings(prison: string, area: string): Promise<Finding[]> {
  const path = `/prisons/${prison}/areas/${area}/findings`
  return (await call<{ findings: Finding[] }>(path)).data.findings
}

/** The generic facts of one ledger in one area, summed over some days. */
export async function getCompleteness(prison: string): Promise<Completeness> {
  return (await call<Completeness>(`/prisons/${prison}/completeness`)).data
}

export async function getLog(prison: string): Promise<LogState> {
  return (await call<LogState>(`/prisons/${prison}/log`)).data
}
