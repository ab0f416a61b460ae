import { Link } from 'react-router'
import type { Entry } from '../api/model'
import { SummaryText } from '../entry/SummaryText'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from './names'
import { EntryTags } from './Status'

/** Entries of several ledgers in one plain table. */
export function EntryTable({ entries }: { entries: Entry[] }) {
  const t = useT()
  const names = useNames()
  return (
    <div className="table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('entry.ledger')}</th>
            <th scope="col">{t('entry.summary')}</th>
            <th scope="col">{t('entry.area')}</th>
            <th scope="col">{t('entry.occurred')}</th>
            <th scope="col">{t('entry.changedAt')}</th>
            <th scope="col">{t('entry.state')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>
                <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>
                  {names.ledger(entry.ledger)}
                </Link>
              </td>
              <td>
                <SummaryText entry={entry} />
              </td>
              <td className="whole">{names.area(entry.area)}</td>
              <td className="whole">{showTime(entry.occurred_at) || '—'}</td>
              <td className="whole">{showTime(entry.changed_at)}</td>
              <td>
                <EntryTags entry={entry} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
