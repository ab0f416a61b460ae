import { Link } from 'react-router'
import { useCatalogue, useLedgers } from '../api/queries'
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
  const query = useLedgers()
  return (
    <>
      <PageTitle title={t('menu.ledgers')} />
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
