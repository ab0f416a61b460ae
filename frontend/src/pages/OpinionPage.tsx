import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useUnit } from '../accreditation/words'
import { giveOpinion, type OpinionFacts, type OpinionForm, useOpinionForm } from '../api/opinions'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** The form of a department's opinion, with what its line shows of the unit beside it. */
export default function OpinionPage() {
  const { prison = '', case: id = '', department = '' } = useParams()
  return (
    <Ready query={useOpinionForm({ prison, id }, department)}>
      {(form) => <Whole form={form} />}
    </Ready>
  )
}

function Whole({ form }: { form: OpinionForm }) {
  const t = useT()
  const lang = useLang()
  const unit = useUnit()
  const names = useNames()
  const title = t('opinions.of', {
    unit: unit(form),
    department: names.office(form.department),
  })
  return (
    <>
      <PageTitle title={title} />
      <p>
        <Link to={`/prisons/${form.prison}/cases/${form.case}`}>{t('opinions.toCase')}</Link>{' '}
        {text(form.state_title, lang)} ·{' '}
        <span className="status submitted">{t(`opinions.mark_${form.mark}`)}</span>
      </p>
      {form.may_give ? <Give form={form} /> : <Stands form={form} />}
      <Lines facts={form.facts} score={form.score} />
      <Findings facts={form.facts} />
      <Earlier facts={form.facts} />
    </>
  )
}

function Stands({ form }: { form: OpinionForm }) {
  const t = useT()
  const said = form.given?.body as { reason?: string } | undefined
  return (
    <section className="panel" aria-label={t('opinions.value')}>
      <p>
        {form.given && form.value
          ? t('opinions.given', {
              by: form.given.by,
              at: showTime(form.given.recorded_at),
              value: t(`cases.value_${form.value}`),
            })
          : t('opinions.waits', { due: form.due_on })}
      </p>
      {said?.reason && <p>{said.reason}</p>}
    </section>
  )
}

function Give({ form }: { form: OpinionForm }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const [value, setValue] = useState('on_time')
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const reason = String(new FormData(e.currentTarget).get('reason') ?? '').trim()
    if (await run((key) => giveOpinion(form, { value, reason }, key))) toast(t('opinions.sent'))
  }
  return (
    <form
      className="panel delegation-form"
      aria-label={t('opinions.give')}
      onSubmit={(e) => void send(e)}
    >
      <label>
        {t('opinions.value')}
        <select value={value} onChange={(e) => setValue(e.target.value)}>
          <option value="on_time">{t('cases.value_on_time')}</option>
          <option value="delay">{t('cases.value_delay')}</option>
        </select>
      </label>
      <label className="wide">
        {t('opinions.reason')}
        <input name="reason" required={value === 'delay'} maxLength={1000} />
        <small className="quiet">{t('opinions.reasonMeans')}</small>
      </label>
      <p className="quiet wide">{t('opinions.keeps')}</p>
      <Problems list={problems} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('opinions.give')}
      </Button>
    </form>
  )
}

function Lines({ facts, score }: { facts: OpinionFacts; score?: string | undefined }) {
  const t = useT()
  const lang = useLang()
  const [all, setAll] = useState(false)
  const costs = facts.lines.filter((l) => l.deducted !== '0')
  const list = all ? facts.lines : costs
  return (
    <section className="panel table-scroll" aria-labelledby="opinion-facts">
      <h2 id="opinion-facts">{t('opinions.facts', { day: facts.day })}</h2>
      <p>
        {score
          ? t('opinions.sum', { score: shown(score), deducted: shown(facts.deducted) })
          : t('opinions.costsOf', { deducted: shown(facts.deducted) })}
      </p>
      {facts.lines.length === 0 && <p className="quiet">{t('opinions.noLines')}</p>}
      {facts.lines.length > costs.length && (
        <label>
          <input type="checkbox" checked={all} onChange={(e) => setAll(e.target.checked)} />{' '}
          {t('opinions.showAll', { n: facts.lines.length - costs.length })}
        </label>
      )}
      {list.length === 0 ? (
        <p className="quiet">{facts.lines.length > 0 && t('opinions.noLoss')}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('opinions.indicator')}</th>
              <th scope="col">{t('opinions.line')}</th>
              <th scope="col">{t('opinions.today')}</th>
              <th scope="col" className="num">
                {t('opinions.costs')}
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((l) => (
              <tr key={l.line}>
                <td>
                  <span className="mono">{l.indicator}</span> {text(l.name, lang)}
                </td>
                <td>{text(l.title, lang)}</td>
                <td>
                  {l.stands !== 'counted'
                    ? t(`opinions.stands_${l.stands}`)
                    : l.of && l.per
                      ? t('opinions.target', {
                          of: shown(l.of),
                          per: shown(l.per),
                          target: shown(l.target),
                        })
                      : t('opinions.times', { n: l.times })}
                </td>
                <td className="num">{shown(l.deducted)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Findings({ facts }: { facts: OpinionFacts }) {
  const t = useT()
  return (
    <section className="panel table-scroll" aria-labelledby="opinion-findings">
      <h2 id="opinion-findings">{t('opinions.findings')}</h2>
      {facts.findings.length === 0 ? (
        <p className="quiet">{t('opinions.noFindings')}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('opinions.day')}</th>
              <th scope="col">{t('opinions.source')}</th>
              <th scope="col">{t('opinions.line')}</th>
              <th scope="col">{t('opinions.found')}</th>
              <th scope="col">{t('opinions.item')}</th>
            </tr>
          </thead>
          <tbody>
            {facts.findings.map((f) => (
              <tr key={f.id}>
                <td>{f.day}</td>
                <td>{t(`opinions.kind_${f.kind ?? ''}`)}</td>
                <td className="mono">{f.line}</td>
                <td>
                  {f.note} {f.conclusion} {f.appeal && t(`opinions.appeal_${f.appeal}`)}
                </td>
                <td>
                  {f.item ? t(`opinions.item_${f.item}`) : t('opinions.noItem')}{' '}
                  {f.due_on && t('opinions.itemDue', { due: f.due_on })} {f.owner}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Earlier({ facts }: { facts: OpinionFacts }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="opinion-earlier">
      <h2 id="opinion-earlier">{t('opinions.earlier')}</h2>
      {facts.earlier.length === 0 ? (
        <p className="quiet">{t('opinions.noEarlier')}</p>
      ) : (
        <ul>
          {facts.earlier.map((e) => (
            <li key={`${e.case} ${e.day}`}>
              {e.day} {t(`cases.value_${e.value}`)} {e.reason} <span className="quiet">{e.by}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
