import { Button } from 'antd'
import { Link } from 'react-router'
import {
  actOnItem,
  attachMinutes,
  type Deliberation,
  minutesUrl,
  packageUrl,
  type Seat,
} from '../api/meetings'
import { ActForm } from '../checks/ActForm'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { toast } from '../ui/toast'
import { Conditions } from './Conditions'
import { useLevel, useUnit } from './words'
import './cases.css'
import '../checks/checks.css'

const votes = ['for', 'against', 'abstain'] as const
const outcomes = ['agree', 'send_back', 'reject', 'adjourn'] as const

/** One item of an agenda, as it stands or as it was frozen. */
export function Item({ item }: { item: Deliberation }) {
  const t = useT()
  const unit = useUnit()
  const level = useLevel()
  const title = t('meetings.item', {
    number: item.number,
    unit: unit(item),
    level: level(item.level),
  })
  return (
    <section className="panel" aria-label={title}>
      <h2>
        {title}{' '}
        <span className={`status ${item.frozen ? 'approved' : 'draft'}`}>
          {item.frozen && item.outcome
            ? t(`meetings.outcome_${item.outcome}`)
            : t(item.taken_off ? 'meetings.off' : 'meetings.open')}
        </span>
      </h2>
      <p className="case-facts">
        <Link to={`/prisons/${item.prison}/cases/${item.case}`}>{t('meetings.case')}</Link>
        {item.package && <a href={packageUrl(item.prison, item.case)}>{t('meetings.package')}</a>}
        {!item.taken_off && <Counted tally={item.tally} />}
      </p>
      {item.taken_off ? (
        <p>
          {t('meetings.takenOff', {
            by: item.taken_off.by,
            at: showTime(item.taken_off.at),
            reason: item.taken_off.reason,
          })}
        </p>
      ) : (
        <Acted item={item} />
      )}
    </section>
  )
}

function Counted({ tally }: { tally: Deliberation['tally'] }) {
  const t = useT()
  return (
    <>
      <span>
        {t('meetings.tally', {
          voting: tally.voting,
          out: tally.out,
          need: tally.need,
          present: tally.present,
        })}
      </span>
      <span className={`status ${tally.quorum ? 'approved' : 'warning'}`}>
        {t(tally.quorum ? 'meetings.quorum' : 'meetings.noQuorum')}
      </span>
      <span>
        {t('meetings.votes', {
          for: tally.for,
          against: tally.against,
          abstain: tally.abstain,
          open: tally.open,
        })}
      </span>
    </>
  )
}

/** An item that is on the agenda: what there is to see, to vote and to record. */
function Acted({ item }: { item: Deliberation }) {
  const t = useT()
  const open = item.may.includes('outcome') || item.seats.some((s) => (s.may ?? []).length > 0)
  return (
    <>
      {item.moot && !item.frozen && <p className="danger">{t('meetings.moot')}</p>}
      {!item.moot && !item.frozen && !open && (
        <p className="quiet">{t('meetings.ahead', { day: item.day })}</p>
      )}
      {item.may.includes('outcome') && <p className="quiet">{t('meetings.step')}</p>}
      {item.show_due && (
        <p className={item.shown ? 'danger' : undefined}>
          {t(item.shown ? 'meetings.showChanged' : 'meetings.showFirst')}
        </p>
      )}
      {item.may.includes('show') && <Show item={item} />}
      <Seats item={item} />
      {item.shown && (
        <>
          <h3>{t('meetings.shown', { day: item.shown.day })}</h3>
          <Conditions of={item.shown} />
        </>
      )}
      <Decided item={item} />
      {item.may.includes('outcome') && <Decide item={item} />}
      {item.may.includes('taken_off') && (
        <ActForm
          label={t('meetings.takeOff')}
          done={t('meetings.takenOffDone')}
          say={(typed, key) => actOnItem(item, { kind: 'taken_off', reason: typed('reason') }, key)}
        >
          <label className="wide">
            {t('meetings.reason')}
            <input name="reason" required maxLength={1000} />
          </label>
        </ActForm>
      )}
    </>
  )
}

/** The conditions of the prison, put before the body by one click. */
function Show({ item }: { item: Deliberation }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const show = async () => {
    if (await run((key) => actOnItem(item, { kind: 'show' }, key))) toast(t('meetings.shownDone'))
  }
  return (
    <>
      <Button type="primary" loading={busy} onClick={() => void show()}>
        {t(item.shown ? 'meetings.showAgain' : 'meetings.show')}
      </Button>
      <Problems list={problems} />
    </>
  )
}

function Seats({ item }: { item: Deliberation }) {
  const t = useT()
  return (
    <table className="plain">
      <caption className="sr-only">{t('meetings.seats')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('meetings.member')}</th>
          <th scope="col">{t('meetings.present')}</th>
          <th scope="col">{t('meetings.vote')}</th>
          <th scope="col">{t('meetings.recusal')}</th>
        </tr>
      </thead>
      <tbody>
        {item.seats.map((s) => (
          <SeatRow key={s.person} item={item} seat={s} />
        ))}
      </tbody>
    </table>
  )
}

