import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type CheckKind, type Framework, openCheck, useChecks } from '../api/checks'
import { now } from '../api/clock'
import { useOrganisation, usePrison } from '../api/queries'
import { useTitled } from '../api/standards'
import { PageTabs } from '../app/PageTabs'
import { ActForm } from '../checks/ActForm'
import { useCheckName } from '../checks/names'
import { Find, Uncovered, uncovered, usePool, type Wanted } from '../checks/Pool'
import { kinds, tones } from '../checks/words'
import { today } from '../form/time'
import { useT } from '../i18n'
import { AwayThen } from '../pool/AwayThen'
import { useDomains } from '../pool/words'
import { shown } from '../score/decimal'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../checks/checks.css'

/** The checks of a prison's units, and opening another. */
export default function Checks() {
  const t = useT()
  const prison = usePrison()
  const names = useNames()
  const nameOf = useCheckName()
  const query = useChecks(prison)
  return (
    <>
      <PageTitle title={t('checks.title')}>
        <Link to="/rectifications">{t('checks.rectifications')}</Link>
      </PageTitle>
      <PageTabs of="/checks" />
      <Ready query={query}>
        {({ checks, more, may, frameworks }) => (
          <>
            {may.length > 0 && <Open prison={prison} may={may} frameworks={frameworks} />}
            <section className="panel" aria-labelledby="checks">
              <h2 id="checks">{names.prison(prison) || t('checks.title')}</h2>
              {checks.length === 0 ? (
                <Empty>{t('checks.empty')}</Empty>
              ) : (
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('checks.unit')}</th>
                      <th scope="col">{t('checks.kind')}</th>
                      <th scope="col">{t('checks.days')}</th>
                      <th scope="col">{t('checks.purpose')}</th>
                      <th scope="col">{t('checks.leader')}</th>
                      <th scope="col">{t('checks.state')}</th>
                      <th scope="col" className="num">
                        {t('checks.score')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {checks.map((c) => (
                      <tr key={c.id}>
                        <td>
                          <Link to={`/prisons/${prison}/checks/${c.id}`}>
                            {c.area ? names.area(c.area) : t('checks.whole')}
                          </Link>
                        </td>
                        <td>{nameOf(c)}</td>
                        <td>
                          {c.from_day} – {c.to_day}
                        </td>
                        <td>{c.purpose}</td>
                        <td>{c.members.find((m) => m.leader)?.name}</td>
                        <td>
                          <span className={`status ${tones[c.state]}`}>
                            {t(`checks.states.${c.state}`)}
                          </span>
                        </td>
                        <td className="num">{shown(c.score)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              {more && <p className="quiet">{t('checks.moreChecks')}</p>}
            </section>
          </>
        )}
      </Ready>
    </>
  )
}

interface Offered {
  prison: string
  may: CheckKind[]
  frameworks: Framework[]
}

function Open({ prison, may, frameworks }: Offered) {
  const t = useT()
  const titled = useTitled()
  const names = useNames()
  const go = useNavigate()
  const areas = useOrganisation().data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const offered = kinds.filter((k) => may.includes(k))
  const [kind, choose] = useState<CheckKind>(offered[0] ?? 'mock')
  const day = today(now())
  const [wanted, want] = useState<Wanted>({ from: day, to: day })
  const [framework, hold] = useState(frameworks[0]?.standard ?? '')
  const standard = kind === 'other' ? { standard: framework } : {}
  const pool = usePool(prison, kind, { ...wanted, ...standard })
  return (
    <section className="panel" aria-labelledby="open-check">
      <h2 id="open-check">{t('checks.open')}</h2>
      <ActForm
        label={t('checks.open')}
        done={t('checks.opened')}
        say={async (typed, key) => {
          const leader = typed('leader')
          const check = await openCheck(
            prison,
            {
              ...(typed('area') ? { area: typed('area') } : {}),
              kind,
              ...standard,
              from_day: typed('from'),
              to_day: typed('to'),
              purpose: typed('purpose'),
              team: typed.all('team').map((person) => ({ person, leader: person === leader })),
            },
            key,
          )
          void go(`/prisons/${prison}/checks/${check.id}`)
        }}
      >
        <label>
          {t('checks.kind')}
          <select value={kind} onChange={(e) => choose(e.target.value as CheckKind)}>
            {offered.map((k) => (
              <option key={k} value={k}>
                {t(`checks.kinds.${k}`)}
              </option>
            ))}
          </select>
        </label>
        {kind === 'other' && (
          <label>
            {t('checks.framework')}
            <select value={framework} onChange={(e) => hold(e.target.value)}>
              {frameworks.map((f) => (
                <option key={f.standard} value={f.standard}>
                  {titled(f)} {t('standards.versionN', { version: f.version })}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t('checks.unit')}
          <select name="area" onChange={(e) => want({ ...wanted, area: e.target.value })}>
            <option value="">{t('checks.whole')}</option>
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {names.area(a.id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('checks.from')}
          <input
            type="date"
            name="from"
            required
            defaultValue={day}
            onChange={(e) => want({ ...wanted, from: e.target.value })}
          />
        </label>
        <label>
          {t('checks.to')}
          <input
            type="date"
            name="to"
            required
            defaultValue={day}
            min={day}
            onChange={(e) => want({ ...wanted, to: e.target.value })}
          />
        </label>
        {kind === 'other' && <p className="wide quiet">{t('checks.frameworkMeans')}</p>}
        <label className="wide">
          {t('checks.purpose')}
          <input name="purpose" required maxLength={200} />
        </label>
        <Team kind={kind} pool={pool} />
      </ActForm>
    </section>
  )
}

/** Who is called, and who leads them. */
function Team({ kind, pool }: { kind: CheckKind; pool: ReturnType<typeof usePool> }) {
  const t = useT()
  const named = useDomains(pool.domains)
  const [team, gather] = useState<unknown[]>([])
  const [leader, lead] = useState<unknown>(null)
  const chosen = pool.people.filter((p) => team.includes(p.person))
  return (
    <fieldset
      className="wide"
      onChange={(e) => {
        const { form } = e.currentTarget
        if (!form) return
        const typed = new FormData(form)
        gather(typed.getAll('team'))
        lead(typed.get('leader'))
      }}
    >
      <legend>{t('checks.team')}</legend>
      <Find {...pool} />
      <div className="check-pool">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('checks.member')}</th>
              <th scope="col">{t('checks.leads')}</th>
              <th scope="col">{t('checks.name')}</th>
              <th scope="col">{t('pool.skills')}</th>
              <th scope="col" className="num">
                {t('pool.turnsOf')}
              </th>
              <th scope="col" className="num">
                {t('checks.served')}
              </th>
            </tr>
          </thead>
          <tbody>
            {pool.people.map((p) => {
              // Nobody who is chosen is left out without a word: the server refuses them by name.
              const refused = (p.own && kind !== 'self_check') || !!p.away_to
              return (
                <tr key={p.person} hidden={!pool.fits(p)}>
                  <td>
                    <input
                      type="checkbox"
                      name="team"
                      value={p.person}
                      disabled={refused && !team.includes(p.person)}
                      aria-label={`${t('checks.member')} ${p.name} ${p.number}`}
                    />
                  </td>
                  <td>
                    <input
                      type="radio"
                      name="leader"
                      value={p.person}
                      disabled={refused && leader !== p.person}
                      aria-label={`${t('checks.leads')} ${p.name} ${p.number}`}
                    />
                  </td>
                  <td>
                    {p.name} <span className="mono quiet">{p.number}</span>{' '}
                    {p.own && kind !== 'self_check' && (
                      <span className="status excused">{t('checks.own')}</span>
                    )}
                    {p.away_to && (
                      <span className="status excused">{t('pool.awayTo', { to: p.away_to })}</span>
                    )}
                    {p.engaged && <span className="status draft">{t('pool.engaged')}</span>}
                  </td>
                  <td>{named(p.skills)}</td>
                  <td className="num">{p.turns}</td>
                  <td className="num">{p.served}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <AwayThen people={chosen} />
      {chosen.length > 0 && <Uncovered domains={uncovered(pool.domains, chosen)} />}
    </fieldset>
  )
}
