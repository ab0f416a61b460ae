import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { type Inspector, type InspectorPool, usePoolOf } from '../api/pool'
import { PageTabs } from '../app/PageTabs'
import { useT } from '../i18n'
import { freeOn, overlap, useDomains, useHome } from '../pool/words'
import { useFilter } from '../stewardship/filter'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../pool/pool.css'

const TurnsChart = lazy(() => import('../pool/TurnsChart'))

/** The pool that teams are called from: who is in it, whose turn it is, who is skilled in what and free when. */
export default function Inspectors() {
  const t = useT()
  return (
    <>
      <PageTitle title={t('pool.title')} />
      <PageTabs of="/checks" />
      <p className="quiet">{t('pool.about')}</p>
      <Ready query={usePoolOf()}>
        {(pool) => (
          <>
            <Turns pool={pool} />
            <People pool={pool} />
          </>
        )}
      </Ready>
    </>
  )
}

function Turns({ pool }: { pool: InspectorPool }) {
  const t = useT()
  const home = useHome()
  const mean = pool.prisons > 0 ? pool.total / pool.prisons : 0
  return (
    <section className="panel" aria-labelledby="turns">
      <h2 id="turns">{t('pool.turns')}</h2>
      {pool.turns.length > 1 && (
        <Suspense fallback={<Loading />}>
          <TurnsChart pool={pool} mean={mean} />
        </Suspense>
      )}
      <div className="table-scroll">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('pool.prison')}</th>
              <th scope="col" className="num">
                {t('pool.people')}
              </th>
              <th scope="col" className="num">
                {t('pool.turnsOf')}
              </th>
            </tr>
          </thead>
          <tbody>
            {pool.turns.map((x) => (
              <tr key={x.prison ?? ''}>
                <td>{home(x.prison)}</td>
                <td className="num">{x.people}</td>
                <td className="num">{x.served}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="quiet">{t('pool.mean', { mean: mean.toFixed(1) })}</p>
    </section>
  )
}

const filters = ['q', 'prison', 'domain', 'free'] as const
// As no prison is called.
const bureau = 'bureau'

function People({ pool }: { pool: InspectorPool }) {
  const t = useT()
  const home = useHome()
  const named = useDomains(pool.domains)
  const { now, set } = useFilter(filters)
  const rows = pool.people.filter(
    (p) =>
      (p.name.includes(now.q) || p.number.startsWith(now.q)) &&
      (now.prison === '' || (p.prison ?? bureau) === now.prison) &&
      (now.domain === '' || p.skills.includes(now.domain)) &&
      (now.free === '' || freeOn(p, now.free)),
  )
  return (
    <section className="panel" aria-labelledby="people">
      <h2 id="people">{t('pool.table')}</h2>
      <p className="calendar-tools">
        <label>
          {t('pool.text')}{' '}
          <input
            type="search"
            defaultValue={now.q}
            onChange={(e) => set({ q: e.target.value.trim() })}
          />
        </label>
        {pool.turns.length > 1 && (
          <label>
            {t('pool.prison')}{' '}
            <select defaultValue={now.prison} onChange={(e) => set({ prison: e.target.value })}>
              <option value="">{t('pool.all')}</option>
              {pool.turns.map((x) => (
                <option key={x.prison ?? bureau} value={x.prison ?? bureau}>
                  {home(x.prison)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t('pool.domain')}{' '}
          <select defaultValue={now.domain} onChange={(e) => set({ domain: e.target.value })}>
            <option value="">{t('pool.all')}</option>
            {pool.domains.map((d) => (
              <option key={d.code} value={d.code}>
                {named([d.code])}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('pool.free')}{' '}
          <input
            type="date"
            defaultValue={now.free}
            min={pool.day}
            onChange={(e) => set({ free: e.target.value })}
          />
        </label>
        <span role="status" className="quiet">
          {t('pool.found', { n: rows.length })}
        </span>
      </p>
      {rows.length === 0 ? (
        <Empty>{t(pool.people.length === 0 ? 'pool.empty' : 'pool.none')}</Empty>
      ) : (
        <Rows rows={rows} named={named} />
      )}
    </section>
  )
}

function Rows({ rows, named }: { rows: Inspector[]; named: (codes: string[]) => string }) {
  const t = useT()
  const home = useHome()
  return (
    <div className="table-scroll">
      <table className="plain pool-people">
        <thead>
          <tr>
            <th scope="col">{t('pool.name')}</th>
            <th scope="col">{t('pool.prison')}</th>
            <th scope="col">{t('pool.skills')}</th>
            <th scope="col">{t('pool.away')}</th>
            <th scope="col">{t('pool.tasks')}</th>
            <th scope="col" className="num">
              {t('pool.served')}
            </th>
            <th scope="col">{t('pool.last')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((p) => (
            <tr key={p.person}>
              <td>
                <Link to={`/inspectors/${p.person}`}>{p.name}</Link>{' '}
                <span className="mono quiet">{p.number}</span>
              </td>
              <td>{home(p.prison)}</td>
              <td>{named(p.skills) || <span className="quiet">{t('pool.noSkills')}</span>}</td>
              <td>
                {p.away.map((a) => (
                  <div key={a.n}>
                    {t('pool.awayIs', { from: a.from_day, to: a.to_day })}{' '}
                    <span className="quiet">{a.reason}</span>
                  </div>
                ))}
              </td>
              <td>
                {p.tasks.map((x) => (
                  <div key={x.check}>
                    {t(`checks.kinds.${x.kind}`)} {x.from_day} – {x.to_day}{' '}
                    {p.away.some((a) => overlap(a, x)) && (
                      <span className="status overdue">{t('pool.clash')}</span>
                    )}
                  </div>
                ))}
              </td>
              <td className="num">{p.served}</td>
              <td>{p.last ?? <span className="quiet">{t('pool.never')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
