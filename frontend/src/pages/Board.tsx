import { lazy, Suspense, useState } from 'react'
import { Link, useParams } from 'react-router'
import { type AreaOutcomes, useOutcomes } from '../api/overview'
import { useTrend } from '../api/queries'
import { type Readiness, useReadiness } from '../api/readiness'
import { HeatMap } from '../calendar/HeatMap'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { Behind } from '../overview/Behind'
import { Figure } from '../overview/Figure'
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
      <Figure to={`/prisons/${prison}/areas/${area}/score`}>
        {t(amount(data.gap) >= 0 ? 'readiness.above' : 'readiness.below', {
          gap: shown(data.gap).replace('-', ''),
        })}
      </Figure>
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
                <td className="num">
                  <Figure to={`/prisons/${data.area.prison}/areas/${data.area.id}/readiness`}>
                    {shown(d.price) === '0' ? '0' : `−${shown(d.price)}`}
                  </Figure>
                </td>
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
  const of = (month: string) =>
    `/ledgers/hazard-rectification?area=${area}&from=${month}-01&to=${endOf(month)}`
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
            <Sides prison={prison} area={area} of={o} />
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
                    {(['found', 'due', 'closed', 'on_time'] as const).map((k) => (
                      <td key={k} className="num">
                        <Figure
                          show={() => (
                            <Behind
                              prison={prison}
                              area={area}
                              figure={k === 'found' ? 'hazards' : k}
                              from={`${m.month}-01`}
                              to={endOf(m.month)}
                            />
                          )}
                        >
                          {m[k]}
                        </Figure>
                      </td>
                    ))}
                  </tr>
                ))}
            </Table>
          </>
        )}
      </Ready>
    </section>
  )
}

/** The last day of a month. */
const endOf = (month: string) =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0))
    .toISOString()
    .slice(0, 10)

/** Closing before and after the area was named; each number opens what it counts. */
function Sides({ prison, area, of }: { prison: string; area: string; of: AreaOutcomes }) {
  const t = useT()
  const [opened, open] = useState<{ side: 'before' | 'after'; figure: Counts }>()
  const named = of.named_on?.slice(0, 7) ?? ''
  const months = of.months
    .map((m) => m.month)
    .filter((m) => (opened?.side === 'before' ? m < named : m > named))
  return (
    <>
      <ul>
        {(['before', 'after'] as const).map((side) => {
          const x = of[side]
          const figure = (k: Counts) => (
            <Figure
              open={opened?.side === side && opened.figure === k}
              onOpen={() => open({ side, figure: k })}
            >
              {x?.[k]}
            </Figure>
          )
          return (
            x && (
              <li key={side}>
                {t(`overview.${side}`, { n: x.months })}: {t('overview.closingRate')}{' '}
                {percentOf(x.rate)} ({figure('closed')}/{figure('due')}), {t('overview.punctual')}{' '}
                {percentOf(x.punctual)} ({figure('on_time')}/{figure('closed')})
              </li>
            )
          )
        })}
      </ul>
      {opened && months.length > 0 && (
        <Behind
          prison={prison}
          area={area}
          figure={opened.figure}
          from={`${months[0]}-01`}
          to={endOf(months.at(-1) ?? '')}
        />
      )}
    </>
  )
}

type Counts = 'due' | 'closed' | 'on_time'
