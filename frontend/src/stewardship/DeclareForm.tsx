import { Button } from 'antd'
import { useState } from 'react'
import { now } from '../api/clock'
import { declarePaper, type Paper, type PaperState } from '../api/stewardship'
import { today } from '../form/time'
import { useT } from '../i18n'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import { states } from './Standing'
import '../score/score.css'

/** For those who head an area: how some of its ledgers are kept from a day on. */
export function DeclareForm({ paper }: { paper: Paper }) {
  const t = useT()
  const names = useNames()
  const { busy, problems, run } = useAct()
  const [area, setArea] = useState(paper.declares[0] ?? '')
  const [chosen, choose] = useState<string[]>([])
  const [to, setTo] = useState<PaperState>('ended')
  // What waits is decided first, and what is so already need not be said.
  const cells = paper.cells.filter(
    (c) => c.area === area && !c.waits && (c.state !== to || c.ahead),
  )
  const picked = cells.filter((c) => chosen.includes(c.ledger))
  if (paper.declares.length === 0) return null
  const submit = async (e: React.FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const data = new FormData(form)
    const typed = (name: string) => String(data.get(name) ?? '').trim()
    const body = {
      area,
      ledgers: picked.map((c) => ({ ledger: c.ledger, seen: c.n })),
      state: to,
      from_day: typed('from_day'),
      reason: typed('reason'),
    }
    if (!(await run((key) => declarePaper(paper.prison, body, key)))) return
    choose([])
    form.reset()
    toast(t('paper.sent'))
  }
  return (
    <details className="panel finding">
      <summary>{t('paper.declare')}</summary>
      <form onSubmit={(e) => void submit(e)}>
        <label>
          {t('paper.area')}
          <select
            value={area}
            onChange={(e) => {
              setArea(e.target.value)
              choose([])
            }}
          >
            {paper.declares.map((a) => (
              <option key={a} value={a}>
                {names.area(a)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('paper.asked')}
          <select value={to} onChange={(e) => setTo(e.target.value as PaperState)}>
            {states.map((s) => (
              <option key={s} value={s}>
                {t(`paper.${s}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('paper.from')}
          <input type="date" name="from_day" required defaultValue={today(now())} />
        </label>
        <label className="wide">
          {t('paper.reason')}
          <input name="reason" maxLength={500} />
        </label>
        <fieldset className="wide ledgers">
          <legend>{t('paper.ledgers')}</legend>
          <label>
            <input
              type="checkbox"
              checked={cells.length > 0 && picked.length === cells.length}
              onChange={(e) => choose(e.target.checked ? cells.map((c) => c.ledger) : [])}
            />{' '}
            {t('paper.pickAll')}
          </label>
          <div className="choices">
            {cells.map((c) => (
              <label key={c.ledger}>
                <input
                  type="checkbox"
                  checked={chosen.includes(c.ledger)}
                  onChange={(e) =>
                    choose((all) =>
                      e.target.checked ? [...all, c.ledger] : all.filter((one) => one !== c.ledger),
                    )
                  }
                />{' '}
                {names.ledger(c.ledger)} <span className="quiet">{t(`paper.${c.state}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {problems.map((p) => (
          <p key={p} className="danger wide" role="alert">
            {p}
          </p>
        ))}
        <Button type="primary" htmlType="submit" loading={busy} disabled={picked.length === 0}>
          {t('paper.send')}
        </Button>{' '}
        <span className="quiet">{t('paper.chosen', { n: picked.length })}</span>
      </form>
    </details>
  )
}
