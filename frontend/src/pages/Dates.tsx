import { useState } from 'react'
import { Link } from 'react-router'
import { useLevel, useUnit } from '../accreditation/words'
import { type DatedItem, useDates } from '../api/bulletins'
import { useOrganisation } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

/** Windows of batches, opinions, look-backs and re-checks due, and visits, by day. */
export default function Dates() {
  const t = useT()
  const lang = useLang()
  const [prison, setPrison] = useState('')
  const prisons = useOrganisation().data?.prisons ?? []
  return (
    <>
      <PageTitle title={t('bulletins.calendar')} />
      <PageTabs of="/opinions" />
      <label>
        {t('bulletins.prison')}{' '}
        <select value={prison} onChange={(e) => setPrison(e.target.value)}>
          <option value="">{t('bulletins.allPrisons')}</option>
          {prisons.map((p) => (
            <option key={p.id} value={p.id}>
              {text(p.name, lang)}
            </option>
          ))}
        </select>
      </label>
      <Ready query={useDates()}>
        {({ days }) => (
          <Table days={days.filter((d) => !prison || !d.prison || d.prison === prison)} />
        )}
      </Ready>
    </>
  )
}

function Table({ days }: { days: DatedItem[] }) {
  const t = useT()
  const lang = useLang()
  const unit = useUnit()
  const level = useLevel()
  const names = useNames()
  if (days.length === 0) return <Empty>{t('bulletins.noDates')}</Empty>
  const what = (d: DatedItem) =>
    t(`bulletins.date_${d.kind}`, {
      batch: d.batch ?? '',
      level: level(d.level ?? ''),
      department: names.office(d.department ?? ''),
      title: text(d.title, lang),
      of: d.of ? t(`opinions.kind_${d.of}`) : '',
    })
  const to = (d: DatedItem) =>
    d.check
      ? `/prisons/${d.prison}/checks/${d.check}`
      : d.case
        ? `/prisons/${d.prison}/cases/${d.case}`
        : d.kind === 'visit'
          ? '/visits'
          : '/bulletins'
  return (
    <div className="panel table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('bulletins.day')}</th>
            <th scope="col">{t('bulletins.what')}</th>
            <th scope="col">{t('bulletins.unit')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((d, n) => (
            <tr key={n}>
              <td>
                {d.until && d.until !== d.day
                  ? t('bulletins.term', { from: d.day, until: d.until })
                  : d.day}
              </td>
              <td>
                <Link to={to(d)}>{what(d)}</Link>{' '}
                {d.late && <span className="status overdue">{t('bulletins.late')}</span>}
              </td>
              <td>{d.prison ? unit({ prison: d.prison, area: d.area }) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
