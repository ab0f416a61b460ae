import { Link } from 'react-router'
import { actOnFinding, type CheckFinding, type NewDecision, type WholeCheck } from '../api/checks'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { ActForm, Sentences } from './ActForm'
import { Thumbs } from './Photos'

interface Props {
  prison: string
  check: WholeCheck
  /** What the lines of the pinned standard say. */
  lines: Map<string, string>
  /** The indicator of each, by its code. */
  codes: Map<string, string>
}

/** What was found, each with what the unit said to it and what became of that. */
export function Findings({ check, ...of }: Props) {
  const t = useT()
  if (check.findings.length === 0) return <p className="quiet">{t('checks.none')}</p>
  return check.findings.map((f) => <Finding key={f.id} check={check} finding={f} {...of} />)
}

function Finding({ prison, check, lines, codes, finding: f }: Props & { finding: CheckFinding }) {
  const t = useT()
  const title = f.line ? (lines.get(f.line) ?? f.line) : t('checks.advice')
  const say = (what: Parameters<typeof actOnFinding>[3]) => (body: unknown, key: string) =>
    actOnFinding(prison, check.id, f.id, what, body, key)
  return (
    <article className="check-finding" aria-label={title}>
      <h3>
        {f.line && <span className="mono">{codes.get(f.line)}</span>} {title}{' '}
        {f.line && (f.per === undefined ? `× ${f.count}` : `${shown(f.of)} / ${shown(f.per)}`)}
      </h3>
      <p>
        <span className="status excused">
          {t(`checks.severities.${f.severity}`)} × {t(`checks.scopes.${f.scope}`)}
        </span>{' '}
        {f.key && <span className="status overdue">{t('checks.isKey')}</span>}{' '}
        {f.sources.length === 1 && <span className="status warning">{t('checks.oneSource')}</span>}{' '}
        {f.withdrawn && <span className="status voided">{t('checks.withdrawn')}</span>}{' '}
        {f.event && <span className="quiet">{t('checks.eventIs', { event: f.event })}</span>}
      </p>
      <p>{f.note}</p>
      <p>
        <strong>{t('checks.conclusion')}</strong> {f.conclusion}
      </p>
      <p className="quiet">
        {f.day} {f.time} {f.place} {f.subject}{' '}
        {f.sources.map((s) => t(`checks.sourceKinds.${s}`)).join(t('marks.list'))}{' '}
        {f.video && t(`checks.videos.${f.video}`)} {f.found_by_name} {showTime(f.recorded_at)}{' '}
        {f.entry && <Link to={`/prisons/${prison}/entries/${f.entry}`}>{t('checks.entry')}</Link>}
      </p>
      <Thumbs prison={prison} check={check.id} list={f.photos} />
      {f.draw && (
        <p className="quiet">
          {t('checks.drawIs', { seed: f.draw.seed, roster: f.draw.roster })}{' '}
          {f.draw.drawn.join(t('marks.list'))}
        </p>
      )}
      {f.withdrawn && (
        <p className="quiet">
          {t('checks.withdrawn')}
          {t('marks.colon')}
          {f.withdrawn.reason} {f.withdrawn.by_name}
        </p>
      )}
      {f.replies.map((r) => (
        <p key={r.id}>
          <span className={`status ${r.agrees ? 'approved' : 'returned'}`}>
            {t(r.agrees ? 'checks.agrees' : 'checks.dissents')}
          </span>{' '}
          {r.text}{' '}
          <span className="quiet">
            {r.by_name} {showTime(r.recorded_at)}
          </span>
        </p>
      ))}
      {f.appeal && (
        <p>
          <span className="status submitted">{t('checks.appealed')}</span> {f.appeal.reason}{' '}
          <span className="quiet">
            {f.appeal.asked_by_name} {showTime(f.appeal.recorded_at)}
          </span>
        </p>
      )}
      {f.appeal?.decision && (
        <p>
          <span className="status approved">
            {t(`checks.verdicts.${f.appeal.decision.verdict}`)}{' '}
            {f.appeal.decision.count ?? shown(f.appeal.decision.of)}
          </span>{' '}
          {f.appeal.decision.reason}{' '}
          <span className="quiet">
            {f.appeal.decision.decided_by_name} {showTime(f.appeal.decision.recorded_at)}
          </span>
        </p>
      )}
      <div className="actions">
        {f.actions.includes('withdraw') && (
          <ActForm
            label={t('checks.withdraw')}
            of={title}
            done={t('checks.done')}
            say={(typed, key) => say('withdrawal')({ reason: typed('reason') }, key)}
          >
            <Sentences name="reason" label={t('checks.reason')} />
          </ActForm>
        )}{' '}
        {f.actions.includes('reply') && (
          <ActForm
            label={t('checks.reply')}
            of={title}
            done={t('checks.done')}
            say={(typed, key) =>
              say('replies')({ agrees: typed('agrees') === 'yes', text: typed('text') }, key)
            }
          >
            <label>
              {t('checks.position')}
              <select name="agrees">
                <option value="yes">{t('checks.agrees')}</option>
                <option value="no">{t('checks.dissents')}</option>
              </select>
            </label>
            <Sentences name="text" label={t('checks.replyText')} />
          </ActForm>
        )}{' '}
        {f.actions.includes('appeal') && (
          <ActForm
            label={t('checks.appeal')}
            of={title}
            done={t('checks.done')}
            say={(typed, key) => say('appeal')({ reason: typed('reason') }, key)}
          >
            <Sentences name="reason" label={t('checks.reason')} />
          </ActForm>
        )}{' '}
        {f.actions.includes('decide') && (
          <ActForm
            label={t('checks.decide')}
            of={title}
            done={t('checks.done')}
            say={(typed, key) => {
              const verdict = typed('verdict') as NewDecision['verdict']
              const body: NewDecision = { verdict, reason: typed('reason') }
              if (verdict === 'reduce' && f.of !== undefined) body.of = typed('instead')
              if (verdict === 'reduce' && f.of === undefined) body.count = Number(typed('instead'))
              return say('appeal/decision')(body, key)
            }}
          >
            <label>
              {t('checks.verdict')}
              <select name="verdict">
                <option value="uphold">{t('checks.verdicts.uphold')}</option>
                <option value="reduce">{t('checks.verdicts.reduce')}</option>
                <option value="annul">{t('checks.verdicts.annul')}</option>
              </select>
            </label>
            <label>
              {t('checks.instead')}
              <input name="instead" inputMode="decimal" />
            </label>
            <Sentences name="reason" label={t('checks.reason')} />
          </ActForm>
        )}
      </div>
    </article>
  )
}
