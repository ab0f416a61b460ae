import type { Claim, EntryView } from '../api/model'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { type Schema, text } from '../schema/types'
import { labelOf } from './labels'
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
        const decision = view.decisions.find(
          (d) => d.revision === entry.revision && d.step === index,
        )
        return (
          <li
            key={step.id}
            className={done ? 'done' : now ? 'now' : ''}
            aria-current={now ? 'step' : undefined}
          >
            <strong>{text(step.title, lang)}</strong>{' '}
            {decision ? (
              <>
                <span
                  className={`status ${decision.verdict === 'approve' ? 'approved' : 'returned'}`}
                >
                  {t(`verdict.${decision.verdict}`)}
                </span>{' '}
                {decision.decided_by_name} {showTime(decision.recorded_at)}
              </>
            ) : (
              <span className="quiet">{now ? t('entry.stepNow') : t('entry.stepAhead')}</span>
            )}
          </li>
        )
      })}
    </ol>
  )
}

/** Every decision with its words. */
export function Decisions({ view, schema }: { view: EntryView; schema: Schema }) {
  const lang = useLang()
  const t = useT()
  if (view.decisions.length === 0) return <p className="quiet">{t('entry.noDecisions')}</p>
  return (
    <ul className="changes">
      {view.decisions.map((d) => (
        <li key={d.id}>
          <span className={`status ${d.verdict === 'approve' ? 'approved' : 'returned'}`}>
            {t(`verdict.${d.verdict}`)}
          </span>{' '}
          {t('entry.revisionN', { n: d.revision })} · {d.decided_by_name} · {t(`role.${d.role}`)} ·{' '}
          {showTime(d.recorded_at)}
          {d.comment && <p>{d.comment}</p>}
          {d.remarks.map((r) => (
            <p key={r.pointer + r.text}>
              <strong>{labelOf(schema, r.pointer, lang)}</strong> {r.text}
            </p>
          ))}
        </li>
      ))}
    </ul>
  )
}

const known = [
  'created',
  'opened',
  'submitted',
  'approved',
  'returned',
  'withdrawn',
  'revised',
  'amended',
  'retaken',
  'rebased',
  'voided',
  'discarded',
  'written_offline',
  'branched',
  'branch_resolved',
] as const

/** What happened to the entry and when the server heard of it, newest first. */
export function Timeline({ view }: { view: EntryView }) {
  const t = useT()
  const newest = [...view.events].sort((a, b) => b.recorded_at.localeCompare(a.recorded_at))
  return (
    <ol className="timeline">
      {newest.map((event) => {
        const kind = known.find((k) => k === event.kind)
        return (
          <li key={`${event.recorded_at}${event.kind}`}>
            <strong>{kind ? t(`event.${kind}`) : event.kind}</strong>
            {event.revision > 0 && ` · ${t('entry.revisionN', { n: event.revision })}`} ·{' '}
            {event.person_name}
            <div className="quiet">{showTime(event.recorded_at)}</div>
            <WrittenWhen claim={(event.detail as { written?: Claim }).written} />
          </li>
        )
      })}
    </ol>
  )
}
