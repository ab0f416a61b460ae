import { lazy, Suspense, useCallback } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useLevel, useUnit } from '../accreditation/words'
import { now } from '../api/clock'
import {
  type Overview as Data,
  type DepartmentLine,
  type RatedUnit,
  type TargetReached,
  useLines,
  useOverview,
} from '../api/overview'
import { type PlanAgainst, usePlans } from '../api/plans'
import { useMe } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { Balance } from '../overview/Balance'
import { Figure } from '../overview/Figure'
import { num, Table } from '../overview/Table'
import { boardOf, Units } from '../overview/Units'
import { percentOf } from '../overview/words'
import { text } from '../schema/types'
import { useUnitName } from '../together/Units'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../overview/overview.css'

// ECharts weighs more than the rest of the page: it comes when it is needed.
const RateLines = lazy(async () => ({ default: (await import('../overview/Charts')).RateLines }))
const PlanBars = lazy(async () => ({ default: (await import('../overview/Charts')).PlanBars }))
const StepBars = lazy(async () => ({ default: (await import('../overview/Charts')).StepBars }))

const ofPrisons: RatedUnit['of'][] = ['prison']
const ofAreas: RatedUnit['of'][] = ['ordinary', 'functional']

/** What the province has reached on a day, what is missing, and where everybody stands on the road. */
export default function Overview() {
  const t = useT()
  const [asked, ask] = useSearchParams()
  const day = asked.get('day') ?? undefined
  const of = asked.get('of') as RatedUnit['of'] | null
  const query = useOverview(day)
  return (
    <>
      <PageTitle title={t('overview.title')}>
        <Link to="/accreditation/screening">{t('overview.ranking')}</Link>
      </PageTitle>
      <PageTabs of="/overview" />
      <p className="calendar-tools">
        <label>
          {t('overview.day')}{' '}
          <input
            type="date"
            value={day ?? today(now())}
            max={today(now())}
            required
            onChange={(e) => e.target.value && ask({ day: e.target.value })}
          />
        </label>
        {day && <Link to="/overview">{t('overview.today')}</Link>}
      </p>
      <Ready query={query}>
        {(data) => (
          <>
            {!data.whole && <p className="quiet">{t('overview.sight')}</p>}
            <Rates data={data} />
            {of && (
              <Units
                day={day}
                of={of}
                named={asked.get('named') ?? undefined}
                need={asked.get('need') ?? undefined}
              />
            )}
            {data.targets.length > 0 && <Targets data={data} />}
            <Against year={Number(data.day.slice(0, 4))} />
            <Steps data={data} />
            <Batches data={data} />
          </>
        )}
      </Ready>
      <Lines />
      <Balance />
    </>
  )
}

/** Where the units of a type on a day are listed. */
const unitsOf = (day: string, of: string, more: { named?: string; need?: string } = {}) =>
  `/overview?${new URLSearchParams({ day, of, ...more })}`

