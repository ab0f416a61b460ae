import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { now } from '../api/clock'
import { act } from '../api/http'
import type { Indicator } from '../api/model'
import { ProblemError } from '../api/problem'
import { useFindings } from '../api/queries'
import { addFinding, type NewFinding } from '../api/scores'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { toast } from '../ui/toast'
import { shown } from './decimal'

type Line = NonNullable<Indicator['lines']>[number]

/** What a finding under the line brings: how many of how many, how often, or nothing at all. */
function asks(line: Line): 'ratio' | 'count' | '' {
  const ratio = line.form === 'below' || line.form === 'above'
  if (ratio && !line.of) return 'ratio'
  return line.method === 'ledger' || ratio ? '' : 'count'
}

/** What the server takes: not negative, at most four decimals. */
const decimal = '[0-9]{1,6}([.][0-9]{1,4})?'

interface Props {
  prison: string
  area: string
  indicator: Indicator
}

/** What an inspector found on site, under the line of the standard that it costs. */
export function FindingForm({ prison, area, indicator }: Props) {
  const t = useT()
  const lang = useLang()
  const queries = useQueryClient()
  // Lines that ledgers alone work out are nothing to be found on site.
  const lines = (indicator.lines ?? []).filter((line) => asks(line) !== '')
  const [chosen, choose] = useState('')
  const line = lines.find((l) => l.id === chosen) ?? lines[0]
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  if (lines.length === 0) return null

  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    setBusy(true)
    try {
      const finding: NewFinding = {
        line: value('line'),
        day: value('day'),
        count: Number(value('count') || 1),
        place: value('place'),
        note: value('note'),
      }
      if (line && asks(line) === 'ratio') {
        finding.of = value('of')
        finding.per = value('per')
      }
      if (line?.cap_each) finding.subject = value('subject')
      await once((key) => addFinding(prison, area, finding, key))
      setProblems([])
      form.reset()
      toast(t('finding.done'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors)
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }

  return (
    <details className="panel finding">
      <summary>{t('finding.title')}</summary>
      <form onSubmit={(e) => void send(e)}>
        <label htmlFor="finding-line">
          {t('finding.line')}
          <select
            id="finding-line"
            name="line"
            required
            value={line?.id}
            onChange={(e) => choose(e.target.value)}
          >
            {lines.map((line) => (
              <option key={line.id} value={line.id}>
                {text(line.title, lang)}
              </option>
            ))}
          </select>
        </label>
        <label htmlFor="finding-day">
          {t('finding.day')}
          <input
            type="date"
            id="finding-day"
            name="day"
            required
            defaultValue={today(now())}
            max={today(now())}
          />
        </label>
        {line && asks(line) === 'ratio' ? (
          <>
            <label htmlFor="finding-of">
              {t('finding.of')}
              <input id="finding-of" name="of" required inputMode="decimal" pattern={decimal} />
            </label>
            <label htmlFor="finding-per">
              {t('finding.per')}
              <input id="finding-per" name="per" required inputMode="decimal" pattern={decimal} />
            </label>
          </>
        ) : (
          <label htmlFor="finding-count">
            {t('finding.count')}
            <input
              type="number"
              id="finding-count"
              name="count"
              required
              min={1}
              max={1000}
              defaultValue={1}
            />
          </label>
        )}
        {line?.cap_each && (
          <label htmlFor="finding-subject">
            {t('finding.subject', { cap: shown(line.cap_each) })}
            <input id="finding-subject" name="subject" required maxLength={60} />
          </label>
        )}
        <label htmlFor="finding-place">
          {t('finding.place')}
          <input id="finding-place" name="place" maxLength={60} />
        </label>
        <label htmlFor="finding-note" className="wide">
          {t('finding.note')}
          <textarea id="finding-note" name="note" required maxLength={500} rows={2} />
        </label>
        {problems.map((p) => (
          <p key={p.pointer} className="danger" role="alert">
            {p.message}
          </p>
        ))}
        <Button htmlType="submit" loading={busy}>
          {t('finding.record')}
        </Button>
      </form>
    </details>
  )
}

/** What has been found under an indicator so far. */
export function Findings({ prison, area, indicator }: Props) {
  const t = useT()
  const lang = useLang()
  const query = useFindings(prison, area)
  const lines = new Map((indicator.lines ?? []).map((line) => [line.id, line]))
  const found = (query.data ?? []).filter((f) => lines.has(f.line))
  if (found.length === 0) return null
  return (
    <section className="panel">
      <h3>{t('finding.found')}</h3>
      <ul>
        {found.map((f) => (
          <li key={f.id}>
            {f.day} {text(lines.get(f.line)?.title, lang)}{' '}
            {f.per === undefined ? `× ${f.count}` : `${shown(f.of)} / ${shown(f.per)}`}
            {f.subject && ` ${f.subject}`}
            {t('marks.colon')}
            {f.note}
          </li>
        ))}
      </ul>
    </section>
  )
}
