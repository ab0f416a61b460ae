import { Button } from 'antd'
import { useState } from 'react'
import { now } from '../api/clock'
import type { Role } from '../api/model'
import { useMe, usePrison } from '../api/queries'
import { useStandardName, useStandards, useTitled } from '../api/standards'
import {
  addTraining,
  attend,
  type Trainee,
  type Training,
  useTraining,
  useTrainings,
  useUntrained,
} from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { ofWhole } from '../app/posts'
import { today } from '../form/time'
import { useT } from '../i18n'
import { Day, Line, Say } from '../together/Say'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

const audience = ['prison_office', 'departments', 'areas'] as const

/** Trainings on versions of standards, who passed, and who is not trained on what is in force. */
export default function Trainings() {
  const t = useT()
  const prison = usePrison()
  const query = useTrainings()
  const me = useMe().data
  const whole = me !== undefined && ofWhole(me)
  const [shown, setShown] = useState('')
  return (
    <>
      <PageTitle title={t('together.trainings')} />
      <PageTabs of="/visits" />
      <Ready query={query}>
        {({ trainings, may }) => (
          <>
            {may && <NewTraining />}
            {trainings.length === 0 ? (
              <Empty>{t('together.trainingsNone')}</Empty>
            ) : (
              <List trainings={trainings} show={whole ? setShown : undefined} />
            )}
            {shown && <Staff key={`${prison} ${shown}`} prison={prison} id={shown} />}
            {whole && <Untrained prison={prison} />}
          </>
        )}
      </Ready>
    </>
  )
}

