import { useState } from 'react'
import { Link } from 'react-router'
import { useUnit } from '../accreditation/words'
import { type DepartmentTask, useDepartmentTasks } from '../api/bulletins'
import { useMe } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

const tones = { open: 'submitted', done: 'approved', overdue: 'overdue', lapsed: 'voided' }
const states = ['open', 'overdue', 'done', 'lapsed'] as const

/** What each department owes the accreditation: due, done, overdue. */
export default function DepartmentTasks() {
  const t = useT()
  const [all, setAll] = useState(false)
  const ofOffice = useMe().data?.postings.some((p) => p.role.startsWith('bureau_')) ?? false
  return (
    <>
      <PageTitle title={t('bulletins.tasks')} />
      <PageTabs of="/opinions" />
      <Ready
        query={useDepartmentTasks()}
        empty={({ tasks }) => tasks.length === 0}
        whenEmpty={t('bulletins.noTasks')}
      >
        {({ tasks }) => (
          <>
            {!ofOffice && (
              <label>
                <input type="checkbox" checked={all} onChange={(e) => setAll(e.target.checked)} />{' '}
                {t('bulletins.all')}
              </label>
            )}
            <Table tasks={all || ofOffice ? tasks : tasks.filter((x) => x.mine)} />
          </>
        )}
      </Ready>
    </>
  )
}

function Table({ tasks }: { tasks: DepartmentTask[] }) {
  const t = useT()
  const unit = useUnit()
  const names = useNames()
  if (tasks.length === 0) return <Empty>{t('bulletins.noTasksMine')}</Empty>
  return (
    <div className="panel table-scroll">
      <p>
        {states
          .map((s) => t(`bulletins.count_${s}`, { n: tasks.filter((x) => x.state === s).length }))
          .join(' · ')}
      </p>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('bulletins.department')}</th>
            <th scope="col">{t('bulletins.task')}</th>
            <th scope="col">{t('bulletins.unit')}</th>
            <th scope="col">{t('bulletins.due')}</th>
            <th scope="col">{t('bulletins.state')}</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((x) => (
            <tr key={`${x.department} ${x.kind} ${x.case ?? ''} ${x.year ?? ''} ${x.due_on}`}>
              <td>{names.office(x.department)}</td>
              <td>
                <Link to={where(x)}>{t(`bulletins.task_${x.kind}`)}</Link>
              </td>
              <td>
                {x.prison
                  ? unit({ prison: x.prison, area: x.area })
                  : t('bulletins.issueOf', { year: x.year ?? '', issue: x.issue ?? '' })}
              </td>
              <td>{x.due_on}</td>
              <td>
                <span className={`status ${tones[x.state]}`}>{t(`bulletins.task_${x.state}`)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function where(x: DepartmentTask): string {
  if (x.kind === 'bulletin') return `/bulletins/${x.year}/${x.issue}`
  const of = `/prisons/${x.prison}/cases/${x.case}`
  return x.kind === 'opinion' ? `${of}/opinions/${x.department}` : of
}