function SeatRow({ item, seat }: { item: Deliberation; seat: Seat }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const may = seat.may ?? []
  const out = seat.barred !== undefined || seat.recused !== undefined
  const say = (kind: 'presence' | 'vote', value: string) =>
    void run((key) => actOnItem(item, { kind, person: seat.person, value }, key))
  return (
    <tr>
      <td>
        {seat.name} {!seat.voting && <span className="quiet">{t('meetings.noVote')}</span>}
        <Problems list={problems} />
      </td>
      <td>
        {may.includes('presence') ? (
          <input
            type="checkbox"
            aria-label={t('meetings.presentOf', { name: seat.name })}
            checked={seat.present}
            disabled={busy}
            onChange={(e) => say('presence', e.target.checked ? 'present' : 'absent')}
          />
        ) : (
          !out && t(seat.present ? 'meetings.isPresent' : 'meetings.isAbsent')
        )}
      </td>
      <td>
        {may.includes('vote') ? (
          <select
            aria-label={t('meetings.voteOf', { name: seat.name })}
            value={seat.vote ?? ''}
            disabled={busy}
            onChange={(e) => say('vote', e.target.value)}
          >
            {seat.vote === undefined && <option value="">{t('meetings.notVoted')}</option>}
            {votes.map((v) => (
              <option key={v} value={v}>
                {t(`meetings.vote_${v}`)}
              </option>
            ))}
          </select>
        ) : (
          seat.vote && t(`meetings.vote_${seat.vote}`)
        )}{' '}
        {seat.voted_by && (
          <small className="quiet">
            {seat.voted_by === seat.name
              ? t('meetings.inPerson')
              : t('meetings.readIn', { by: seat.voted_by })}
          </small>
        )}
      </td>
      <td>
        {seat.barred && t(`meetings.barred_${seat.barred}`)}
        {seat.recused && t('meetings.recused', { reason: seat.recused })}
        {may.includes('recuse') && (
          <ActForm
            label={t('meetings.recuse')}
            of={seat.name}
            done={t('meetings.recuseDone')}
            say={(typed, key) =>
              actOnItem(item, { kind: 'recuse', person: seat.person, reason: typed('reason') }, key)
            }
          >
            <label className="wide">
              {t('meetings.reason')}
              <input name="reason" required maxLength={1000} />
            </label>
          </ActForm>
        )}
      </td>
    </tr>
  )
}

function Decided({ item }: { item: Deliberation }) {
  const t = useT()
  return (
    <>
      {item.outcome && (
        <p>
          <strong>{t(`meetings.outcome_${item.outcome}`)}</strong> {item.text}
        </p>
      )}
      <p className="case-facts">
        {item.minutes ? (
          <a href={minutesUrl(item)}>
            {t('meetings.minutes')}
            {t('marks.colon')}
            {item.minutes.name}
          </a>
        ) : (
          <span className="quiet">{t('meetings.noMinutes')}</span>
        )}
        {item.frozen && (
          <>
            <span>
              {t('meetings.frozen', { by: item.frozen.by, at: showTime(item.frozen.at) })}
            </span>
            <span>
              {t('meetings.digest')} <span className="mono">{item.frozen.digest}</span>
            </span>
          </>
        )}
      </p>
    </>
  )
}

/** What the secretary does with the item as a whole. */
function Decide({ item }: { item: Deliberation }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const freeze = async () => {
    if (await run((key) => actOnItem(item, { kind: 'freeze', seen: item.seen }, key)))
      toast(t('meetings.frozenDone'))
  }
  return (
    <>
      <ActForm
        key={item.outcome}
        label={t('meetings.record')}
        open={!item.outcome}
        done={t('meetings.recorded')}
        say={(typed, key) =>
          actOnItem(
            item,
            {
              kind: 'outcome',
              value: typed('outcome'),
              reason: typed('text'),
              seen: item.seen,
            },
            key,
          )
        }
      >
        <label>
          {t('meetings.outcome')}
          <select name="outcome">
            {outcomes.map((o) => (
              <option key={o} value={o}>
                {t(`meetings.outcome_${o}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="wide">
          {t('meetings.text')}
          <input name="text" required maxLength={1000} />
        </label>
      </ActForm>
      <Attach item={item} />
      <Problems list={problems} />
      {item.may.includes('freeze') && (
        <p>
          <Button type="primary" loading={busy} onClick={() => void freeze()}>
            {t('meetings.freeze')}
          </Button>{' '}
          <small className="quiet">{t('meetings.freezeHint')}</small>
        </p>
      )}
    </>
  )
}

function Attach({ item }: { item: Deliberation }) {
  const t = useT()
  const { problems, run } = useAct()
  const send = async (file: File | undefined) => {
    if (file && (await run((key) => attachMinutes(item, file, key)))) toast(t('meetings.attached'))
  }
  return (
    <p>
      <label>
        {t('meetings.attach')}{' '}
        <input type="file" onChange={(e) => void send(e.target.files?.[0])} />
      </label>{' '}
      <small className="quiet">{t('meetings.minutesHint')}</small>
      <Problems list={problems} />
    </p>
  )
}
