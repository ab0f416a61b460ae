import { Link, useParams } from 'react-router'
import { actOnCheck, useCheck, useCheckSheet, type WholeCheck } from '../api/checks'
import { now } from '../api/clock'
import type { Sheet } from '../api/model'
import { useStandardName } from '../api/standards'
import { ActForm, Sentences } from '../checks/ActForm'
import { Draws } from '../checks/Draws'
import { FindingForm } from '../checks/FindingForm'
import { Findings } from '../checks/Findings'
import { Items } from '../checks/Items'
import { useCheckName } from '../checks/names'
import { Find, Uncovered, useCandidate, usePool } from '../checks/Pool'
import { tones } from '../checks/words'
import { showTime, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { Tree } from '../score/Tree'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../checks/checks.css'
import '../score/score.css'

/** A check: what the one before left open, its team, findings, sheet, and what is to be put right. */
export default function CheckPage() {
  const { prison = '', check = '' } = useParams()
  const names = useNames()
  const nameOf = useCheckName()
  const query = useCheck(prison, check)
  const sheet = useCheckSheet(prison, check)
  return (
    <Ready query={query}>
      {(c) => (
        <>
          <PageTitle
            title={`${c.area ? names.area(c.area) : names.prison(prison)} · ${nameOf(c)}`}
          />
          <Before prison={prison} check={c} />
          <Head prison={prison} check={c} />
          <Ready query={sheet}>{(s) => <Body prison={prison} check={c} sheet={s} />}</Ready>
        </>
      )}
    </Ready>
  )
}

interface Props {
  prison: string
  check: WholeCheck
}

/** The closing rate of the last check's items, and what was not verified when this one began. */
function Before({ prison, check }: Props) {
  const t = useT()
  if (!check.closing) return <p className="panel quiet">{t('checks.noneBefore')}</p>
  const { kind, verified, all } = check.closing
  return (
    <section className="panel" aria-labelledby="before">
      <h2 id="before">
        {t('checks.before', {
          kind: t(`checks.kinds.${kind}`),
          verified,
          all,
          percent: shown(`${verified * 100}/${Math.max(all, 1)}`),
        })}
      </h2>
      {check.carried.length === 0 ? (
        <p className="quiet">{t('checks.nothingCarried')}</p>
      ) : (
        <Items prison={prison} list={check.carried} />
      )}
    </section>
  )
}

function Head({ prison, check }: Props) {
  const t = useT()
  const standardName = useStandardName()
  const left = check.coverage.reduce((n, c) => n + c.of - c.looked, 0)
  const say = (what: Parameters<typeof actOnCheck>[2]) => (body: unknown, key: string) =>
    actOnCheck(prison, check.id, what, body, key)
  return (
    <section className="panel" aria-labelledby="check-head">
      <h2 id="check-head">{check.purpose}</h2>
      <p>
        <span className={`status ${tones[check.state]}`}>{t(`checks.states.${check.state}`)}</span>{' '}
        {check.from_day} – {check.to_day}{' '}
        {t('checks.pinned', { standard: standardName(check.standard), version: check.version })}
      </p>
      {check.kind === 'other' && <p className="quiet">{t('checks.frameworkMeans')}</p>}
      <p>
        {t('checks.team')}
        {t('marks.colon')}
        {check.members
          .map((m) => (m.leader ? t('checks.leaderIs', { name: m.name }) : m.name))
          .join(t('marks.list'))}
      </p>
      <p>
        <Link to="route">{t('looks.open')}</Link> {t('looks.coverage')}
        {t('marks.colon')}
        {check.coverage
          .map((c) => `${t(`checks.method.${c.method}`)} ${t('looks.progress', c)}`)
          .join(' · ')}
      </p>
      {check.uncovered && <Uncovered domains={check.uncovered} />}
      {check.appeal_until && <p>{t('checks.appealUntil', { day: check.appeal_until })}</p>}
      <ul>
        {check.acts.map((a) => (
          <li key={a.seq}>
            {t(`checks.states.${a.kind}`)} {a.by_name} {showTime(a.recorded_at)} {a.reason}{' '}
            {a.run && <Link to={`/prisons/${prison}/runs/${a.run}`}>{t('checks.run')}</Link>}
          </li>
        ))}
      </ul>
      <div className="actions">
        {check.actions.includes('confirm') && (
          <ActForm
            label={t('checks.confirm')}
            done={t('checks.confirmed')}
            say={(typed, key) => say('confirm')({ seq: check.seq, due_on: typed('due') }, key)}
          >
            <label>
              {t('checks.rectifyBy')}
              <input type="date" name="due" required min={today(now())} />
            </label>
            {left > 0 && (
              <p className="wide">
                <strong>{t('looks.leftAtConfirm', { n: left })}</strong>{' '}
                <Link to="route?left=true">{t('looks.goLook')}</Link>
              </p>
            )}
            <p className="wide quiet">{t('checks.confirmMeans')}</p>
          </ActForm>
        )}{' '}
        {check.actions.includes('close') && (
          <ActForm
            label={t('checks.close')}
            done={t('checks.closed')}
            say={(_, key) => say('close')({}, key)}
          >
            <p className="wide quiet">{t('checks.closeMeans')}</p>
          </ActForm>
        )}{' '}
        {check.actions.includes('member') && (
          <ActForm
            label={t('checks.call')}
            done={t('checks.done')}
            say={(typed, key) => say('members')({ person: typed('person') }, key)}
          >
            <Callable prison={prison} check={check} />
          </ActForm>
        )}{' '}
        {check.actions.includes('cancel') && (
          <ActForm
            label={t('checks.cancel')}
            done={t('checks.done')}
            say={(typed, key) => say('cancel')({ reason: typed('reason') }, key)}
          >
            <Sentences name="reason" label={t('checks.reason')} />
          </ActForm>
        )}
      </div>
    </section>
  )
}

function Callable({ prison, check }: Props) {
  const t = useT()
  const pool = usePool(prison, check.kind, {
    standard: check.kind === 'other' ? check.standard : undefined,
    area: check.area,
    from: check.from_day,
    to: check.to_day,
  })
  const said = useCandidate(pool.domains)
  const free = pool.people.filter(
    (p) =>
      pool.fits(p) &&
      (check.kind === 'self_check' || !p.own) &&
      !check.members.some((m) => m.person === p.person),
  )
  return (
    <>
      <Find {...pool} />
      <label>
        {t('checks.name')}
        <select name="person" required>
          {free.map((p) => (
            <option key={p.person} value={p.person} disabled={!!p.away_to}>
              {said(p)}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

function Body({ prison, check, sheet }: Props & { sheet: Sheet }) {
  const t = useT()
  const lang = useLang()
  const asked = sheet.domains.flatMap((d) =>
    (d.indicators ?? []).flatMap((i) => i.lines.map((l) => ({ ...l, indicator: i.code }))),
  )
  const lines = new Map(asked.map((l) => [l.id, text(l.title, lang)]))
  const codes = new Map(asked.map((l) => [l.id, l.indicator]))
  return (
    <>
      <section className="panel" aria-labelledby="check-sheet">
        <h2 id="check-sheet">{t(check.run ? 'checks.sheet' : 'checks.preview')}</h2>
        <div className="score-total">{sheet.display}</div>
        <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
          {t(sheet.passes ? 'score.pass' : 'score.fail')}
        </span>{' '}
        <span className="quiet">
          {t('score.of', { points: shown(sheet.points), line: shown(sheet.line) })}{' '}
          {t('score.window', { from: sheet.from, to: sheet.to })}
        </span>
        <details>
          <summary>{t('score.where')}</summary>
          <Tree
            sheet={sheet}
            prison={prison}
            checked={!!check.run}
            // What proves an area's indicators is asked by its own standard alone.
            {...(check.area && check.kind !== 'other' ? { area: check.area } : {})}
          />
        </details>
      </section>
      <section className="panel" aria-labelledby="check-findings">
        <h2 id="check-findings">{t('checks.findings')}</h2>
        <Findings prison={prison} check={check} lines={lines} codes={codes} />
      </section>
      <Draws prison={prison} check={check} lines={lines} />
      {check.actions.includes('finding') && (
        <section className="panel" aria-labelledby="check-find">
          <h2 id="check-find">{t('checks.find')}</h2>
          <FindingForm prison={prison} check={check} sheet={sheet} />
        </section>
      )}
      {check.items.length > 0 && (
        <section className="panel" aria-labelledby="check-items">
          <h2 id="check-items">{t('checks.rectifications')}</h2>
          <Items prison={prison} list={check.items} />
        </section>
      )}
    </>
  )
}
