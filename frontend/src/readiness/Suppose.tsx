import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { now } from '../api/clock'
import { ProblemError } from '../api/problem'
import { useEntries } from '../api/queries'
import { type Readiness, type Supposition, suppose, useStandard } from '../api/readiness'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import { Changes } from './Changes'
import { supposed, ways } from './supposed'

interface Props {
  prison: string
  area: string
  readiness: Readiness
}

/** What the score would be if an entry stood otherwise, a duty were missed, or something found; nothing is kept. */
export function Suppose({ prison, area, readiness }: Props) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const standard = useStandard(readiness.sheet.standard)
  const standing = useEntries({
    prison,
    area,
    state: ['submitted', 'approved'],
    sort: 'changed_at',
    limit: 100,
  })
  const entries = standing.data?.pages[0]?.entries ?? []
  const [outcome, setOutcome] = useState<Supposition>()
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  const [busy, setBusy] = useState(false)
  const indicators = (standard.data?.domains ?? []).flatMap((d) => d.indicators)
  const ledgers = [...new Set(indicators.flatMap((i) => i.ledgers))]
  const lines = indicators.flatMap((i) =>
    i.lines.filter((l) => l.method !== 'ledger' && (l.form === 'each' || l.form === 'table')),
  )
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    setBusy(true)
    try {
      setOutcome(await suppose(prison, area, supposed(value, now())))
      setProblems([])
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors)
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="panel finding" aria-labelledby="suppose">
      <h2 id="suppose">{t('readiness.suppose')}</h2>
      <form onSubmit={(e) => void send(e)}>
        <label>
          {t('readiness.entry')}
          <select name="entry">
            <option value="">{t('readiness.none')}</option>
            {entries.flatMap((e) =>
              ways(e).map((as) => (
                <option key={e.id + as} value={`${e.id} ${as}`}>
                  {`${names.ledger(e.ledger)} ${e.day ?? ''} ${e.author_name}: ${t(`readiness.as_${as}`)}`}
                </option>
              )),
            )}
          </select>
        </label>
        <label>
          {t('readiness.filed')}
          <select name="filed">
            <option value="">{t('readiness.none')}</option>
            {ledgers.map((l) => (
              <option key={l} value={l}>
                {names.ledger(l)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('readiness.filedOn')}
          <input name="filedOn" type="date" max={today(now())} />
        </label>
        <label>
          {t('readiness.missed')}
          <select name="ledger">
            <option value="">{t('readiness.none')}</option>
            {ledgers.map((l) => (
              <option key={l} value={l}>
                {names.ledger(l)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('readiness.times')}
          <input name="times" type="number" min={1} max={200} defaultValue={1} />
        </label>
        <label>
          {t('readiness.finding')}
          <select name="finding">
            <option value="">{t('readiness.none')}</option>
            {lines.map((l) => (
              <option key={l.id} value={l.id}>
                {l.id.split('.')[0]} {text(l.title, lang)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('readiness.times')}
          <input name="count" type="number" min={1} max={1000} defaultValue={1} />
        </label>
        <label>
          {t('readiness.lineIs')}
          <input
            name="line"
            inputMode="decimal"
            pattern="[0-9]{1,4}([.][0-9]{1,2})?"
            placeholder={readiness.sheet.line}
          />
        </label>
        <p className="quiet wide">{t('readiness.supposeHint')}</p>
        {problems.map((p) => (
          <p key={p.pointer} className="danger wide" role="alert">
            {p.message}
          </p>
        ))}
        <Button htmlType="submit" loading={busy}>
          {t('readiness.try')}
        </Button>
      </form>
      {outcome && (
        <div role="status">
          <p>
            {t('readiness.outcome', {
              before: outcome.before.display,
              after: outcome.after.display,
            })}
            <span className={`status ${outcome.after.passes ? 'approved' : 'overdue'}`}>
              {t(outcome.after.passes ? 'readiness.passes' : 'readiness.fails')}
            </span>
          </p>
          {outcome.changes.length > 0 && <Changes prison={prison} list={outcome.changes} />}
        </div>
      )}
    </section>
  )
}
