import { lazy, Suspense, useCallback, useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { type BoardFrame, type PrisonBoard, type RatedUnit, usePrisonBoard } from '../api/overview'
import { useTitled } from '../api/standards'
import { HeatMap } from '../calendar/HeatMap'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Figure } from '../overview/Figure'
import { num, Table } from '../overview/Table'
import { Units } from '../overview/Units'
import { Whole } from '../overview/Whole'
import { percentOf } from '../overview/words'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../overview/overview.css'

const FrameRadar = lazy(async () => ({ default: (await import('../overview/Charts')).FrameRadar }))
const IndicatorHeat = lazy(async () => ({
  default: (await import('../overview/Charts')).IndicatorHeat,
}))

/** The areas of a prison side by side: where each stands, what it lost, what is due. */
export default function PrisonOverview() {
  const { prison = '' } = useParams()
  const t = useT()
  const names = useNames()
  const [asked] = useSearchParams()
  const of = asked.get('of') as RatedUnit['of'] | null
  return (
    <>
      <PageTitle title={t('overview.prison', { prison: names.prison(prison) })}>
        <Link to={`/prisons/${prison}/plans`}>{t('plans.open')}</Link>{' '}
        <Link to="/overview">{t('overview.open')}</Link>
      </PageTitle>
      <Ready query={usePrisonBoard(prison)}>
        {(board) => (
          <>
            <Rates board={board} />
            {of && <Units prison={prison} of={of} named={asked.get('named') ?? undefined} />}
            {board.whole && <Whole prison={prison} />}
            {board.frames.length + board.unjudged.length === 0 && (
              <Empty>{t('overview.unitsNone')}</Empty>
            )}
            {board.frames.map((f) => (
              <Frame key={`${f.standard} ${f.version}`} prison={prison} frame={f} />
            ))}
            {board.unjudged.length > 0 && <Unjudged board={board} />}
            <Dues board={board} />
          </>
        )}
      </Ready>
      <HeatMap prison={prison} />
    </>
  )
}

function Rates({ board }: { board: PrisonBoard }) {
  const t = useT()
  return (
    <p className="panel">
      {board.rates
        .filter((r) => r.of !== 'prison')
        .map((r) => (
          <span key={r.of} className="overview-figure">
            {t(`overview.of_${r.of}`)} {t('overview.named')}{' '}
            <strong>
              <Figure to={`?of=${r.of}&named=true`}>{r.named}</Figure>/
              <Figure to={`?of=${r.of}`}>{r.all}</Figure>
            </strong>{' '}
            <Figure to={`?of=${r.of}&named=true`}>{percentOf(r.percent)}</Figure>
          </span>
        ))}
    </p>
  )
}

