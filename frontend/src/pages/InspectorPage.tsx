import { Link, useParams } from 'react-router'
import { type InspectorHistory, useInspector } from '../api/pool'
import { Calibrated } from '../checks/Doubles'
import { tones } from '../checks/words'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { CallOff, Keep } from '../pool/Keep'
import { overlap, useDomains, useHome } from '../pool/words'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

/** One of the pool: what their office says of them, and every check they were called into. */
export default function InspectorPage() {
  const { person = '' } = useParams()
  const t = useT()
  return (
    <Ready query={useInspector(person)}>
      {(of) => (
        <>
          <PageTitle title={`${of.name} ${of.number}`}>
            <Link to="/inspectors">{t('pool.back')}</Link>
          </PageTitle>
          <Body of={of} />
        </>
      )}
    </Ready>
  )
}

function Body({ of }: { of: InspectorHistory }) {
  const t = useT()
  const named = useDomains(of.domains)
  const home = useHome()
  return (
    <>
      <section className="panel" aria-labelledby="inspector">
        <h2 id="inspector">{home(of.prison)}</h2>
        <dl className="pairs">
          <dt>{t('pool.skills')}</dt>
          <dd>{named(of.skills) || t('pool.noSkills')}</dd>
          <dt>{t('pool.served')}</dt>
          <dd>{of.served}</dd>
          <dt>{t('pool.last')}</dt>
          <dd>{of.last ?? t('pool.never')}</dd>
          <dt>{t('doubles.calibration')}</dt>
          <dd>
            <Calibrated of={of.calibration} />
          </dd>
        </dl>
        <Keep of={of} domains={of.domains} />
      </section>
      <Checks of={of} named={named} />
      <Aways of={of} />
      <Words of={of} named={named} />
    </>
  )
}

type Named = (codes: string[]) => string

function Checks({ of, named }: { of: InspectorHistory; named: Named }) {
  const t = useT()
  const names = useNames()
  return (
    <section className="panel" aria-labelledby="history">
      <h2 id="history">{t('pool.history')}</h2>
      {of.assignments.length === 0 ? (
        <Empty>{t('pool.noHistory')}</Empty>
      ) : (
        <div className="table-scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('pool.days')}</th>
                <th scope="col">{t('pool.unit')}</th>
                <th scope="col">{t('pool.kind')}</th>
                <th scope="col">{t('pool.as')}</th>
                <th scope="col">{t('pool.skilledThen')}</th>
                <th scope="col">{t('pool.state')}</th>
              </tr>
            </thead>
            <tbody>
              {of.assignments.map((a) => (
                <tr key={a.check}>
                  <td>
                    {a.from_day} – {a.to_day}
                  </td>
                  <td>
                    {names.prison(a.prison)} {a.area ? names.area(a.area) : t('checks.whole')}
                  </td>
                  <td>{t(`checks.kinds.${a.kind}`)}</td>
                  <td>{t(a.leader ? 'checks.leader' : 'checks.member')}</td>
                  <td>{named(a.skills) || '—'}</td>
                  <td>
                    <span className={`status ${tones[a.state]}`}>
                      {t(`checks.states.${a.state}`)}
                    </span>{' '}
                    {a.state === 'open' && of.away.some((x) => overlap(x, a)) && (
                      <span className="status overdue">{t('pool.clash')}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Aways({ of }: { of: InspectorHistory }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="aways">
      <h2 id="aways">{t('pool.aways')}</h2>
      {of.aways.length === 0 ? (
        <Empty>{t('pool.noWords')}</Empty>
      ) : (
        <div className="table-scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('pool.days')}</th>
                <th scope="col">{t('pool.reason')}</th>
                <th scope="col">{t('pool.by')}</th>
                <th scope="col">{t('pool.state')}</th>
              </tr>
            </thead>
            <tbody>
              {of.aways.map((a) => (
                <tr key={a.n}>
                  <td>{t('pool.awayIs', { from: a.from_day, to: a.to_day })}</td>
                  <td>{a.reason}</td>
                  <td>
                    {a.by_name} <span className="quiet">{showTime(a.recorded_at)}</span>
                  </td>
                  <td>
                    {a.called_off && t('pool.calledOff', { reason: a.called_off })}
                    {of.away.some((x) => x.n === a.n) && <CallOff of={of} away={a} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Words({ of, named }: { of: InspectorHistory; named: Named }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="words">
      <h2 id="words">{t('pool.words')}</h2>
      {of.words.length === 0 ? (
        <Empty>{t('pool.noWords')}</Empty>
      ) : (
        <div className="table-scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('pool.skills')}</th>
                <th scope="col">{t('pool.by')}</th>
                <th scope="col">{t('pool.at')}</th>
              </tr>
            </thead>
            <tbody>
              {of.words.map((w) => (
                <tr key={w.n}>
                  <td>{named(w.domains) || t('pool.noSkills')}</td>
                  <td>{w.by_name}</td>
                  <td>{showTime(w.recorded_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
