import { Link, useSearchParams } from 'react-router'
import { useCatalogue, useKeptOn, useOrganisation, usePrison } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

const cadences = ['per_shift', 'daily', 'weekly', 'monthly', 'quarterly', 'event'] as const

/** The catalogue: every ledger with its one owner. */
export default function Ledgers() {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const [params, setParams] = useSearchParams()
  const on = params.get('on') ?? ''
  const area = params.get('area') ?? ''
  const set = (name: string, value: string) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  const query = useKeptOn(on, area)
  const prison = usePrison()
  const prisons = useOrganisation().data?.prisons ?? []
  const areas = prisons.find((p) => p.id === prison)?.areas ?? []
  return (
    <>
      <PageTitle title={t('menu.ledgers')} />
      <PageTabs of="/ledgers" />
      <form className="panel filters" onSubmit={(e) => e.preventDefault()}>
        <label htmlFor="kept-area">{t('ledgers.keptBy')}</label>{' '}
        <select id="kept-area" value={area} onChange={(e) => set('area', e.target.value)}>
          <option value="">{t('ledgers.everyArea')}</option>
          {areas.map((a) => (
            <option key={a.id} value={a.id}>
              {names.area(a.id)}
            </option>
          ))}
        </select>{' '}
        <label htmlFor="kept-on">{t('ledgers.keptOn')}</label>{' '}
        <input id="kept-on" type="date" value={on} onChange={(e) => set('on', e.target.value)} />{' '}
        <span role="status" className="quiet">
          {query.data && t('ledgers.kept', { n: query.data.length })}
        </span>
      </form>
      <Ready query={query} empty={(list) => list.length === 0} whenEmpty={t('ledgers.empty')}>
        {(list) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('entry.ledger')}</th>
                  <th scope="col">{t('ledgers.owner')}</th>
                  <th scope="col">{t('ledgers.cadence')}</th>
                  <th scope="col">{t('ledgers.filler')}</th>
                  <th scope="col">{t('ledgers.sensitivity')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((ledger) => {
                  const cadence = cadences.find((c) => c === ledger.cadence.kind)
                  return (
                    <tr key={ledger.id}>
                      <td>
                        <Link to={`/ledgers/${ledger.id}`}>{text(ledger.title, lang)}</Link>
                      </td>
                      <td>{names.department(ledger.owner)}</td>
                      <td>{cadence ? t(`cadence.${cadence}`) : ledger.cadence.kind}</td>
                      <td>{text(ledger.filler.title, lang)}</td>
                      <td>{ledger.sensitivity}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
      <Ended />
    </>
  )
}

/** What is no longer kept: its records stay, and a line says where to go. */
function Ended() {
  const t = useT()
  const lang = useLang()
  const ended = useCatalogue().data?.ended ?? []
  if (ended.length === 0) return null
  return (
    <section className="panel">
      <h2>{t('ledgers.ended')}</h2>
      <ul>
        {ended.map((l) => (
          <li key={l.id}>
            <Link to={`/ledgers/${l.id}`}>{text(l.title, lang)}</Link>{' '}
            {l.end && (
              <>
                {t('ledgers.endedOn', { on: l.end.on })} {text(l.end.notice, lang)}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
