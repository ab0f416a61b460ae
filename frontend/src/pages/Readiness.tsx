import { lazy, Suspense } from 'react'
import { Link, useParams } from 'react-router'
import { useMe } from '../api/queries'
import { type Readiness as Answer, type Drift, useReadiness } from '../api/readiness'
import { useStandardName } from '../api/standards'
import { mayFill } from '../app/posts'
import { periodName } from '../calendar/period'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Changes } from '../readiness/Changes'
import { Rulings } from '../readiness/Rulings'
import { Runs } from '../readiness/Runs'
import { Suppose } from '../readiness/Suppose'
import { text } from '../schema/types'
import { amount, shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../score/score.css'

const DriftChart = lazy(async () => ({
  default: (await import('../readiness/DriftChart')).DriftChart,
}))

/** Where an area stands today: what it lost, what is due, how it moves, and what if. */
export default function Readiness() {
  const { prison = '', area = '' } = useParams()
  const t = useT()
  const names = useNames()
  const query = useReadiness(prison, area)
  return (
    <>
      <PageTitle title={t('readiness.title', { area: names.area(area) })}>
        <Link to={`/prisons/${prison}/areas/${area}/self-check`}>{t('selfCheck.open')}</Link>
        <Link to={`/prisons/${prison}/areas/${area}/score`}>{t('readiness.sheet')}</Link>
      </PageTitle>
      <Ready query={query}>
        {(data) => (
          <>
            <Head data={data} />
            <Since prison={prison} data={data} />
            <Dues data={data} />
            <Drifts data={data} />
            <Suppose prison={prison} area={area} readiness={data} />
            <Rulings prison={prison} area={area} standard={data.sheet.standard} />
            <Runs prison={prison} area={area} />
          </>
        )}
      </Ready>
    </>
  )
}

function Head({ data }: { data: Answer }) {
  const t = useT()
  const { sheet } = data
  const above = amount(data.gap) >= 0
  return (
    <section className="panel">
      <div className="score-total">{sheet.display}</div>
      <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
        {t(sheet.passes ? 'score.pass' : 'score.fail')}
      </span>{' '}
      {t(above ? 'readiness.above' : 'readiness.below', { gap: shown(data.gap).replace('-', '') })}
      {data.carry && (
        <p className="late">
          <Link to={`/prisons/${data.area.prison}/cases/${data.carry.case}`}>
            {t('cases.carry', { carry: shown(data.carry.amount) })}
          </Link>
        </p>
      )}
      <p className="quiet">
        {t('score.of', { points: shown(sheet.points), line: shown(sheet.line) })}{' '}
        {t('score.window', { from: sheet.from, to: sheet.to })}
      </p>
    </section>
  )
}

function Since({ prison, data }: { prison: string; data: Answer }) {
  const t = useT()
  const standardName = useStandardName()
  const { since, sheet } = data
  if (!since) return <p className="panel quiet">{t('readiness.sinceNone')}</p>
  return (
    <section className="panel" aria-labelledby="since">
      <h2 id="since">{t('readiness.since', { day: since.day, score: shown(since.score) })}</h2>
      {since.now && (
        <p>
          {t('readiness.sinceVersion', {
            before: standardName(since.standard),
            was: since.version,
            after: standardName(sheet.standard),
            is: sheet.version,
            old: shown(since.now),
            new: sheet.display,
          })}
        </p>
      )}
      {since.changes.length === 0 ? (
        <p className="quiet">{t('readiness.sinceSame')}</p>
      ) : (
        <Changes
          prison={prison}
          list={since.changes}
          of={{ area: data.area.id, standard: since.standard }}
        />
      )}
    </section>
  )
}

function Dues({ data }: { data: Answer }) {
  const t = useT()
  const names = useNames()
  const me = useMe().data
  const files = me && mayFill(me) && me.postings.some((p) => p.area === data.area.id)
  return (
    <section className="panel" aria-labelledby="dues">
      <h2 id="dues">{t('readiness.dues')}</h2>
      {files && data.dues.length > 0 && <Link to="/">{t('readiness.toFill')}</Link>}
      {data.dues.length === 0 ? (
        <p className="quiet">{t('readiness.duesNone')}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('readiness.ledger')}</th>
              <th scope="col">{t('readiness.period')}</th>
              <th scope="col">{t('readiness.due')}</th>
              <th scope="col" className="num">
                {t('readiness.price')}
              </th>
            </tr>
          </thead>
          <tbody>
            {data.dues.map((d) => (
              <tr key={d.ledger + d.period + d.due_at}>
                <td>
                  <Link to={`/ledgers/${d.ledger}?area=${data.area.id}`}>
                    {names.ledger(d.ledger)}
                  </Link>
                </td>
                <td>{periodName(d.period, t)}</td>
                <td>{showTime(d.due_at)}</td>
                <td className="num">{shown(d.price) === '0' ? '0' : `−${shown(d.price)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Drifts({ data }: { data: Answer }) {
  const t = useT()
  const { drift, later, sheet } = data
  if (!drift) return <p className="panel quiet">{t('readiness.driftNone')}</p>
  return [drift, later].map((d) => d && <Moved key={d.run} drift={d} sheet={sheet} />)
}

/** How the domains moved from a kept run to today. */
function Moved({ drift, sheet }: { drift: Drift; sheet: Answer['sheet'] }) {
  const t = useT()
  const lang = useLang()
  const standardName = useStandardName()
  const kind = t(`readiness.run.${drift.kind}`)
  const named = (ids: string[]) =>
    sheet.domains
      .filter((d) => ids.includes(d.id))
      .map((d) => text(d.title, lang))
      .join(t('marks.list'))
  const slid = drift.domains.filter((d) => d.alarm).map((d) => d.id)
  return (
    <section className="panel" aria-labelledby={drift.run}>
      <h2 id={drift.run}>{t('readiness.drift', { day: drift.as_of, kind, score: drift.score })}</h2>
      <p className={drift.alarm ? 'danger' : 'quiet'}>
        {drift.alarm
          ? t('readiness.driftAlarm', { domains: named(slid) })
          : t('readiness.driftHeld')}
      </p>
      {drift.skipped.length > 0 && (
        <p className="quiet">
          {t('readiness.driftSkipped', {
            domains: named(drift.skipped),
            standard: standardName(drift.standard),
            version: drift.version,
          })}
        </p>
      )}
      {drift.domains.length > 0 && (
        <Suspense fallback={<Loading />}>
          <DriftChart drift={drift} sheet={sheet} />
        </Suspense>
      )}
    </section>
  )
}
