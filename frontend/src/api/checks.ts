import { useQuery } from '@tanstack/react-query'
import type { components, operations } from './api-schema'
import { call, newKey, url } from './http'
import type { Sheet } from './model'

type S = components['schemas']
type Body<O extends keyof operations> = operations[O] extends {
  requestBody: { content: { 'application/json': infer B } }
}
  ? B
  : never

export type Check = S['UnitCheck']
export type WholeCheck = S['WholeCheck']
export type CheckKind = S['CheckKind']
export type Framework = S['CheckFramework']
export type CheckFinding = S['CheckFinding']
export type Candidate = S['Candidate']
export type Rectification = S['Rectification']
export type NewCheck = Body<'checks.open'>
export type NewCheckFinding = Body<'checks.find'>
export type NewDecision = Body<'checks.decide'>
export type Drawing = S['Drawing']
export type DrawnItem = Drawing['drawn'][number]
export type NewDraw = Body<'draws.create'>
export type NewMark = Body<'draws.mark'>
export type NewValue = Body<'draws.value'>
export type ScoredTwice = S['ScoredTwice']
export type Calibration = S['Calibration']
export type OnRoute = S['OnRoute']
export type Look = S['Look']
export type LookResult = S['LookResult']
export type NewLook = Body<'looks.add'>
export type NewItemAct = Body<'rectifications.act'>

const checks = (prison: string) => `/prisons/${prison}/checks`
const one = (prison: string, check: string) => `${checks(prison)}/${check}`

interface Listed {
  checks: Check[]
  more: boolean
  may: CheckKind[]
  frameworks: Framework[]
}

export function useChecks(prison: string) {
  const queryFn = async () => (await call<Listed>(checks(prison))).data
  return useQuery({ queryKey: ['checks', prison], queryFn, enabled: prison !== '' })
}

export function useCheck(prison: string, check: string) {
  const queryFn = async () => (await call<WholeCheck>(one(prison, check))).data
  return useQuery({ queryKey: ['check', prison, check], queryFn })
}

/** The sheet in force; before it is confirmed, as it would be now. */
export function useCheckSheet(prison: string, check: string) {
  const queryFn = async () =>
    (await call<{ sheet: Sheet }>(`${one(prison, check)}/sheet`)).data.sheet
  return useQuery({ queryKey: ['check sheet', prison, check], queryFn })
}

export function useCandidates(
  prison: string,
  kind: CheckKind,
  wanted: Record<'q' | 'domain' | 'standard' | 'area' | 'from' | 'to', string | undefined>,
) {
  const query = { kind, ...wanted }
  const queryFn = async () =>
    (
      await call<{ people: Candidate[]; domains: S['SkillDomain'][] }>(
        `/prisons/${prison}/inspectors`,
        { query },
      )
    ).data
  return useQuery({
    queryKey: ['candidates', prison, kind, wanted],
    queryFn,
    // While somebody else is looked for, those of before stay: of this prison and kind alone.
    placeholderData: (before, of) =>
      of?.queryKey[1] === prison && of.queryKey[2] === kind ? before : undefined,
  })
}

export function useRectifications(prison: string) {
  const queryFn = async () =>
    (
      await call<{ rectifications: Rectification[]; more: boolean }>(
        `/prisons/${prison}/rectifications`,
      )
    ).data
  return useQuery({ queryKey: ['rectifications', prison], queryFn, enabled: prison !== '' })
}

const post = (path: string, body: unknown, key: string) =>
  call<Check>(path, { method: 'POST', body, idempotencyKey: key })

export const openCheck = async (prison: string, body: NewCheck, key: string) =>
  (await post(checks(prison), body, key)).data

/** What is done to a check as a whole: confirm, close, cancel, members, findings. */
export const actOnCheck = (
  prison: string,
  check: string,
  what: 'confirm' | 'close' | 'cancel' | 'members' | 'findings',
  body: unknown,
  key: string,
) => post(`${one(prison, check)}/${what}`, body, key)

/** What is done to one of its findings. */
export const actOnFinding = (
  prison: string,
  check: string,
  finding: string,
  what: 'withdrawal' | 'replies' | 'appeal' | 'appeal/decision',
  body: unknown,
  key: string,
) => post(`${one(prison, check)}/findings/${finding}/${what}`, body, key)

/** The lines that a team sees for itself, in the standard's order. */
/** A day is given to the team where no look is taken today. */
interface CheckRoute {
  lines: OnRoute[]
  may_look: boolean
  opens_on?: string
  closed_after?: string
}

export function useRoute(prison: string, check: string) {
  const queryFn = async () => (await call<CheckRoute>(`${one(prison, check)}/looks`)).data
  return useQuery({ queryKey: ['route', prison, check], queryFn })
}

/** Brings photographs to a check, one after the other; the same one again costs nothing. */
export async function bring(prison: string, check: string, files: readonly Blob[]) {
  const sums: string[] = []
  for (const file of files) {
    const sum = await addPhoto(prison, check, file)
    if (!sums.includes(sum)) sums.push(sum)
  }
  return sums
}

export const addLook = (prison: string, check: string, body: NewLook, key: string) =>
  post(`${one(prison, check)}/looks`, body, key)

/** Brings a photograph; the same one again is the one that is there. */
export const addPhoto = async (prison: string, check: string, file: Blob) =>
  (
    await call<S['CheckPhoto']>(`${one(prison, check)}/photos`, {
      method: 'PATCH',
      body: file,
      idempotencyKey: newKey(),
      headers: { 'Content-Type': 'application/octet-stream' },
    })
  ).data.sha256

/** A photograph as it was taken, and small. */
export const photoUrl = (prison: string, check: string, photo: string) =>
  url(`${one(prison, check)}/photos/${photo}`)
export const thumbUrl = (prison: string, check: string, photo: string) =>
  url(`${one(prison, check)}/photos/${photo}/thumbnail`)

export function useDraws(prison: string, check: string) {
  const queryFn = async () => (await call<Drawings>(`${one(prison, check)}/draws`)).data
  return useQuery({ queryKey: ['draws', prison, check], queryFn })
}

export interface Drawings {
  draws: Drawing[]
  may_draw: boolean
  may_double: boolean
  calibration?: Calibration
}

export const drawLots = (prison: string, check: string, body: NewDraw, key: string) =>
  post(`${one(prison, check)}/draws`, body, key)

export const markDrawn = (
  prison: string,
  check: string,
  draw: string,
  body: NewMark,
  key: string,
) => post(`${one(prison, check)}/draws/${draw}/marks`, body, key)

export const sayValue = (
  prison: string,
  check: string,
  draw: string,
  body: NewValue,
  key: string,
) => post(`${one(prison, check)}/draws/${draw}/values`, body, key)

/** The very file that was drawn from. */
export const rosterUrl = (prison: string, check: string, draw: string) =>
  url(`${one(prison, check)}/draws/${draw}/roster`)

export const actOnItem = (prison: string, item: string, body: NewItemAct, key: string) =>
  post(`/prisons/${prison}/rectifications/${item}/acts`, body, key)
