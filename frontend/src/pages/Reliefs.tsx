import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import {
  type Reliefs as Answer,
  askRelief,
  decideRelief,
  type NewRelief,
  type Relief,
  useReliefs,
} from '../api/calendar'
import { now as clockNow } from '../api/clock'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import { useOrganisation, usePrison } from '../api/queries'
import { fromLocal, showTime, today } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import { Verdicts } from '../ui/Verdicts'
import '../calendar/calendar.css'
import '../score/score.css'

const kinds = ['excuse', 'unlock', 'outage'] as const

/** What eases duties: excuses, exceptions from locks, outages. */
export default function Reliefs() {
  const t = useT()
  const prison = usePrison()
  const query = useReliefs(prison)
  return (
    <>
      <PageTitle title={t('calendar.reliefs')} />
      <Ready query={query}>
        {(data) => (
          <>
            <Ask prison={prison} data={data} />
            <section className="panel" aria-labelledby="reliefs">
              <h2 id="reliefs">{t('calendar.reliefsSoFar')}</h2>
              {data.reliefs.length === 0 ? (
                <p className="state">{t('calendar.noReliefs')}</p>
              ) : (
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('calendar.kindIs')}</th>
                      <th scope="col">{t('calendar.scope')}</th>
                      <th scope="col">{t('calendar.reason')}</th>
                      <th scope="col">{t('entry.state')}</th>
                      <th scope="col">{t('calendar.todo')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.reliefs.map((r) => (
                      <ReliefRow key={r.id} prison={prison} relief={r} />
                    ))}
                  </tbody>
                </table>
              )}
            </section>
          </>
        )}
      </Ready>
    </>
  )
}

const tones: Record<Relief['state'], string> = {
  requested: 'submitted',
  granted: 'approved',
  refused: 'returned',
  withdrawn: 'draft',
  revoked: 'voided',
}

function ReliefRow({ prison, relief }: { prison: string; relief: Relief }) {
  const t = useT()
  const names = useNames()
  const where = relief.areas.map(names.area).join(t('marks.list')) || t('calendar.wholePrison')
  return (
    <tr>
      <td>{t(`calendar.kind.${relief.kind}`)}</td>
      <td>
        {where}
        <br />
        {relief.kind === 'outage' ? (
          `${showTime(relief.from_at)} – ${showTime(relief.until_at)}`
        ) : (
          <>
            {names.ledger(relief.ledger)}{' '}
            {relief.period ||
              (relief.from_day === relief.to_day
                ? relief.from_day
                : `${relief.from_day} – ${relief.to_day}`)}
            {relief.expires_on && (
              <span className="quiet"> {t('calendar.until', { day: relief.expires_on })}</span>
            )}
          </>
        )}
      </td>
      <td>
        {relief.reason}
        <br />
        <span className="quiet">
          {relief.author_name} {showTime(relief.recorded_at)}
        </span>
      </td>
      <td>
        <span className={`status ${tones[relief.state]}`}>
          {t(`calendar.relief.${relief.state}`)}
        </span>
        {relief.decisions.map((d) => (
          <div key={d.id} className="quiet">
            {d.decided_by_name} {showTime(d.recorded_at)} {d.comment}
          </div>
        ))}
      </td>
      <td>
        <Verdicts
          actions={relief.actions}
          label={(a) => t(`calendar.verdict.${a}`)}
          of={`${t(`calendar.kind.${relief.kind}`)} ${where}`}
          say={async (verdict, comment, key) => {
            await decideRelief(prison, relief.id, { verdict, comment }, key)
            toast(t('calendar.decided'))
          }}
        />
      </td>
    </tr>
  )
}

function Ask({ prison, data }: { prison: string; data: Answer }) {
  const t = useT()
  const names = useNames()
  const queries = useQueryClient()
  const organisation = useOrganisation()
  const all = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const may = kinds.filter((k) =>
    k === 'outage' ? data.outage : Object.keys(data.ledgers).length > 0,
  )
  const [kind, setKind] = useState<Relief['kind']>(may[0] ?? 'excuse')
  const areas = kind === 'outage' ? all.map((a) => a.id) : Object.keys(data.ledgers)
  const [chosen, choose] = useState('')
  const area = areas.includes(chosen) ? chosen : kind === 'outage' ? '' : (areas[0] ?? '')
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  if (may.length === 0) return null
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const body: NewRelief = { kind, areas: area ? [area] : [], reason: value('reason') }
    if (kind === 'outage') {
      body.from_at = fromLocal(value('from_at'))
      body.until_at = fromLocal(value('until_at'))
    } else {
      body.ledger = value('ledger')
      body.from_day = value('from_day')
      body.to_day = value('to_day')
      if (kind === 'unlock') body.expires_on = value('expires_on')
    }
    setBusy(true)
    try {
      await once((key) => askRelief(prison, body, key))
      setProblems([])
      form.reset()
      toast(t('calendar.asked'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors)
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  const now = today(clockNow())
  return (
    <section className="panel finding" aria-labelledby="ask">
      <h2 id="ask">{t('calendar.ask')}</h2>
      <form onSubmit={(e) => void send(e)}>
        <label>
          {t('calendar.kindIs')}
          <select value={kind} onChange={(e) => setKind(e.target.value as Relief['kind'])}>
            {may.map((k) => (
              <option key={k} value={k}>
                {t(`calendar.kind.${k}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('calendar.area')}
          <select value={area} onChange={(e) => choose(e.target.value)}>
            {kind === 'outage' && <option value="">{t('calendar.wholePrison')}</option>}
            {areas.map((id) => (
              <option key={id} value={id}>
                {names.area(id)}
              </option>
            ))}
          </select>
        </label>
        {kind === 'outage' ? (
          <>
            <label>
              {t('calendar.fromAt')}
              <input type="datetime-local" name="from_at" required />
            </label>
            <label>
              {t('calendar.untilAt')}
              <input type="datetime-local" name="until_at" required />
            </label>
          </>
        ) : (
          <>
            <label>
              {t('entry.ledger')}
              <select name="ledger" required>
                {(data.ledgers[area] ?? []).map((l) => (
                  <option key={l} value={l}>
                    {names.ledger(l)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {t('calendar.fromDay')}
              <input type="date" name="from_day" required defaultValue={now} />
            </label>
            <label>
              {t('calendar.toDay')}
              <input type="date" name="to_day" required defaultValue={now} />
            </label>
            {kind === 'unlock' && (
              <label>
                {t('calendar.expiresOn')}
                <input type="date" name="expires_on" required min={now} defaultValue={now} />
              </label>
            )}
          </>
        )}
        <label className="wide">
          {t('calendar.reason')}
          <textarea name="reason" required maxLength={500} rows={2} />
        </label>
        <p className="quiet wide">{t(`calendar.effect.${kind}`)}</p>
        {problems.map((p) => (
          <p key={p.pointer} className="danger wide" role="alert">
            {p.message}
          </p>
        ))}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('calendar.send')}
        </Button>
      </form>
    </section>
  )
}
