import { Link, useNavigate } from 'react-router'
import { now } from '../api/clock'
import {
  type Bodies,
  type Body,
  type BodyMember,
  callMeeting,
  endMember,
  type Meeting,
  seatMember,
  useBodies,
  useMeetings,
} from '../api/meetings'
import { useOrganisation } from '../api/queries'
import { ActForm } from '../checks/ActForm'
import { dayOn, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../checks/checks.css'

/** The meetings of the two bodies that deliberate, and who sits in them. */
export default function Meetings() {
  const t = useT()
  return (
    <>
      <PageTitle title={t('meetings.title')} />
      <Ready query={useMeetings()}>
        {({ meetings, calls }) => (
          <>
            {calls.length > 0 && <Call bodies={calls} />}
            <List meetings={meetings} />
          </>
        )}
      </Ready>
      <Ready query={useBodies()}>{(bodies) => <Members bodies={bodies} />}</Ready>
    </>
  )
}

function List({ meetings }: { meetings: Meeting[] }) {
  const t = useT()
  if (meetings.length === 0) return <Empty>{t('meetings.none')}</Empty>
  return (
    <section className="panel" aria-labelledby="meetings">
      <h2 id="meetings">{t('meetings.title')}</h2>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('meetings.name')}</th>
            <th scope="col">{t('meetings.body')}</th>
            <th scope="col">{t('meetings.day')}</th>
            <th scope="col">{t('meetings.calledBy')}</th>
            <th scope="col">{t('meetings.agenda')}</th>
          </tr>
        </thead>
        <tbody>
          {meetings.map((m) => (
            <tr key={m.id}>
              <td>
                <Link to={`/meetings/${m.id}`}>{m.title}</Link>
              </td>
              <td>{t(`meetings.body_${m.body}`)}</td>
              <td>{m.day}</td>
              <td>{m.called_by}</td>
              <td>{t('meetings.frozenOf', { frozen: m.frozen, items: m.items })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function WhichBody({ of }: { of: Body[] }) {
  const t = useT()
  return (
    <label>
      {t('meetings.body')}
      <select name="body">
        {of.map((b) => (
          <option key={b} value={b}>
            {t(`meetings.body_${b}`)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Call({ bodies }: { bodies: Body[] }) {
  const t = useT()
  const go = useNavigate()
  const day = today(now())
  return (
    <section className="panel" aria-labelledby="call-meeting">
      <h2 id="call-meeting">{t('meetings.call')}</h2>
      <p className="quiet">{t('meetings.callHint')}</p>
      <ActForm
        label={t('meetings.call')}
        open
        done={t('meetings.called')}
        say={async (typed, key) => {
          const m = await callMeeting(typed('body') as Body, typed('title'), typed('day'), key)
          void go(`/meetings/${m.id}`)
        }}
      >
        <WhichBody of={bodies} />
        <label>
          {t('meetings.name')}
          <input name="title" required maxLength={200} />
        </label>
        <label>
          {t('meetings.day')}
          <input
            type="date"
            name="day"
            required
            min={day}
            max={dayOn(day, 365)}
            defaultValue={day}
          />
        </label>
      </ActForm>
    </section>
  )
}

function Members({ bodies }: { bodies: Bodies }) {
  const t = useT()
  const names = useNames()
  const day = today(now())
  return (
    <section className="panel" aria-labelledby="members">
      <h2 id="members">{t('meetings.members')}</h2>
      {bodies.members.length === 0 ? (
        <Empty>{t('meetings.noMembers')}</Empty>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('meetings.body')}</th>
              <th scope="col">{t('meetings.member')}</th>
              <th scope="col">{t('meetings.origin')}</th>
              <th scope="col">{t('meetings.vote')}</th>
              <th scope="col">{t('meetings.from')}</th>
              <th scope="col">{t('meetings.last')}</th>
            </tr>
          </thead>
          <tbody>
            {bodies.members.map((m) => (
              <tr key={m.id}>
                <td>{t(`meetings.body_${m.body}`)}</td>
                <td>
                  {m.name} <span className="mono quiet">{m.number}</span>
                </td>
                <td>{m.origin ? names.prison(m.origin) : t('meetings.noOrigin')}</td>
                <td>{t(m.voting ? 'meetings.votingMember' : 'meetings.noVote')}</td>
                <td>{m.from_day}</td>
                <td>
                  {m.last_day} {m.may_end && <End member={m} day={day} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {bodies.manages.length > 0 && <SeatForm bodies={bodies} day={day} />}
    </section>
  )
}

function End({ member, day }: { member: BodyMember; day: string }) {
  const t = useT()
  return (
    <ActForm
      label={t(member.last_day ? 'meetings.endAgain' : 'meetings.end')}
      of={member.name}
      done={t('meetings.ended')}
      say={(typed, key) => endMember(member.id, typed('last'), key)}
    >
      <label className="wide">
        {t('meetings.last')}
        <input
          type="date"
          name="last"
          required
          min={day}
          max={dayOn(day, 365)}
          defaultValue={day}
        />
      </label>
    </ActForm>
  )
}

function SeatForm({ bodies, day }: { bodies: Bodies; day: string }) {
  const t = useT()
  const lang = useLang()
  const prisons = useOrganisation().data?.prisons ?? []
  return (
    <ActForm
      label={t('meetings.seat')}
      done={t('meetings.seated')}
      say={(typed, key) =>
        seatMember(
          {
            body: typed('body') as Body,
            person: typed('person'),
            ...(typed('origin') ? { origin: typed('origin') } : {}),
            voting: typed('voting') === 'yes',
            from_day: typed('from'),
          },
          key,
        )
      }
    >
      <WhichBody of={bodies.manages} />
      <label>
        {t('meetings.member')}
        <select name="person" required>
          {bodies.candidates.map((p) => (
            <option key={p.person} value={p.person}>
              {p.name} {p.number}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('meetings.origin')}
        <select name="origin">
          <option value="">{t('meetings.noOrigin')}</option>
          {prisons.map((p) => (
            <option key={p.id} value={p.id}>
              {text(p.name, lang)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('meetings.vote')}
        <select name="voting">
          <option value="yes">{t('meetings.votingMember')}</option>
          <option value="no">{t('meetings.noVote')}</option>
        </select>
      </label>
      <label>
        {t('meetings.from')}
        <input
          type="date"
          name="from"
          required
          min={day}
          max={dayOn(day, 365)}
          defaultValue={day}
        />
      </label>
    </ActForm>
  )
}
