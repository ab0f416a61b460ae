import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { beginTask, doTask, type Task, useTasks } from '../api/calendar'
import { now } from '../api/clock'
import { act } from '../api/http'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import { useAttempt } from '../ui/useAttempt'

/** What other entries and arrivals ask of this person. Nothing is shown when nothing is asked. */
export function Tasks({ prison }: { prison: string }) {
  const t = useT()
  const query = useTasks(prison)
  if (!query.data?.length) return null
  return (
    <section className="panel" aria-labelledby="tasks">
      <h2 id="tasks">{t('calendar.tasks')}</h2>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('calendar.task')}</th>
            <th scope="col">{t('calendar.area')}</th>
            <th scope="col">{t('calendar.since')}</th>
            <th scope="col">{t('calendar.due')}</th>
            <th scope="col">{t('calendar.todo')}</th>
          </tr>
        </thead>
        <tbody>
          {query.data.map((task) => (
            <TaskRow key={task.id} prison={prison} task={task} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function TaskRow({ prison, task }: { prison: string; task: Task }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const navigate = useNavigate()
  const { busy, attempt } = useAttempt()
  const [once] = useState(act)
  const [asking, setAsking] = useState(false)
  const [note, setNote] = useState('')
  const title = text(task.title, lang)
  const overdue = task.due_at !== undefined && Date.parse(task.due_at) < now().getTime()
  const begin = () =>
    attempt(() =>
      once(async (key) => {
        const { entry } = await beginTask(prison, task.id, key)
        navigate(`/prisons/${prison}/entries/${entry.id}/edit`)
      }),
    )
  const done = () =>
    attempt(() =>
      once(async (key) => {
        await doTask(prison, task.id, note, key)
        toast(t('calendar.taskDone'))
      }),
    )
  return (
    <tr>
      <td>
        {task.entry ? (
          <Link to={`/prisons/${prison}/entries/${task.entry}`}>{title}</Link>
        ) : (
          `${title} ${task.source}`
        )}{' '}
        {task.voided && <span className="status warning">{t('calendar.sourceVoided')}</span>}
      </td>
      <td>{names.area(task.area)}</td>
      <td>{showTime(task.recorded_at)}</td>
      <td className={overdue ? 'late' : ''}>
        {task.due_at ? showTime(task.due_at) : t('calendar.noDeadline')}
      </td>
      <td>
        {task.drafting && (
          <span className="quiet">{t('calendar.drafting', { name: task.drafting })}</span>
        )}{' '}
        {task.go_on && (
          <Link to={`/prisons/${prison}/entries/${task.go_on}`}>{t('calendar.goOn')}</Link>
        )}{' '}
        {task.actions.includes('begin') && (
          <Button disabled={busy} onClick={() => void begin()}>
            {t('calendar.fill', { name: names.ledger(task.ledger) })}
          </Button>
        )}{' '}
        {task.actions.includes('done') && !asking && (
          <Button
            disabled={busy}
            onClick={() => setAsking(true)}
            aria-label={`${t('calendar.done')} ${title}`}
          >
            {t('calendar.done')}
          </Button>
        )}
        {asking && (
          <span className="calendar-tools">
            <Input
              autoFocus
              aria-label={t('calendar.note')}
              placeholder={t('calendar.note')}
              maxLength={500}
              value={note}
              onChange={(e) => setNote(e.target.value)}
              onPressEnter={() => void done()}
            />
            <Button type="primary" disabled={busy} onClick={() => void done()}>
              {t('calendar.confirm')}
            </Button>
          </span>
        )}
      </td>
    </tr>
  )
}
