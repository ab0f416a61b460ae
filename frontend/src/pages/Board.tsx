import { lazy, Suspense } from 'react'
import { Link, useParams } from 'react-router'
import { type AreaOutcomes, useOutcomes } from '../api/overview'
import { useTrend } from '../api/queries'
import { type Readiness, useReadiness } from '../api/readiness'
import { HeatMap } from '../calendar/HeatMap'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { num, Table } from '../overview/Table'
import { percentOf } from '../overview/words'
import { amount, shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../overview/overview.css'
import '../score/score.css'

const DomainRadar = lazy(async () => ({ default: (await import('../score/Charts')).DomainRadar }))
const Trend = lazy(async () => ({ default: (await import('../score/Charts')).Trend }))
const DriftChart = lazy(async () => ({
  default: (await import('../readiness/DriftChart')).DriftChart,
}))

/** One area today: its score, how it moved, what is due, and what became of its hazards. */
export default function Board() {
  const { prison = '', area = '' } = useParams()
  const t = useT()
  const names = useNames()
  return (
    <>
      <PageTitle title={`${names.area(area)} ${t('overview.board')}`}>
        <Link to={`/prisons/${prison}/overview`}>
          {t('overview.prison', { prison: names.prison(prison) })}
        </Link>{' '}
        <Link to={`/prisons/${prison}/areas/${area}/readiness`}>{t('readiness.open')}</Link>
      </PageTitle>
      <Ready query={useReadiness(prison, area)}>
        {(data) => (
          <>
            <Today prison={prison} area={area} data={data} />
            <Dues data={data} />
          </>
        )}
      </Ready>
      <Outcomes prison={prison} area={area} />
      <HeatMap prison={prison} of={area} />
    </>
  )
}

function Today({ prison, area, data }: { prison: string; area: string; data: Readiness }) {
  const t = useT()
  const { sheet, drift } = data
  const trend = useTrend(prison, area)
  return (
    <section className="panel" aria-label={t('overview.score')}>
      <div className="score-total">
        <Link to={`/prisons/${prison}/areas/${area}/score`}>{sheet.display}</Link>
      </div>
      <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
        {t(sheet.passes ? 'score.pass' : 'score.fail')}
      </span>{' '}
      {t(amount(data.gap) >= 0 ? 'readiness.above' : 'readiness.below', {
        gap: shown(data.gap).replace('-', ''),
      })}
      <div className="overview-pair">
        <Suspense fallback={<Loading />}>
          <div>
            <h2>{t('overview.radar')}</h2>
            <DomainRadar domains={sheet.domains} />
          </div>
          <div>
            <h2>{t('score.trend')}</h2>
            <Ready query={trend}>{(points) => <Trend points={points} line={sheet.line} />}</Ready>
          </div>
          {drift && (
            <div>
              <h2>
                {t('readiness.drift', {
                  day: drift.as_of,
                  kind: t(`readiness.run.${drift.kind}`),
                  score: drift.score,
                })}
              </h2>
              <DriftChart drift={drift} sheet={sheet} />
            </div>
          )}
        </Suspense>
      </div>
    </section>
  )
}

/** The dearest; the page of the readiness lists all. */
const shownDues = 8

function Dues({ data }: { data: Readiness }) {
  const t = useT()
  const names = useNames()
  return (
    <section className="panel" aria-labelledby="dues">
      <h2 id="dues">{t('overview.dues')}</h2>
      {data.dues.length === 0 ? (
        <p className="quiet">{t('overview.duesNone')}</p>
      ) : (
        <>
          <p className="quiet">
            {t('overview.duesMore', {
              all: data.dues.length,
              n: Math.min(shownDues, data.dues.length),
            })}{' '}
            <Link to={`/prisons/${data.area.prison}/areas/${data.area.id}/readiness`}>
              {t('readiness.open')}
            </Link>
          </p>
          <Table head={[t('readiness.ledger'), t('overview.duesTime'), num(t('overview.cost'))]}>
            {data.dues.slice(0, shownDues).map((d) => (
              <tr key={d.ledger + d.period + d.due_at}>
                <td>
                  <Link to={`/ledgers/${d.ledger}?area=${data.area.id}`}>
                    {names.ledger(d.ledger)}
                  </Link>
                </td>
                <td>{showTime(d.due_at)}</td>
                <td className="num">{shown(d.price) === '0' ? '0' : `−${shown(d.price)}`}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </section>
  )
}

function Outcomes({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  const of = (month: string) => {
    const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0))
    return `/ledgers/hazard-rectification?area=${area}&from=${month}-01&to=${last.toISOString().slice(0, 10)}`
  }
  return (
    <section className="panel" aria-labelledby="outcomes">
      <h2 id="outcomes">{t('overview.outcomes')}</h2>
      <p className="quiet">{t('overview.outcomesAbout')}</p>
      <Ready
        query={useOutcomes(prison, area)}
        empty={(o) => o.months.every((m) => m.found + m.due === 0)}
        whenEmpty={t('overview.outcomesNone')}
      >
        {(o) => (
          <>
            <Sides of={o} />
            <Table
              head={[
                t('overview.month'),
                ...(['found', 'due', 'closed', 'onTime'] as const).map((k) =>
                  num(t(`overview.${k}`)),
                ),
              ]}
            >
              {o.months
                .filter((m) => m.found + m.due > 0)
                .map((m) => (
                  <tr key={m.month}>
                    <th scope="row">
                      <Link to={of(m.month)}>{m.month}</Link>
                    </th>
                    <td className="num">{m.found}</td>
                    <td className="num">{m.due}</td>
                    <td className="num">{m.closed}</td>
                    <td className="num">{m.on_time}</td>
                  </tr>
                ))}
            </Table>
          </>
        )}
      </Ready>
    </section>
  )
}

/** Closing before and after the area was named. */
function Sides({ of }: { of: AreaOutcomes }) {
  const t = useT()
  return (
    <ul>
      {(['before', 'after'] as const).map((side) => {
        const x = of[side]
        return (
          x && (
            <li key={side}>
              {t(`overview.${side}`, { n: x.months })}: {t('overview.closingRate')}{' '}
              {percentOf(x.rate)} ({x.closed}/{x.due}), {t('overview.punctual')}{' '}
              {percentOf(x.punctual)} ({x.on_time}/{x.closed})
            </li>
          )
        )
      })}
    </ul>
  )
}
