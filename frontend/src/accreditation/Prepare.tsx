import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import type { WholeCase } from '../api/cases'
import { type CheckKind, openCheck } from '../api/checks'
import { now } from '../api/clock'
import { Find, Uncovered, uncovered, useCandidate, usePool, type Wanted } from '../checks/Pool'
import { dayOn, today } from '../form/time'
import { useT } from '../i18n'
import { AwayThen } from '../pool/AwayThen'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** Checks of the case: those that have their team, and those that still want one. */
export function Prepare({ whole }: { whole: WholeCase }) {
  const t = useT()
  if (whole.prepares.length + whole.prepared.length === 0) return null
  return (
    <section className="panel" aria-label={t('cases.check')}>
      {whole.prepared.map((p) => (
        <p key={p.kind}>
          <Link to={`/prisons/${whole.prison}/checks/${p.check}`}>
            {t('cases.prepared', { kind: t(`checks.kinds.${p.kind}`), n: p.team })}
          </Link>
        </p>
      ))}
      {whole.prepares.map((kind) => (
        <Open key={kind} whole={whole} kind={kind} />
      ))}
    </section>
  )
}

/** The least size of a team; the server has the last word. */
const least = [0, 1, 2]

function Open({ whole, kind }: { whole: WholeCase; kind: CheckKind }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const day = today(now())
  const [wanted, want] = useState<Wanted>({ area: whole.area, from: day, to: dayOn(day, 5) })
  const [team, gather] = useState<unknown[]>([])
  const pool = usePool(whole.prison, kind, wanted)
  const said = useCandidate(pool.domains)
  const people = pool.people.filter((c) => !c.own)
  const chosen = pool.people.filter((p) => team.includes(p.person))
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const check = {
      ...(whole.area ? { area: whole.area } : {}),
      case: whole.id,
      kind,
      from_day: value('from'),
      to_day: value('to'),
      purpose: value('purpose'),
      team: least.map((n) => ({ person: value(`member ${n}`), leader: n === 0 })),
    }
    if (await run((key) => openCheck(whole.prison, check, key))) toast(t('cases.preparing'))
  }
  const title = t('cases.prepare', { kind: t(`checks.kinds.${kind}`) })
  return (
    <form className="delegation-form" aria-label={title} onSubmit={(e) => void send(e)}>
      <h2 className="wide">{title}</h2>
      <label>
        {t('cases.from')}
        <input
          type="date"
          name="from"
          required
          defaultValue={day}
          onChange={(e) => want({ ...wanted, from: e.target.value })}
        />
      </label>
      <label>
        {t('cases.to')}
        <input
          type="date"
          name="to"
          required
          defaultValue={dayOn(day, 5)}
          onChange={(e) => want({ ...wanted, to: e.target.value })}
        />
      </label>
      <label className="wide">
        {t('cases.purpose')}
        <input name="purpose" required maxLength={200} />
      </label>
      <Find {...pool} />
      {least.map((n) => (
        <label key={n}>
          {n === 0 ? t('cases.leader') : t('cases.member')}
          <select
            name={`member ${n}`}
            required
            defaultValue=""
            onChange={(e) => {
              const { form } = e.target
              if (form) gather(least.map((k) => new FormData(form).get(`member ${k}`)))
            }}
          >
            <option value="">{t('cases.choose')}</option>
            {/* Who is chosen is not left out without a word: the server refuses them by name. */}
            {people.map((p) => (
              <option
                key={p.person}
                value={p.person}
                disabled={!!p.away_to && !team.includes(p.person)}
              >
                {said(p)}
              </option>
            ))}
          </select>
        </label>
      ))}
      <AwayThen people={chosen} />
      {chosen.length > 0 && <Uncovered domains={uncovered(pool.domains, chosen)} />}
      <Problems list={problems} />
      <Button htmlType="submit" loading={busy}>
        {title}
      </Button>
    </form>
  )
}
