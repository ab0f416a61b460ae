import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { type Rosters as Answer, setRosters, useCalendar, useRosters } from '../api/calendar'
import { now } from '../api/clock'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import { useMe, useOrganisation, usePrison } from '../api/queries'
import { daysBetween } from '../calendar/heat'
import { key, parsePeople, parseRows, type Typed, typedOf } from '../calendar/roster'
import { dayOn, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../calendar/calendar.css'

/** Who is on duty in an area, a week at a time. */
export default function Rosters() {
  const t = useT()
  const names = useNames()
  const me = useMe().data!
  const prison = usePrison()
  const organisation = useOrganisation()
  const areas = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const [chosen, choose] = useState('')
  const [from, setFrom] = useState(today(now()))
  const area = chosen || me.postings.find((p) => p.area)?.area || areas[0]?.id || ''
  const [saved, setSaved] = useState(0)
  const to = dayOn(from, 6)
  const query = useRosters(prison, area, from, to)
  return (
    <>
      <PageTitle title={t('calendar.rosters')} />
      <section className="panel">
        <p className="calendar-tools">
          <label>
            {t('calendar.area')}{' '}
            <select value={area} onChange={(e) => choose(e.target.value)}>
              {areas.map((a) => (
                <option key={a.id} value={a.id}>
                  {names.area(a.id)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('calendar.fromDay')}{' '}
            <input
              type="date"
              value={from}
              required
              onChange={(e) => e.target.value && setFrom(e.target.value)}
            />
          </label>
        </p>
        <Ready query={query}>
          {(data) => (
            <Week
              key={`${area} ${from} ${saved}`}
              prison={prison}
              area={area}
              data={data}
              onSaved={() => setSaved((n) => n + 1)}
            />
          )}
        </Ready>
      </section>
    </>
  )
}

function Week(props: { prison: string; area: string; data: Answer; onSaved: () => void }) {
  const { prison, area, data, onSaved } = props
  const t = useT()
  const lang = useLang()
  const calendar = useCalendar()
  const queries = useQueryClient()
  const editable = data.actions.includes('edit')
  // What somebody else sets meanwhile is refused by its version, not put back to what was here before.
  const [over] = useState(data.rosters)
  const [typed, setTyped] = useState<Typed>(() => typedOf(over))
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const shifts = calendar.data?.shifts ?? []
  const days = daysBetween(data.from, data.to)
  const stored = typedOf(over)
  const changed = days.flatMap((day) =>
    shifts
      .filter((s) => {
        const at = key(day, s.id)
        return (
          (typed[at]?.leader ?? '') !== (stored[at]?.leader ?? '') ||
          (typed[at]?.officer ?? '') !== (stored[at]?.officer ?? '')
        )
      })
      .map((s) => ({ day, shift: s.id })),
  )
  const save = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    try {
      const rosters = changed.map(({ day, shift }) => ({
        day,
        shift,
        version: over.find((r) => r.day === day && r.shift === shift)?.version ?? 0,
        people: parsePeople(typed[key(day, shift)]),
      }))
      await once((k) => setRosters(prison, area, rosters, k))
      setProblems([])
      toast(t('calendar.saved'))
      await queries.invalidateQueries()
      onSaved()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems([error.message, ...error.errors.map((p) => p.message)])
    } finally {
      setBusy(false)
    }
  }
  const paste = (raw: string) => {
    const { rows, unread } = parseRows(raw, shifts, t('calendar.post.leader'))
    setTyped((before) => ({ ...before, ...rows }))
    setProblems(unread.map((line) => t('calendar.unread', { line })))
  }
  return (
    <form onSubmit={(e) => void save(e)}>
      <p className="quiet">
        {data.now.people.length > 0
          ? t('calendar.nowOnDuty', {
              who: data.now.people.map((p) => `${p.name} ${p.number}`).join(t('marks.list')),
            })
          : t('calendar.nobodyOnDuty')}
      </p>
      <div className="table-scroll">
        <table className="plain roster">
          <thead>
            <tr>
              <th scope="col">{t('calendar.day')}</th>
              {shifts.map((s) => (
                <th key={s.id} scope="col">
                  {text(s.title, lang)} {s.starts}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day} className={day === data.today ? 'today' : ''}>
                <th scope="row">{day}</th>
                {shifts.map((s) => {
                  const at = key(day, s.id)
                  const place = `${day} ${text(s.title, lang)}`
                  return (
                    <td key={s.id}>
                      {(['leader', 'officer'] as const).map((post) =>
                        editable ? (
                          <label key={post}>
                            <span className="quiet">{t(`calendar.post.${post}`)}</span>
                            <input
                              value={typed[at]?.[post] ?? ''}
                              aria-label={`${place} ${t(`calendar.post.${post}`)}`}
                              placeholder={t('calendar.numbers')}
                              onChange={(e) =>
                                setTyped((before) => ({
                                  ...before,
                                  [at]: {
                                    leader: '',
                                    officer: '',
                                    ...before[at],
                                    [post]: e.target.value,
                                  },
                                }))
                              }
                            />
                          </label>
                        ) : null,
                      )}
                      {(data.rosters.find((r) => r.day === day && r.shift === s.id)?.people ?? [])
                        .map((p) => `${p.name}${p.post === 'leader' ? '★' : ''}`)
                        .join(t('marks.list')) ||
                        (!editable && <span className="quiet">—</span>)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problems.map((p) => (
        <p key={p} className="danger" role="alert">
          {p}
        </p>
      ))}
      {editable && (
        <>
          <details className="roster-import">
            <summary>{t('calendar.import')}</summary>
            <label>
              {t('calendar.importHow')}
              <textarea
                rows={4}
                placeholder={`2026-11-25\t${shifts[0] ? text(shifts[0].title, lang) : ''}\t0000001\t${t('calendar.post.leader')}`}
                onChange={(e) => paste(e.target.value)}
              />
            </label>
          </details>
          <Button type="primary" htmlType="submit" disabled={changed.length === 0} loading={busy}>
            {t('calendar.save', { n: changed.length })}
          </Button>
        </>
      )}
    </form>
  )
}