function Unjudged({ board }: { board: PrisonBoard }) {
  const t = useT()
  const names = useNames()
  return (
    <section className="panel" aria-labelledby="unjudged">
      <h2 id="unjudged">{t('score.noStandard')}</h2>
      <p className="quiet">{t('score.noStandardMeans')}</p>
      <ul>
        {board.unjudged.map((area) => (
          <li key={area}>
            <Link to={`/prisons/${board.prison}/units/${area}/board`}>{names.area(area)}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Frame({ prison, frame }: { prison: string; frame: BoardFrame }) {
  const t = useT()
  const titled = useTitled()
  const lang = useLang()
  const names = useNames()
  const go = useNavigate()
  const proof = useCallback(
    (area: string, code: string) =>
      `/prisons/${prison}/areas/${area}/proof?item=${encodeURIComponent(code)}`,
    [prison],
  )
  const open = useCallback((area: string, code: string) => void go(proof(area, code)), [go, proof])
  const lost = frame.areas.flatMap((a) =>
    a.cells.filter((c) => c.applies && c.lost !== '0').map((c) => ({ ...c, area: a.area })),
  )
  const titles = new Map(
    frame.domains.flatMap((d) => d.indicators).map((i) => [i.code, text(i.title, lang)]),
  )
  return (
    <section className="panel" aria-label={titled(frame)}>
      <h2>{titled(frame)}</h2>
      <div className="table-scroll">
        <Table
          head={[
            t('overview.unit'),
            num(t('overview.score')),
            num(t('overview.gap')),
            t('overview.wording'),
            t('overview.step'),
          ]}
        >
          {frame.areas.map((a) => (
            <tr key={a.area}>
              <th scope="row">
                <Link to={`/prisons/${prison}/units/${a.area}/board`}>{names.area(a.area)}</Link>
              </th>
              <td className="num">
                <Figure to={`/prisons/${prison}/areas/${a.area}/score`}>{a.display}</Figure>{' '}
                <span className={`status ${a.passes ? 'approved' : 'overdue'}`}>
                  {t(a.passes ? 'score.pass' : 'score.fail')}
                </span>
              </td>
              <td className="num">
                <Figure to={`/prisons/${prison}/areas/${a.area}/score`}>{shown(a.gap)}</Figure>
              </td>
              <td>{a.wording ?? '—'}</td>
              <td>
                {a.case ? (
                  <Link to={`/prisons/${prison}/cases/${a.case.id}`}>
                    {text(a.case.title, lang)}
                  </Link>
                ) : (
                  t('overview.stepNone')
                )}
              </td>
            </tr>
          ))}
        </Table>
      </div>
      <div className="overview-pair">
        <div>
          <h3>{t('overview.radar')}</h3>
          <Suspense fallback={<Loading />}>
            <FrameRadar frame={frame} />
          </Suspense>
        </div>
        <div className="table-scroll">
          <Table
            head={[
              t('overview.domain'),
              num(t('overview.mean')),
              t('overview.low'),
              num(t('overview.between')),
            ]}
          >
            {frame.domains.map((d) => (
              <tr key={d.id}>
                <th scope="row">{text(d.title, lang)}</th>
                <td className="num">
                  <Figure show={() => <Shares prison={prison} frame={frame} domain={d.id} />}>
                    {percentOf(d.mean)}
                  </Figure>
                </td>
                <td>
                  {d.units > 0 && (
                    <Figure to={`/prisons/${prison}/units/${d.low_at.area}/board`}>
                      {percentOf(d.low)} {names.area(d.low_at.area ?? '')}
                    </Figure>
                  )}
                </td>
                <td className="num">
                  <Figure show={() => <Shares prison={prison} frame={frame} domain={d.id} />}>
                    {percentOf(d.between)}
                  </Figure>
                </td>
              </tr>
            ))}
          </Table>
        </div>
      </div>
      <h3>{t('overview.heat')}</h3>
      <p className="quiet">{t('overview.heatAbout')}</p>
      <Suspense fallback={<Loading />}>
        <IndicatorHeat frame={frame} nameOf={names.area} open={open} />
      </Suspense>
      <details>
        <summary>
          {t('overview.lostList')}: {lost.length}
        </summary>
        <ul>
          {lost.map((c) => (
            <li key={c.area + c.code}>
              <Link to={proof(c.area, c.code)}>
                {names.area(c.area)} {c.code} {titles.get(c.code)}
              </Link>{' '}
              {t('overview.lost', { lost: shown(c.lost), percent: c.percent })}
            </li>
          ))}
        </ul>
      </details>
    </section>
  )
}

/** The areas that the figures of a domain count. */
function Shares(props: { prison: string; frame: BoardFrame; domain: string }) {
  const { prison, frame, domain } = props
  const names = useNames()
  return (
    <ul>
      {frame.areas
        .filter((a) => a.rates[domain])
        .map((a) => (
          <li key={a.area}>
            <Link to={`/prisons/${prison}/areas/${a.area}/score`}>{names.area(a.area)}</Link>{' '}
            {percentOf(a.rates[domain] ?? '')}
          </li>
        ))}
    </ul>
  )
}

const someDues = 20

function Dues({ board }: { board: PrisonBoard }) {
  const t = useT()
  const [all, show] = useState(false)
  const dues = all ? board.dues : board.dues.slice(0, someDues)
  const names = useNames()
  return (
    <section className="panel" aria-labelledby="dues">
      <h2 id="dues">{t('overview.dues')}</h2>
      {board.dues.length === 0 ? (
        <p className="quiet">{t('overview.duesNone')}</p>
      ) : (
        <>
          <p className="quiet">
            {t('overview.duesSome', { n: board.dues.length })}{' '}
            {board.dues.length > someDues && (
              <Figure open={all} onOpen={() => show(!all)}>
                {all
                  ? t('overview.duesFirst', { n: someDues })
                  : t('overview.duesAll', { n: board.dues.length })}
              </Figure>
            )}
          </p>
          <Table
            head={[
              t('overview.unit'),
              t('readiness.ledger'),
              t('overview.duesTime'),
              num(t('overview.cost')),
            ]}
          >
            {dues.map((d) => (
              <tr key={d.area + d.ledger + d.period + d.due_at}>
                <td>
                  <Link to={`/prisons/${board.prison}/areas/${d.area}/readiness`}>
                    {names.area(d.area)}
                  </Link>
                </td>
                <td>{names.ledger(d.ledger)}</td>
                <td>{showTime(d.due_at)}</td>
                <td className="num">
                  <Figure to={`/prisons/${board.prison}/areas/${d.area}/readiness`}>
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
