import { Link } from 'react-router'
import { now } from '../api/clock'
import { useOrganisation } from '../api/queries'
import {
  callOffVisit,
  type FocusUnit,
  markFocus,
  type PlannedVisit,
  planVisit,
  useFocus,
} from '../api/together'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { Empty, Ready } from '../ui/States'
import { Day, Line, Say, Text } from './Say'
import { Units, unitOf, useUnitName } from './Units'

/** Whether a prison is a focus unit, for those who see that. */
export function useFocused() {
  const list = useFocus().data?.prisons ?? []
  return (prison: string) => list.some((f) => f.prison === prison && f.on)
}

/** The focus units and what is planned to guide them; the bureau's office marks and plans. */
export function FocusUnits({ prisons }: { prisons: string[] }) {
  const t = useT()
  return (
    <Ready query={useFocus()}>
      {({ prisons: focus, may }) => {
        const others = prisons.filter((p) => !focus.some((f) => f.prison === p && f.on))
        return (
          <section className="panel" aria-labelledby="focus">
            <h2 id="focus">{t('together.focus')}</h2>
            <p className="quiet">{t('together.focusAbout')}</p>
            {focus.length === 0 && <Empty>{t('together.focusNone')}</Empty>}
            {focus.map((f) => (
              <Focus key={f.prison} focus={f} may={may} />
            ))}
            {may && others.length > 0 && <Mark prisons={others} focus={focus} />}
          </section>
        )
      }}
    </Ready>
  )
}

function Focus({ focus, may }: { focus: FocusUnit; may: boolean }) {
  const t = useT()
  const names = useNames()
  const name = names.prison(focus.prison)
  const last = focus.acts.at(-1)
  return (
    <div>
      <h3>
        {name}{' '}
        {focus.on !== undefined && (
          <span className={`status ${focus.on ? 'approved' : 'draft'}`}>
            {t(focus.on ? 'together.focusOn' : 'together.focusOver')}
          </span>
        )}
      </h3>
      {last && (
        <p className="quiet">
          {last.author_name} {showTime(last.recorded_at).slice(0, 10)} · {last.reason}
        </p>
      )}
      {focus.planned.length > 0 && <PlannedList planned={focus.planned} may={may} />}
      {may && focus.on && (
        <>
          <NewPlanned key={focus.planned.length} prison={focus.prison} />
          <Say
            label={t('together.focusEnd')}
            of={name}
            send={(typed, key) =>
              markFocus(
                focus.prison,
                { begins: false, seen: focus.acts.length, reason: typed('reason') },
                key,
              )
            }
          >
            <Text name="reason" label={t('together.focusWhy')} />
          </Say>
        </>
      )}
    </div>
  )
}

const tones = { planned: 'submitted', overdue: 'overdue', done: 'approved', called_off: 'draft' }

export function PlannedList({ planned, may }: { planned: PlannedVisit[]; may: boolean }) {
  const t = useT()
  const names = useNames()
  const nameOf = useUnitName()
  return (
    <div className="table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('together.plannedDay')}</th>
            <th scope="col">{t('together.unit')}</th>
            <th scope="col">{t('together.department')}</th>
            <th scope="col">{t('together.subject')}</th>
            <th scope="col">{t('together.state')}</th>
          </tr>
        </thead>
        <tbody>
          {planned.map((v) => (
            <tr key={v.id}>
              <td>{v.day}</td>
              <td>{nameOf(v)}</td>
              <td>{names.office(v.department)}</td>
              <td>{v.subject}</td>
              <td>
                <span className={`status ${tones[v.state]}`}>
                  {t(`together.planned_${v.state}`)}
                </span>{' '}
                {v.visited_on && <Link to="/visits">{v.visited_on}</Link>}
                {v.end && <span className="quiet">{v.end.reason}</span>}
                {may && (v.state === 'planned' || v.state === 'overdue') && (
                  <Say
                    label={t('together.callOff')}
                    of={`${v.day} ${nameOf(v)}`}
                    send={(typed, key) => callOffVisit(v, { reason: typed('reason') }, key)}
                  >
                    <Text name="reason" label={t('together.focusWhy')} />
                  </Say>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function NewPlanned({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const organisation = useOrganisation().data
  const areas = organisation?.prisons.find((p) => p.id === prison)?.areas ?? []
  return (
    <Say
      label={t('together.planVisit')}
      of={names.prison(prison)}
      send={(typed, key) =>
        planVisit(
          prison,
          {
            area: unitOf(typed('unit')).area,
            day: typed('day'),
            department: typed('department'),
            subject: typed('subject'),
          },
          key,
        )
      }
    >
      <Units units={[{ prison }, ...areas.map((a) => ({ prison, area: a.id }))]} />
      <Day name="day" label={t('together.plannedDay')} day={today(now())} />
      <label>
        {t('together.department')}
        <select name="department" required>
          {organisation?.departments.map((d) => (
            <option key={d.code} value={d.code}>
              {names.office(d.code)}
            </option>
          ))}
        </select>
      </label>
      <Line name="subject" label={t('together.subject')} />
    </Say>
  )
}

function Mark({ prisons, focus }: { prisons: string[]; focus: FocusUnit[] }) {
  const t = useT()
  const names = useNames()
  return (
    <Say
      label={t('together.focusMark')}
      send={(typed, key) => {
        const prison = typed('prison')
        const seen = focus.find((f) => f.prison === prison)?.acts.length ?? 0
        return markFocus(prison, { begins: true, seen, reason: typed('reason') }, key)
      }}
    >
      <label>
        {t('cases.prison')}
        <select name="prison" required>
          {prisons.map((p) => (
            <option key={p} value={p}>
              {names.prison(p)}
            </option>
          ))}
        </select>
      </label>
      <Text name="reason" label={t('together.focusWhy')} />
    </Say>
  )
}