function List({ trainings, show }: { trainings: Training[]; show?: (id: string) => void }) {
  const t = useT()
  const nameOf = useStandardName()
  return (
    <div className="panel">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('together.day')}</th>
            <th scope="col">{t('together.training')}</th>
            <th scope="col">{t('together.standard')}</th>
            <th scope="col">{t('together.audience')}</th>
            <th scope="col" className="num">
              {t('together.attended')}
            </th>
            <th scope="col" className="num">
              {t('together.passed')}
            </th>
            <th scope="col">{t('together.records')}</th>
          </tr>
        </thead>
        <tbody>
          {trainings.map((x) => (
            <tr key={x.id}>
              <td className="whole">{x.day}</td>
              <td>{x.title}</td>
              <td>
                {nameOf(x.standard)} {t('standards.versionN', { version: x.version })}
              </td>
              <td>{x.audience.map((k) => t(`together.kind_${k}`)).join(t('marks.list'))}</td>
              <td className="num">{x.attended}</td>
              <td className="num">{x.passed}</td>
              <td>
                {show && (
                  <Button
                    aria-label={`${t('together.show')} ${x.title}`}
                    onClick={() => show(x.id)}
                  >
                    {t('together.show')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function usePlace() {
  const names = useNames()
  return (p: Trainee) =>
    p.area ? names.area(p.area) : p.department ? names.department(p.department) : ''
}

function Staff({ prison, id }: { prison: string; id: string }) {
  const t = useT()
  const place = usePlace()
  const query = useTraining(prison, id)
  return (
    <section className="panel" aria-labelledby="staff">
      <Ready query={query}>
        {({ training, staff, may }) => (
          <>
            <h2 id="staff">{training.title}</h2>
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('together.person')}</th>
                  <th scope="col">{t('together.place')}</th>
                  <th scope="col">{t('together.result')}</th>
                  <th scope="col" className="num">
                    {t('together.mark')}
                  </th>
                  <th scope="col">{t('together.certificate')}</th>
                  {may && <th scope="col">{t('together.record')}</th>}
                </tr>
              </thead>
              <tbody>
                {staff.map((p) => (
                  <tr key={p.number}>
                    <td>
                      {p.name} <span className="quiet mono">{p.number}</span>
                    </td>
                    <td>
                      {t(`role.${p.role as Role}`)} {place(p)}
                    </td>
                    <td>
                      {p.version === 0 ? (
                        '—'
                      ) : (
                        <span className={`status ${p.passed ? 'approved' : 'returned'}`}>
                          {t(
                            p.passed
                              ? 'together.hasPassed'
                              : p.attended
                                ? 'together.hasFailed'
                                : 'together.wasAbsent',
                          )}
                        </span>
                      )}
                      {p.reason && <div className="quiet">{p.reason}</div>}
                    </td>
                    <td className="num">{p.mark ?? '—'}</td>
                    <td>{p.certificate ?? '—'}</td>
                    {may && (
                      <td>
                        <Record key={p.version} prison={prison} id={id} person={p} />
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Ready>
    </section>
  )
}

function Record({ prison, id, person }: { prison: string; id: string; person: Trainee }) {
  const t = useT()
  const again = person.version > 0
  return (
    <Say
      label={t(again ? 'together.correct' : 'together.record')}
      of={person.name}
      send={(typed, key) => {
        const result = typed('result')
        const row = {
          number: person.number,
          version: person.version,
          attended: result !== 'absent',
          passed: result === 'passed',
          mark: typed('mark') || undefined,
          certificate: typed('certificate'),
          reason: typed('reason'),
        }
        return attend(prison, id, [row], key)
      }}
    >
      <label>
        {t('together.result')}
        <select name="result">
          <option value="passed">{t('together.hasPassed')}</option>
          <option value="failed">{t('together.hasFailed')}</option>
          <option value="absent">{t('together.wasAbsent')}</option>
        </select>
      </label>
      <label>
        {t('together.mark')}
        <input name="mark" inputMode="decimal" pattern="[0-9]{1,3}([.][0-9])?" />
      </label>
      <label>
        {t('together.certificate')}
        <input name="certificate" maxLength={100} />
      </label>
      {again && <Line name="reason" label={t('together.reason')} />}
    </Say>
  )
}

function Untrained({ prison }: { prison: string }) {
  const t = useT()
  const titled = useTitled()
  const place = usePlace()
  // Nobody has to be trained on what another field asks.
  const issued = (useStandards().data?.standards ?? []).filter(
    (s) => s.state === 'issued' && s.unit.kind !== 'other',
  )
  const standards = issued.filter(
    (s, i) => issued.findIndex((o) => o.standard === s.standard) === i,
  )
  const [chosen, choose] = useState('')
  const standard = chosen || standards[0]?.standard || ''
  const query = useUntrained(prison, standard)
  return (
    <section className="panel" aria-labelledby="untrained">
      <h2 id="untrained">{t('together.untrained')}</h2>
      <label>
        {t('together.standard')}{' '}
        <select value={standard} onChange={(e) => choose(e.target.value)}>
          {standards.map((s) => (
            <option key={s.standard} value={s.standard}>
              {titled(s)}
            </option>
          ))}
        </select>
      </label>
      <Ready query={query}>
        {({ version, of, staff }) => (
          <>
            <p className="quiet">{t('together.untrainedOf', { version, of, n: staff.length })}</p>
            <ul>
              {staff.map((p) => (
                <li key={p.number}>
                  {p.name} <span className="quiet mono">{p.number}</span>{' '}
                  {t(`role.${p.role as Role}`)} {place(p)}
                </li>
              ))}
            </ul>
          </>
        )}
      </Ready>
    </section>
  )
}

function NewTraining() {
  const t = useT()
  const titled = useTitled()
  const standards = (useStandards().data?.standards ?? []).filter((s) => s.state === 'issued')
  return (
    <div className="panel">
      <Say
        label={t('together.newTraining')}
        send={(typed, key) => {
          const [standard = '', version] = typed('version').split(' ')
          const body = {
            title: typed('title'),
            standard,
            version: Number(version),
            day: typed('day'),
            audience: audience.filter((k) => typed(k) !== ''),
          }
          return addTraining(body, key)
        }}
      >
        <Line name="title" label={t('together.training')} />
        <label>
          {t('together.standard')}
          <select name="version" required>
            {standards.map((s) => (
              <option key={`${s.standard} ${s.version}`} value={`${s.standard} ${s.version}`}>
                {titled(s)} {t('standards.versionN', { version: s.version })}
              </option>
            ))}
          </select>
        </label>
        <Day name="day" label={t('together.day')} day={today(now())} />
        <fieldset className="wide">
          <legend>{t('together.audience')}</legend>
          {audience.map((k) => (
            <label key={k}>
              <input type="checkbox" name={k} value={k} defaultChecked /> {t(`together.kind_${k}`)}
            </label>
          ))}
        </fieldset>
      </Say>
    </div>
  )
}
