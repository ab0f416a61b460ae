import { Link, useParams } from 'react-router'
import { Acts } from '../accreditation/Acts'
import { AskOpinion } from '../accreditation/AskOpinion'
import { Conditions } from '../accreditation/Conditions'
import { MakeRecord } from '../accreditation/MakeRecord'
import { Prepare } from '../accreditation/Prepare'
import { Records, type Said } from '../accreditation/Records'
import { Road } from '../accreditation/Road'
import { Timers } from '../accreditation/Timers'
import { Version } from '../accreditation/Version'
import { useLevel, useUnit } from '../accreditation/words'
import { useCase, type WholeCase } from '../api/cases'
import { packageUrl } from '../api/meetings'
import { useStandardName } from '../api/standards'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../accreditation/cases.css'

/** One case: its road drawn, what may be done, what it rests on, and all that was done. */
export default function CasePage() {
  const { prison = '', case: id = '' } = useParams()
  return <Ready query={useCase({ prison, id })}>{(whole) => <Whole whole={whole} />}</Ready>
}

function Whole({ whole }: { whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const unit = useUnit()
  return (
    <>
      <PageTitle
        title={`${unit(whole)} · ${level(whole.level)}`}
        beside={<span className="status submitted">{text(whole.state_title, lang)}</span>}
      />
      <section className="panel">
        <Road whole={whole} />
        <Standing whole={whole} />
      </section>
      {whole.lost.map((l) => (
        <section key={l.title} className="panel" role="alert">
          <p className="danger">{t('cases.lost', { level: level(l.level) })}</p>
          <p className="quiet">{t('cases.lostMeans')}</p>
          <Conditions of={l.conditions} />
        </section>
      ))}
      <Acts whole={whole} />
      <Prepare whole={whole} />
      {whole.makes.length > 0 && (
        <section className="panel">
          {whole.makes.map((m) => (
            <MakeRecord key={m.kind} whole={whole} makes={m} />
          ))}
        </section>
      )}
      {whole.conditions && whole.lost.length === 0 && (
        <section className="panel" aria-labelledby="case-conditions">
          <h2 id="case-conditions">{t('cases.conditions')}</h2>
          <Conditions of={whole.conditions} />
        </section>
      )}
      {whole.opinions.length > 0 && <Opinions whole={whole} />}
      {whole.items.length > 0 && <Deliberated whole={whole} />}
      <Version whole={whole} />
      <Records whole={whole} />
      <History whole={whole} />
    </>
  )
}

function Standing({ whole }: { whole: WholeCase }) {
  const t = useT()
  const standardName = useStandardName()
  const { pin, title } = whole
  return (
    <p className="case-facts">
      {whole.score && whole.after_carry && whole.carry !== '0' ? (
        <span>
          {t('cases.scoreAfter', {
            own: shown(whole.score),
            carry: shown(whole.carry),
            score: shown(whole.after_carry),
            line: whole.line,
          })}
        </span>
      ) : whole.score ? (
        <span>{t('cases.score', { score: shown(whole.score), line: whole.line })}</span>
      ) : (
        <span>{t('cases.line', { line: whole.line })}</span>
      )}
      {whole.self_score && <span>{t('cases.self', { score: shown(whole.self_score) })}</span>}
      {whole.check && (
        <Link to={`/prisons/${whole.prison}/checks/${whole.check}`}>{t('cases.check')}</Link>
      )}
      {pin && (
        <span>
          {t('cases.pinned', { standard: standardName(pin.standard), version: pin.version })}
        </span>
      )}
      {whole.state === 'POSTPONED' && <Link to="/rectifications">{t('cases.toRectify')}</Link>}
      {whole.earliest && <span>{t('cases.earliest', { day: whole.earliest })}</span>}
      {whole.cycle_start && (
        <span>{t('cases.cycle', { cycle: whole.cycle, start: whole.cycle_start })}</span>
      )}
      {whole.carry !== '0' && whole.state !== 'RECHECK' && whole.state !== 'REVOKED' && (
        <span className="late">{t('cases.carry', { carry: shown(whole.carry) })}</span>
      )}
      {title && (
        <span>
          {t('cases.held', {
            wording: title.wording,
            no: title.document_no,
            on: title.named_on,
          })}{' '}
          {t(title.standing ? 'cases.stands' : 'cases.revoked')}
        </span>
      )}
      {whole.previous && (
        <Link to={`/prisons/${whole.prison}/cases/${whole.previous}`}>{t('cases.previous')}</Link>
      )}
      <Timers list={whole.timers.filter((x) => !x.department)} />
    </p>
  )
}

function Opinions({ whole }: { whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const given = whole.opinions.filter((o) => o.given).length
  const said = ({ value, reason }: Said) =>
    `${value ? t(`cases.value_${value}`) : ''} ${reason ?? ''}`
  return (
    <section className="panel" aria-labelledby="case-opinions">
      <h2 id="case-opinions">{t('cases.opinions')}</h2>
      <p>{t('cases.opinion', { given, asked: whole.opinions.length })}</p>
      {whole.proposal.length === 0 ? (
        <p>{t('cases.noProposal')}</p>
      ) : (
        <p className="danger">
          {t('cases.proposal')} {whole.proposal.map((p) => text(p, lang)).join(' · ')}
        </p>
      )}
      {whole.warnings.map((w) => (
        <p key={w.zh} className="late">
          {text(w, lang)}
        </p>
      ))}
      <ul>
        {whole.opinions.map((o) => (
          <li key={o.department}>
            {names.office(o.department)}
            {t('marks.colon')}
            {o.given
              ? said(o.given.body) + t('marks.aside', { of: o.given.by })
              : t('cases.notGiven', { due: o.due_on })}{' '}
            <Link to={`/prisons/${whole.prison}/cases/${whole.id}/opinions/${o.department}`}>
              {t(o.may_give ? 'opinions.give' : 'opinions.open')}
            </Link>
          </li>
        ))}
      </ul>
      {whole.may_ask_opinion && <AskOpinion whole={whole} />}
    </section>
  )
}

/** What the bodies decided; who voted how stands at the meeting, for those who may open it. */
function Deliberated({ whole }: { whole: WholeCase }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="case-deliberated">
      <h2 id="case-deliberated">{t('meetings.ofCase')}</h2>
      <ul>
        {whole.items.map((i) => (
          <li key={i.id}>
            {i.day} · {t(`meetings.body_${i.body}`)} ·{' '}
            {i.outcome
              ? t(`meetings.outcome_${i.outcome}`)
              : t(i.taken_off ? 'meetings.off' : 'meetings.open')}{' '}
            {i.text ?? i.taken_off}{' '}
            {i.may_open && <Link to={`/meetings/${i.meeting}`}>{t('meetings.openItem')}</Link>}
          </li>
        ))}
      </ul>
      {whole.package && (
        <p>
          <a href={packageUrl(whole.prison, whole.id)}>{t('meetings.package')}</a>
        </p>
      )}
    </section>
  )
}

function History({ whole }: { whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  return (
    <section className="panel" aria-labelledby="case-history">
      <h2 id="case-history">{t('cases.history')}</h2>
      {whole.events.length === 0 ? (
        <Empty>{t('cases.noHistory')}</Empty>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('cases.when')}</th>
              <th scope="col">{t('cases.actOf')}</th>
              <th scope="col">{t('cases.who')}</th>
              <th scope="col">{t('cases.why')}</th>
            </tr>
          </thead>
          <tbody>
            {whole.events.map((e) => (
              <tr key={e.seq}>
                <td>{showTime(e.recorded_at)}</td>
                <td>
                  {text(e.title, lang)} <span className="mono">{e.transition}</span>
                </td>
                <td>{e.by || t('cases.program')}</td>
                <td>
                  {[
                    e.reason,
                    e.document,
                    e.document_on,
                    (e.detail as { waived?: boolean }).waived && t('cases.waived'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}{' '}
                  {scored.includes(e.from) && e.from !== e.to && e.record && (
                    <Link to={`/prisons/${whole.prison}/runs/${e.record}`}>{t('checks.run')}</Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** The steps that rest on a sheet: what became of them shows it. */
const scored = ['BASELINE', 'ON_SITE', 'LOOKBACK', 'RECHECK']
