import type { Claim, Decision, EntryView, Role } from '../api/model'
import { StepNow } from '../approval/StepNow'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { type Schema, type Text, text } from '../schema/types'
import { useNames } from '../ui/names'
import { labelOf } from './labels'
import { LeftOut } from './MovedOver'
import { WrittenWhen } from './WrittenWhen'

/** The chain of the latest revision: which steps are done, which one is next. */
export function Chain({ view }: { view: EntryView }) {
  const lang = useLang()
  const t = useT()
  const { entry } = view
  const revision = view.revisions.find((r) => r.revision === entry.revision)
  if (!revision) return null
  return (
    <ol className="chain">
      {revision.chain.map((step, index) => {
        const done = entry.state === 'approved' || entry.state === 'voided' || index < entry.step
        const now = entry.state === 'submitted' && index === entry.step
        const decisions = view.decisions.filter(
          (d) => d.revision === entry.revision && d.step === index,
        )
        return (
          <li
            key={step.id}
            className={done ? 'done' : now ? 'now' : ''}
            aria-current={now ? 'step' : undefined}
          >
            <strong>{text(step.title, lang)}</strong>{' '}
            {decisions.map((d) => (
              <span key={d.id}>
                <span className={`status ${d.verdict === 'approve' ? 'approved' : 'returned'}`}>
                  {t(`verdict.${d.verdict}`)}
                </span>{' '}
                <Decider decision={d} /> {showTime(d.recorded_at)}{' '}
              </span>
            ))}
            {now && <StepNow view={view} />}
            {decisions.length === 0 && !done && !(now && view.deciding) && (
              <span className="quiet">{now ? t('entry.stepNow') : t('entry.stepAhead')}</span>
            )}
          </li>
        )
      })}
    </ol>
  )
}

/** Who decided, and in whose name. */
function Decider({ decision }: { decision: Decision }) {
  const t = useT()
  if (!decision.for_name) return decision.decided_by_name
  return t('approval.for', { deputy: decision.decided_by_name, holder: decision.for_name })
}

/** Every decision with its words, the voids that were asked for, and who signs beside the post. */
export function Decisions({ view, schema }: { view: EntryView; schema: Schema }) {
  const lang = useLang()
  const t = useT()
  if (
    view.decisions.length === 0 &&
    view.voids.length === 0 &&
    view.signers.every((s) => s.kind === 'holder')
  )
    return <p className="quiet">{t('entry.noDecisions')}</p>
  return (
    <ul className="changes">
      {view.hushed && <li className="quiet">{t('entry.hushed')}</li>}
      {view.decisions.map((d) => (
        <li key={d.id}>
          <span className={`status ${good.has(d.verdict) ? 'approved' : 'returned'}`}>
            {t(`verdict.${d.verdict}`)}
          </span>{' '}
          {t('entry.revisionN', { n: d.revision })} · <Decider decision={d} /> ·{' '}
          {t(`role.${d.role}`)}
          {d.capacity === 'higher' && ` · ${t('approval.higherDone')}`} · {showTime(d.recorded_at)}
          {d.comment && <p>{d.comment}</p>}
          {d.remarks.map((r) => (
            <p key={r.pointer + r.text}>
              <strong>{labelOf(schema, r.pointer, lang)}</strong> {r.text}
            </p>
          ))}
        </li>
      ))}
      {view.voids.map((v) => (
        <li key={v.id}>
          <span className="status warning">{t('voiding.request')}</span>{' '}
          {t('entry.revisionN', { n: v.revision })} · {v.asked_by_name} ·{' '}
          {t(`role.${v.role as Role}`)} · {showTime(v.recorded_at)}
          <p>{v.reason}</p>
        </li>
      ))}
      {view.signers
        .filter((s) => s.kind !== 'holder')
        .map((s) => (
          <li key={s.id}>
            {t(signing[s.kind as keyof typeof signing])} · {s.by_name} → {s.name} ·{' '}
            {showTime(s.recorded_at)}
            <p>{s.reason}</p>
          </li>
        ))}
    </ul>
  )
}

/** Verdicts that leave what was written standing. */
const good = new Set<Decision['verdict']>(['approve', 'keep'])

const signing = {
  transfer: 'approval.signerTransfer',
  before: 'approval.signerBefore',
  after: 'approval.signerAfter',
} as const

const known = [
  'created',
  'opened',
  'not_opened',
  'submitted',
  'approved',
  'signed',
  'opposed',
  'transferred',
  'added',
  'restaffed',
  'returned',
  'withdrawn',
  'revised',
  'amended',
  'retaken',
  'rebased',
  'not_moved',
  'void_asked',
  'void_refused',
  'void_withdrawn',
  'voided',
  'amendment_ended',
  'discarded',
  'written_offline',
  'branched',
  'branch_resolved',
] as const

/** What names the officer whose entry it is, and is the program's work. */
const programs = new Set(['rebased', 'not_moved', 'not_opened'])

/** What happened to the entry and when the server heard of it, newest first. */
export function Timeline({ view }: { view: EntryView }) {
  const t = useT()
  const names = useNames()
  const lang = useLang()
  // The server's order, turned round: acts of one transaction bear one time.
  const newest = [...view.events].reverse()
  return (
    <ol className="timeline">
      {newest.map((event) => {
        const kind = known.find((k) => k === event.kind)
        return (
          <li key={`${event.recorded_at}${event.kind}`}>
            <strong>{kind ? t(`event.${kind}`) : event.kind}</strong>
            {event.revision > 0 && ` · ${t('entry.revisionN', { n: event.revision })}`} ·{' '}
            {programs.has(event.kind) ? t('entry.program') : event.person_name}
            <div className="quiet">{showTime(event.recorded_at)}</div>
            {event.kind === 'not_opened' && (
              <p>{names.ledger((event.detail as { ledger?: string }).ledger ?? '')}</p>
            )}
            {event.kind === 'not_moved' && (
              <p>
                {t('event.not_moved_why', {
                  fields: ((event.detail as { held?: Text[] }).held ?? [])
                    .map((h) => text(h, lang))
                    .join(t('marks.list')),
                })}
              </p>
            )}
            {event.kind === 'discarded' && <p>{(event.detail as { reason?: string }).reason}</p>}
            <LeftOut ledger={view.entry.ledger} event={event} />
            <WrittenWhen claim={(event.detail as { written?: Claim }).written} />
          </li>
        )
      })}
    </ol>
  )
}
