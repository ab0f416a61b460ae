import { type Liaised, nameLiaison, useLiaisons } from '../api/bulletins'
import { now } from '../api/clock'
import { PageTabs } from '../app/PageTabs'
import { today } from '../form/time'
import { useT } from '../i18n'
import { Day, Say } from '../together/Say'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** Each department concerned with its one liaison, how it came to that, and the hand-over. */
export default function Liaisons() {
  const t = useT()
  return (
    <>
      <PageTitle title={t('bulletins.liaisons')} />
      <PageTabs of="/opinions" />
      <p className="quiet">{t('bulletins.toldTo')}</p>
      <Ready
        query={useLiaisons()}
        empty={({ liaisons }) => liaisons.length === 0}
        whenEmpty={t('bulletins.noLiaisons')}
      >
        {({ liaisons }) => (
          <div className="panel table-scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('bulletins.department')}</th>
                  <th scope="col">{t('bulletins.liaison')}</th>
                  <th scope="col">{t('bulletins.since')}</th>
                  <th scope="col" className="num">
                    {t('bulletins.changes')}
                  </th>
                  <th scope="col">{t('bulletins.history')}</th>
                </tr>
              </thead>
              <tbody>
                {liaisons.map((x) => (
                  <Row key={x.department} of={x} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
    </>
  )
}

function Row({ of }: { of: Liaised }) {
  const t = useT()
  const names = useNames()
  return (
    <tr>
      <td>{names.office(of.department)}</td>
      <td>
        {of.current?.name ?? (
          <span className={`status ${of.alarm ? 'overdue' : 'warning'}`}>
            {of.alarm
              ? t('bulletins.alarm')
              : of.vacant_since
                ? t('bulletins.vacant', { since: of.vacant_since })
                : t('bulletins.vacantNow')}
          </span>
        )}
        {of.may_name && <Name of={of} />}
      </td>
      <td>{of.current?.from ?? of.vacant_since ?? '—'}</td>
      <td className="num">
        {of.changes} {of.often && <span className="status warning">{t('bulletins.often')}</span>}
      </td>
      <td>
        {of.history.length === 0 && '—'}
        {of.history.map((l) => (
          <div key={l.n}>
            {l.name ?? t('bulletins.nobody')}{' '}
            <span className="quiet">
              {t('bulletins.term', {
                from: l.from,
                until: l.until ?? l.left ?? t('bulletins.now'),
              })}{' '}
              {l.reason}
              {l.superseded && ` · ${t('bulletins.superseded')}`}
            </span>
          </div>
        ))}
      </td>
    </tr>
  )
}

function Name({ of }: { of: Liaised }) {
  const t = useT()
  const names = useNames()
  const first = of.seen === 0
  return (
    <Say
      key={of.seen}
      label={t(first ? 'bulletins.name' : 'bulletins.handOver')}
      of={t('bulletins.nameOf', { department: names.office(of.department) })}
      send={(typed, key) =>
        nameLiaison(
          of,
          { number: typed('person'), from: typed('from'), reason: typed('reason') },
          key,
        )
      }
    >
      <label>
        {t('bulletins.person')}
        <select name="person">
          {of.colleagues
            .filter((c) => c.number !== of.current?.number)
            .map((c) => (
              <option key={c.number} value={c.number}>
                {c.name} {c.number}
              </option>
            ))}
          {of.current && <option value="">{t('bulletins.leaves')}</option>}
        </select>
      </label>
      <Day name="from" label={t('bulletins.from')} day={today(now())} />
      <label className="wide">
        {t('bulletins.reason')}
        <input name="reason" required={!first} maxLength={1000} />
      </label>
    </Say>
  )
}