function Rates({ data }: { data: Data }) {
  const t = useT()
  const to = (of: string, named?: string) => unitsOf(data.day, of, named ? { named } : {})
  return (
    <section className="panel" aria-labelledby="rates">
      <h2 id="rates">{t('overview.rates')}</h2>
      <Table
        head={[
          t('overview.type'),
          num(t('overview.named')),
          num(t('overview.all')),
          num(t('overview.percent')),
          num(t('overview.notNamed')),
        ]}
      >
        {data.rates.map((r) => (
          <tr key={r.of}>
            <th scope="row">{t(`overview.of_${r.of}`)}</th>
            <td className="num">
              <Figure to={to(r.of, 'true')}>{r.named}</Figure>
            </td>
            <td className="num">
              <Figure to={to(r.of)}>{r.all}</Figure>
            </td>
            <td className="num">
              <Figure to={to(r.of, 'true')}>
                <strong>{percentOf(r.percent)}</strong>
              </Figure>
            </td>
            <td className="num">
              <Figure to={to(r.of, 'false')}>{r.all - r.named}</Figure>
            </td>
          </tr>
        ))}
      </Table>
      <p className="quiet">
        {t(data.denominator === 'all' ? 'overview.denominator' : 'overview.applying')}
      </p>
      <Suspense fallback={<Loading />}>
        <div className="overview-pair">
          <div>
            <h3>{t('overview.prisonRates')}</h3>
            <RateLines data={data} of={ofPrisons} label={t('overview.prisonRates')} />
          </div>
          <div>
            <h3>{t('overview.areaRates')}</h3>
            <RateLines data={data} of={ofAreas} label={t('overview.areaRates')} />
          </div>
        </div>
      </Suspense>
      <details>
        <summary>{t('overview.monthly')}</summary>
        <Table head={[t('overview.day'), ...data.rates.map((r) => num(t(`overview.of_${r.of}`)))]}>
          {[...data.series].reverse().map((p) => (
            <tr key={p.day}>
              <th scope="row">
                <Link to={`/overview?day=${p.day}`}>{p.day}</Link>
              </th>
              {data.rates.map((r) => {
                const rate = p.rates.find((x) => x.of === r.of)
                return (
                  <td key={r.of} className="num">
                    {rate ? (
                      <Figure to={unitsOf(p.day, r.of, { named: 'true' })}>
                        {`${rate.named}/${rate.all} ${percentOf(rate.percent)}`}
                      </Figure>
                    ) : (
                      '—'
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </Table>
      </details>
    </section>
  )
}

function Targets({ data }: { data: Data }) {
  const t = useT()
  const lang = useLang()
  const { plan } = data
  return (
    <section className="panel table-scroll" aria-labelledby="targets">
      <h2 id="targets">{t('overview.targets')}</h2>
      <p className="quiet">
        {t('overview.plan', { plan: text(plan.title, lang), from: plan.from, to: plan.to })}
      </p>
      <Table
        head={[
          t('overview.target'),
          t('overview.onDay'),
          num(t('overview.needed')),
          num(t('overview.named')),
          num(t('overview.stillNeeded')),
          num(t('overview.atDate')),
          t('overview.reached'),
          t('overview.forecast'),
        ]}
      >
        {data.targets.map((x) => (
          <Target key={x.id} day={data.day} of={x} />
        ))}
      </Table>
    </section>
  )
}

function Target({ day, of }: { day: string; of: TargetReached }) {
  const t = useT()
  const lang = useLang()
  const { at_date: then, forecast } = of
  const named = unitsOf(day, of.of, { named: 'true' })
  const missing = unitsOf(day, of.of, { named: 'false', need: `${of.gap}` })
  return (
    <tr>
      <th scope="row">
        {text(of.title, lang)}{' '}
        {of.milestone && <span className="status">{t('overview.milestone')}</span>}
      </th>
      <td>{of.on_day}</td>
      <td className="num">
        <Figure to={unitsOf(day, of.of, { need: `${of.needed}` })}>{of.needed}</Figure>
      </td>
      <td className="num">
        <Figure to={named}>{of.named}</Figure>
      </td>
      <td className="num">
        <Figure to={missing}>
          {of.gap > 0 ? <strong className="late">{of.gap}</strong> : of.gap}
        </Figure>
      </td>
      <td className="num">
        {then ? (
          <>
            <Figure to={unitsOf(of.on_day, of.of, { named: 'true' })}>{then.named}</Figure>/
            <Figure to={unitsOf(of.on_day, of.of, { need: `${then.needed}` })}>
              {then.needed}
            </Figure>
          </>
        ) : (
          '—'
        )}
      </td>
      <td>
        {of.reached_on ? (
          <Figure to={unitsOf(of.reached_on, of.of, { named: 'true' })}>{of.reached_on}</Figure>
        ) : (
          t('overview.notReached')
        )}
      </td>
      <td>
        {forecast ? (
          <Figure
            show={() => (
              <>
                <p>{t('overview.forecastHow', { ...forecast, gap: of.gap, n: forecast.needs })}</p>
                <Link to={named}>{t('overview.forecastNamed')}</Link>{' '}
                <Link to={missing}>{t('overview.forecastGap')}</Link>
              </>
            )}
          >
            {t('overview.forecastAt', {
              pace: forecast.pace,
              n: forecast.needs,
              until: forecast.until,
            })}
            {forecast.asked > 0 && ` · ${t('overview.asked')} ${forecast.asked}`}
          </Figure>
        ) : (
          '—'
        )}
      </td>
    </tr>
  )
}

/** The plans of the prisons whose whole one sees; nothing for other people. */
function Against({ year }: { year: number }) {
  const t = useT()
  const names = useNames()
  const go = useNavigate()
  const open = useCallback(
    (prison: string) => void go(`/prisons/${prison}/plans?year=${year}`),
    [go, year],
  )
  const query = usePlans(year)
  return (
    <Ready query={query}>
      {({ prisons }) =>
        prisons.length > 0 && (
          <section className="panel table-scroll" aria-labelledby="against">
            <h2 id="against">
              {t('plans.against')} · {year}
            </h2>
            <p className="quiet">{t('plans.againstAbout')}</p>
            {prisons.some((p) => p.version > 0) && (
              <Suspense fallback={<Loading />}>
                <PlanBars
                  prisons={prisons.filter((p) => p.version > 0)}
                  nameOf={names.prison}
                  open={open}
                />
              </Suspense>
            )}
            <Table
              head={[
                t('plans.own'),
                num(t('plans.plannedN')),
                num(t('plans.reachedN', { n: '' }).trim()),
                num(t('plans.lateN', { n: '' }).trim()),
                num(t('plans.overdueN', { n: '' }).trim()),
                num(t('plans.aheadN', { n: '' }).trim()),
                t('plans.slowest'),
              ]}
            >
              {prisons.map((p) => (
                <PlanRow key={p.prison} year={year} of={p} />
              ))}
            </Table>
          </section>
        )
      }
    </Ready>
  )
}

function PlanRow({ year, of }: { year: number; of: PlanAgainst }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const nameOf = useUnitName()
  const level = useLevel()
  const { tally, whole, slowest } = of
  const last = whole?.marks.at(-1)
  const to = `/prisons/${of.prison}/plans?year=${year}`
  return (
    <tr>
      <th scope="row">
        <Link to={to}>{names.prison(of.prison)}</Link>{' '}
        {whole && last && (
          <span className="quiet">
            {level(whole.level)} {t('plans.month', { n: last.month })}
          </span>
        )}{' '}
        {of.waits && <span className="status submitted">{t('plans.waitsShort')}</span>}
      </th>
      {of.version === 0 ? (
        <td colSpan={6}>{t('plans.noPlan')}</td>
      ) : (
        <>
          <td className="num">
            <Figure to={to}>{tally.all}</Figure>
          </td>
          {(['reached', 'late', 'overdue', 'ahead'] as const).map((stands) => (
            <td key={stands} className="num">
              <Figure to={`${to}&stands=${stands}`}>
                {stands === 'overdue' && tally.overdue > 0 ? (
                  <strong className="late">{tally.overdue}</strong>
                ) : (
                  tally[stands]
                )}
              </Figure>
            </td>
          ))}
          <td>
            {slowest
              ? `${nameOf({ prison: of.prison, area: slowest.area })} ${text(slowest.title, lang)} ${t('plans.overdue', { n: slowest.days })}`
              : '—'}
          </td>
        </>
      )}
    </tr>
  )
}

function Steps({ data }: { data: Data }) {
  const t = useT()
  const lang = useLang()
  const go = useNavigate()
  const to = (state: string, track?: 'area' | 'prison') =>
    `/accreditation?${new URLSearchParams({ state, ...(track ? { track } : {}) })}`
  const open = useCallback((state: string) => void go(`/accreditation?state=${state}`), [go])
  const steps = data.steps.filter((s) => s.prison + s.area > 0)
  return (
    <section className="panel" aria-labelledby="map">
      <h2 id="map">{t('overview.map')}</h2>
      {steps.length === 0 ? (
        <Empty>{t(data.steps_whole ? 'overview.mapNone' : 'overview.mapNoneHere')}</Empty>
      ) : (
        <>
          <p className="quiet">
            {t('overview.mapAbout')} {!data.steps_whole && t('overview.othersCases')}
          </p>
          <Suspense fallback={<Loading />}>
            <StepBars steps={data.steps} open={open} />
          </Suspense>
          <Table
            head={[
              t('overview.state'),
              num(t('overview.areas')),
              num(t('overview.prisons')),
              num(t('overview.total')),
            ]}
          >
            {steps.map((s) => (
              <tr key={s.state}>
                <th scope="row">{text(s.title, lang)}</th>
                <td className="num">
                  <Figure to={to(s.state, 'area')}>{s.area}</Figure>
                </td>
                <td className="num">
                  <Figure to={to(s.state, 'prison')}>{s.prison}</Figure>
                </td>
                <td className="num">
                  <Figure to={to(s.state)}>{s.prison + s.area}</Figure>
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </section>
  )
}

function Batches({ data }: { data: Data }) {
  const t = useT()
  const nameOf = useUnitName()
  return (
    <section className="panel" aria-labelledby="batches">
      <h2 id="batches">{t('overview.batches')}</h2>
      {data.batches.length === 0 && <Empty>{t('overview.batchesNone')}</Empty>}
      {data.batches.map((b) => (
        <details key={`${b.on} ${b.document_no}`}>
          <summary>
            {b.on} {b.document_no}: {b.named.length}
          </summary>
          <ul>
            {b.named.map((u) => (
              <li key={`${u.prison} ${u.area ?? ''} ${u.level ?? ''}`}>
                <Link to={boardOf(u)}>{nameOf(u)}</Link> {u.wording}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  )
}

/** What a department comes for; nothing for other people. */
function Lines() {
  return (
    <Ready query={useLines()}>
      {({ lines }) => lines.map((l) => <Line key={l.department} line={l} />)}
    </Ready>
  )
}

function Line({ line }: { line: DepartmentLine }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const unit = useUnit()
  const level = useLevel()
  const nameOf = useUnitName()
  const { applicants, weakest, visits } = line
  const atBureau = useMe().data?.postings.some((p) => !p.prison && p.department === line.department)
  return (
    <section className="panel" aria-label={t('overview.line')}>
      <h2>
        {t('overview.line')}
        {t('marks.colon')}
        {atBureau ? names.office(line.department) : names.department(line.department)}
      </h2>
      <h3>{t('overview.applicants')}</h3>
      {applicants.length === 0 && <p className="quiet">{t('overview.applicantsNone')}</p>}
      <ul>
        {applicants.map((a) => (
          <li key={a.case}>
            <Link to={`/prisons/${a.prison}/cases/${a.case}`}>{unit(a)}</Link> {level(a.level)} ·{' '}
            {text(a.title, lang)}
          </li>
        ))}
      </ul>
      <h3>{t('overview.visits')}</h3>
      {visits.length === 0 && <p className="quiet">{t('overview.visitsNone')}</p>}
      <ul>
        {visits.map((v) => (
          <li key={v.id}>
            <Link to="/visits">
              {v.day} {nameOf(v)}
            </Link>{' '}
            {v.subject}{' '}
            {v.state === 'overdue' && (
              <span className="status overdue">{t('together.planned_overdue')}</span>
            )}
          </li>
        ))}
      </ul>
      <h3>{t('overview.weakest')}</h3>
      {weakest.length === 0 && <p className="quiet">{t('overview.weakestNone')}</p>}
      {weakest.map((w) => (
        <details key={w.standard + w.code}>
          <summary>
            {w.code} {text(w.title, lang)}: {percentOf(w.percent)} · {t('overview.losing')}{' '}
            {w.losing.length}/{w.units}
          </summary>
          <ul>
            {w.losing.map((u) => (
              <li key={u.area}>
                <Link to={`/prisons/${u.prison}/areas/${u.area}/proof?item=${w.code}`}>
                  {nameOf(u)}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  )
}
