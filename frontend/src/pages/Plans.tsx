import { lazy, Suspense } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { useLevel } from '../accreditation/words'
import { now } from '../api/clock'
import {
  decidePlan,
  type PlanCourse,
  type PlanStand,
  type PlanUnit,
  type PlanVersion,
  type PlanYear,
  usePlan,
} from '../api/plans'
import { usePrison } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { showTime, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { Answers } from '../plans/Answers'
import { PlanForm } from '../plans/PlanForm'
import { Said } from '../plans/Said'
import { useUnitIn } from '../plans/words'
import { text } from '../schema/types'
import { Say } from '../together/Say'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../overview/overview.css'
import '../plans/plans.css'

const PlanLines = lazy(async () => ({ default: (await import('../overview/Charts')).PlanLines }))

/** What a prison and its areas intend for a year, against what they reached. */
export default function Plans() {
  const t = useT()
  const names = useNames()
  const own = usePrison()
  const { prison = own } = useParams()
  const [asked, ask] = useSearchParams()
  const thisYear = Number(today(now()).slice(0, 4))
  const year = Number(asked.get('year')) || thisYear
  return (
    <>
      <PageTitle title={t('plans.title')}>
        <Link to="/overview">{t('overview.open')}</Link>
      </PageTitle>
      <PageTabs of="/overview" />
      <p className="calendar-tools">
        <strong className="overview-figure">{names.prison(prison)}</strong>
        <label>
          {t('plans.year')}{' '}
          <select value={year} onChange={(e) => ask({ year: e.target.value })}>
            {[thisYear + 1, thisYear, thisYear - 1, thisYear - 2].map((y) => (
              <option key={y}>{y}</option>
            ))}
          </select>
        </label>
      </p>
      <Ready query={usePlan(prison, year)}>
        {(plan) => (
          <>
            <InForce plan={plan} />
            <Waiting plan={plan} />
            {plan.may_submit && (
              <PlanForm key={`${plan.prison} ${year} ${plan.versions.length}`} plan={plan} />
            )}
            <Versions plan={plan} />
          </>
        )}
      </Ready>
    </>
  )
}

function InForce({ plan }: { plan: PlanYear }) {
  const t = useT()
  const [asked] = useSearchParams()
  if (plan.in_force === 0) return <Empty>{t('plans.none', { year: plan.year })}</Empty>
  const { tally } = plan
  return (
    <section className="panel" aria-labelledby="in-force">
      <h2 id="in-force">{t('plans.inForce', { year: plan.year, n: plan.in_force })}</h2>
      <p>
        <span className="status approved">{t('plans.reachedN', { n: tally.reached })}</span>{' '}
        <span className="status warning">{t('plans.lateN', { n: tally.late })}</span>{' '}
        <span className="status overdue">{t('plans.overdueN', { n: tally.overdue })}</span>{' '}
        <span className="status draft">{t('plans.aheadN', { n: tally.ahead })}</span>
      </p>
      {asked.get('stands') && (
        <p>
          <Link to={`?year=${plan.year}`}>{t('cases.allSteps')}</Link>
        </p>
      )}
      {plan.roads.map((road) => (
        <Course key={`${road.track} ${road.level}`} plan={plan} road={road} />
      ))}
      <Suspense fallback={<Loading />}>
        <PlanLines months={plan.months} />
      </Suspense>
      <p className="quiet">{t('plans.about')}</p>
    </section>
  )
}

/** Units down, the steps of their road across: what was planned and what came of it. */
function Course({ plan, road }: { plan: PlanYear; road: PlanCourse }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const unitIn = useUnitIn(plan.prison)
  const [asked] = useSearchParams()
  const only = asked.get('stands')
  const units = plan.units.filter(
    (u) => u.level === road.level && (u.area ? 'area' : 'prison') === road.track,
  )
  if (units.length === 0) return null
  const at = (u: PlanUnit, state: string) =>
    u.marks.find((m) => m.state === state && (!only || m.stands === only))
  const steps = road.steps.filter((s) => units.some((u) => at(u, s.state)))
  return (
    <div className="table-scroll">
      <table className="plain plan-table">
        <thead>
          <tr>
            <th scope="col">{level(road.level)}</th>
            {steps.map((s) => (
              <th key={s.state} scope="col">
                {text(s.title, lang)}
              </th>
            ))}
            <th scope="col">{t('plans.now')}</th>
          </tr>
        </thead>
        <tbody>
          {units.map((u) => (
            <tr key={u.area ?? ''}>
              <th scope="row">
                {unitIn(u.area)}
                {u.area && (
                  <div>
                    <Answers prison={plan.prison} kind="area" area={u.area} />
                  </div>
                )}
              </th>
              {steps.map((s) => (
                <td key={s.state}>
                  <Stand of={at(u, s.state)} />
                </td>
              ))}
              <td>
                {u.case ? (
                  <Link to={`/prisons/${plan.prison}/cases/${u.case}`}>{text(u.title, lang)}</Link>
                ) : (
                  t('overview.stepNone')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const tones = {
  ahead: 'draft',
  reached: 'approved',
  late: 'warning',
  overdue: 'overdue',
  closed: 'voided',
}

function Stand({ of }: { of: PlanStand | undefined }) {
  const t = useT()
  if (!of) return '—'
  const { stands, days, month } = of
  const on = of.reached_on ?? ''
  const said = {
    ahead: () => t('plans.ahead'),
    reached: () => t('plans.reached', { on }),
    late: () => t('plans.late', { on, n: days }),
    overdue: () => t('plans.overdue', { n: days }),
    closed: () => t('plans.closed', { on: of.closed_on ?? '' }),
  }
  return (
    <>
      <div>{t('plans.month', { n: month })}</div>
      <span className={`status ${tones[stands]}`}>{said[stands]()}</span>
    </>
  )
}

function Waiting({ plan }: { plan: PlanYear }) {
  const t = useT()
  const waits = plan.versions.find((p) => !p.decision)
  if (!waits) return null
  return (
    <section className="panel" aria-labelledby="waits">
      <h2 id="waits">{t('plans.waits', { n: waits.version })}</h2>
      <Said plan={plan} version={waits} />
      {plan.may_decide && (
        <>
          <Decide plan={waits} agreed />
          <Decide plan={waits} agreed={false} />
        </>
      )}
    </section>
  )
}

function Decide({ plan, agreed }: { plan: PlanVersion; agreed: boolean }) {
  const t = useT()
  return (
    <Say
      label={t(agreed ? 'plans.agree' : 'plans.return')}
      send={(typed, key) =>
        decidePlan(plan, { version: plan.version, agreed, comment: typed('comment') }, key)
      }
    >
      <label className="wide">
        {t('plans.comment')}
        <textarea name="comment" required={!agreed} maxLength={1000} rows={2} />
      </label>
    </Say>
  )
}

function Versions({ plan }: { plan: PlanYear }) {
  const t = useT()
  const decided = plan.versions.filter((p) => p.decision)
  if (decided.length === 0) return null
  return (
    <section className="panel" aria-labelledby="versions">
      <h2 id="versions">{t('plans.versions')}</h2>
      {decided.map((p) => (
        <details key={p.version}>
          <summary>
            {t('plans.version', { n: p.version })}{' '}
            <span className={`status ${p.decision?.agreed ? 'approved' : 'returned'}`}>
              {t(p.decision?.agreed ? 'plans.agreed' : 'plans.returned')}
            </span>{' '}
            <span className="quiet">
              {p.decision?.by_name} {showTime(p.decision?.recorded_at ?? '')} {p.decision?.comment}
            </span>
          </summary>
          <Said plan={plan} version={p} />
        </details>
      ))}
    </section>
  )
}
