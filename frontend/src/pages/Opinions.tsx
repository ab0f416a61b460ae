import { useState } from 'react'
import { Link } from 'react-router'
import { useLevel, useUnit } from '../accreditation/words'
import { type OwedOpinion, useOpinions } from '../api/opinions'
import { useMe } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

const tones = {
  open: 'submitted',
  due_soon: 'warning',
  overdue: 'overdue',
  given: 'approved',
  not_given: 'voided',
}

/** What departments were asked for their opinion of, one's own first. */
export default function Opinions() {
  const t = useT()
  const [all, setAll] = useState(false)
  const ofOffice = useMe().data?.postings.some((p) => p.role.startsWith('bureau_')) ?? false
  return (
    <>
      <PageTitle title={t('opinions.title')} />
      <PageTabs of="/opinions" />
      <Ready
        query={useOpinions()}
        empty={(list) => list.length === 0}
        whenEmpty={t('opinions.none')}
      >
        {(list) => (
          <>
            {!ofOffice && (
              <label>
                <input type="checkbox" checked={all} onChange={(e) => setAll(e.target.checked)} />{' '}
                {t('opinions.all')}
              </label>
            )}
            <Table list={all || ofOffice ? list : list.filter((o) => o.mine)} />
          </>
        )}
      </Ready>
    </>
  )
}

function Table({ list }: { list: OwedOpinion[] }) {
  const t = useT()
  const unit = useUnit()
  const level = useLevel()
  const names = useNames()
  if (list.length === 0) return <Empty>{t('opinions.noneMine')}</Empty>
  return (
    <div className="panel table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('opinions.unit')}</th>
            <th scope="col">{t('opinions.level')}</th>
            <th scope="col">{t('opinions.department')}</th>
            <th scope="col">{t('opinions.asked')}</th>
            <th scope="col">{t('opinions.due')}</th>
            <th scope="col">{t('opinions.stands')}</th>
            <th scope="col">{t('opinions.value')}</th>
            <th scope="col">{t('opinions.does')}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((o) => (
            <tr key={`${o.case} ${o.seq} ${o.department}`}>
              <td>{unit(o)}</td>
              <td>{level(o.level)}</td>
              <td>{names.office(o.department)}</td>
              <td>{showTime(o.asked_at)}</td>
              <td>{o.due_on}</td>
              <td>
                <span className={`status ${tones[o.mark]}`}>{t(`opinions.mark_${o.mark}`)}</span>
              </td>
              <td>{o.value ? t(`cases.value_${o.value}`) : '—'}</td>
              <td>
                <Link to={`/prisons/${o.prison}/cases/${o.case}/opinions/${o.department}`}>
                  {t(o.may_give ? 'opinions.give' : 'opinions.open')}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
