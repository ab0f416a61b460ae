import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { now as clockNow } from '../api/clock'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import {
  askRuling,
  decideRuling,
  type NewRuling,
  type Ruling,
  useRulings,
  useStandard,
} from '../api/readiness'
import { showTime, today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import { Verdicts } from '../ui/Verdicts'

interface Props {
  prison: string
  area: string
  standard: string
}

const tones: Record<Ruling['state'], string> = {
  requested: 'submitted',
  granted: 'approved',
  refused: 'returned',
  withdrawn: 'draft',
  revoked: 'voided',
}

/** What persons decided about the score, line by line, and what they are asked to. */
export function Rulings({ prison, area, standard }: Props) {
  const t = useT()
  const query = useRulings(prison, area)
  return (
    <section className="panel" aria-labelledby="rulings">
      <h2 id="rulings">{t('readiness.rulings')}</h2>
      <Ready query={query}>
        {({ rulings, may }) => (
          <>
            {rulings.length === 0 ? (
              <p className="quiet">{t('readiness.rulingsNone')}</p>
            ) : (
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('readiness.kind')}</th>
                    <th scope="col">{t('readiness.target')}</th>
                    <th scope="col">{t('readiness.reason')}</th>
                    <th scope="col">{t('readiness.state')}</th>
                    <th scope="col">{t('readiness.todo')}</th>
                  </tr>
                </thead>
                <tbody>
                  {rulings.map((r) => (
                    <Row key={r.id} prison={prison} standard={standard} ruling={r} />
                  ))}
                </tbody>
              </table>
            )}
            {may.length > 0 && <Ask prison={prison} area={area} standard={standard} may={may} />}
          </>
        )}
      </Ready>
    </section>
  )
}

interface RowProps {
  prison: string
  standard: string
  ruling: Ruling
}

function Row({ prison, standard, ruling }: RowProps) {
  const t = useT()
  const lang = useLang()
  const indicators = useStandard(standard).data?.domains.flatMap((d) => d.indicators) ?? []
  const target =
    indicators.find((i) => i.code === ruling.target) ??
    indicators.flatMap((i) => i.lines).find((l) => l.id === ruling.target)
  return (
    <tr>
      <td>{t(`readiness.${ruling.kind}`)}</td>
      <td>
        <span className="mono">{ruling.target}</span> {text(target?.title, lang)}
        {ruling.amount !== undefined && <span className="danger"> −{shown(ruling.amount)}</span>}
        <div className="quiet">
          {ruling.from_day} – {ruling.to_day}
        </div>
      </td>
      <td>
        {ruling.reason}
        <div className="quiet">
          {ruling.author_name} {showTime(ruling.recorded_at)}
        </div>
      </td>
      <td>
        <span className={`status ${tones[ruling.state]}`}>
          {t(`readiness.ruling.${ruling.state}`)}
        </span>
        {ruling.decisions.map((d) => (
          <div key={d.id} className="quiet">
            {d.decided_by_name} {showTime(d.recorded_at)} {d.comment}
          </div>
        ))}
      </td>
      <td>
        <Verdicts
          actions={ruling.actions}
          label={(a) => t(`readiness.verdict.${a}`)}
          of={ruling.target}
          say={async (verdict, comment, key) => {
            await decideRuling(prison, ruling.id, { verdict, comment }, key)
            toast(t('readiness.decided'))
          }}
        />
      </td>
    </tr>
  )
}

function Ask({ prison, area, standard, may }: Props & { may: Ruling['kind'][] }) {
  const t = useT()
  const lang = useLang()
  const queries = useQueryClient()
  const data = useStandard(standard).data
  const [chosen, choose] = useState<Ruling['kind']>()
  const kind = chosen ?? may[0] ?? 'exclude'
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  const indicators = (data?.domains ?? []).flatMap((d) => d.indicators)
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const body: NewRuling = {
      kind,
      target: value('target'),
      from_day: value('from'),
      to_day: value('to'),
      reason: value('reason'),
    }
    if (kind === 'override') body.amount = value('amount')
    setBusy(true)
    try {
      await once((key) => askRuling(prison, area, body, key))
      setProblems([])
      form.reset()
      toast(t('readiness.asked'))
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
    <details className="finding">
      <summary>{t('readiness.ask')}</summary>
      <form onSubmit={(e) => void send(e)}>
        <label>
          {t('readiness.kind')}
          <select value={kind} onChange={(e) => choose(e.target.value as Ruling['kind'])}>
            {may.map((k) => (
              <option key={k} value={k}>
                {t(`readiness.${k}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('readiness.target')}
          <select name="target" required>
            {kind === 'exclude'
              ? indicators.map((i) => (
                  <option key={i.code} value={i.code}>
                    {i.code} {text(i.title, lang)}
                  </option>
                ))
              : indicators.flatMap((i) =>
                  i.lines.map((l) => (
                    <option key={l.id} value={l.id}>
                      {i.code} {text(l.title, lang)}
                    </option>
                  )),
                )}
          </select>
        </label>
        {kind === 'override' && (
          <label>
            {t('readiness.amount')}
            <input
              name="amount"
              required
              inputMode="decimal"
              pattern="[0-9]{1,4}([.][0-9]{1,4})?"
            />
          </label>
        )}
        <label>
          {t('readiness.from')}
          <input type="date" name="from" required defaultValue={now} />
        </label>
        <label>
          {t('readiness.to')}
          <input type="date" name="to" required defaultValue={now} />
        </label>
        <label className="wide">
          {t('readiness.reason')}
          <textarea name="reason" required maxLength={500} rows={2} />
        </label>
        {problems.map((p) => (
          <p key={p.pointer} className="danger wide" role="alert">
            {p.message}
          </p>
        ))}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('readiness.send')}
        </Button>
      </form>
    </details>
  )
}
