import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { actOn, askFor, type CaseChoice, type WholeCase } from '../api/cases'
import { now } from '../api/clock'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import type { Said } from './Records'
import '../approval/approval.css'
import './cases.css'

/** What the reader may do with the case now; of what is refused, every reason in numbers. */
export function Acts({ whole }: { whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  const asks = Object.entries(whole.asks)
  return (
    <section className="panel" aria-labelledby="case-acts">
      <h2 id="case-acts">{t('cases.does')}</h2>
      {whole.actions.length === 0 && asks.length === 0 && (
        <p className="quiet">{t('cases.nothing')}</p>
      )}
      <div className="case-acts">
        {asks.map(([event, title]) => (
          <Ask key={event} whole={whole} event={event} title={text(title, lang)} />
        ))}
        {whole.actions.map((choice) =>
          choice.refused.length > 0 ? (
            <div key={choice.transition}>
              <h3>{t('cases.refusedFor', { act: text(choice.title, lang) })}</h3>
              <ul className="quiet">
                {choice.refused.map((r) => (
                  <li key={r.code}>
                    <span>{text(r.text, lang)}</span>{' '}
                    {r.code === 'self_complete' && (
                      <Link to={selfCheckOf(whole)}>{t('cases.toSelfCheck')}</Link>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          ) : (
            <Do key={choice.transition} whole={whole} choice={choice} />
          ),
        )}
      </div>
    </section>
  )
}

/** Where the unit keeps its self-check: an area beside its score, a prison as a whole as a check of its own. */
const selfCheckOf = ({ prison, area }: WholeCase) =>
  area ? `/prisons/${prison}/areas/${area}/readiness` : '/checks'

function Ask({ whole, event, title }: { whole: WholeCase; event: string; title: string }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const reason = String(new FormData(e.currentTarget).get('reason') ?? '').trim()
    if (await run((key) => askFor(whole, event, reason, key))) toast(t('cases.asked'))
  }
  return (
    <form className="delegation-form" onSubmit={(e) => void send(e)}>
      <label className="wide">
        {t('cases.reason')}
        <input name="reason" maxLength={1000} />
      </label>
      <Problems list={problems} />
      <Button htmlType="submit" loading={busy}>
        {t('cases.ask', { act: title })}
      </Button>
    </form>
  )
}

/** Whether an opinion says otherwise than is decided: it is then answered in words. */
function otherwise(o: WholeCase['opinions'][number], event: string): boolean {
  const { value } = (o.given?.body ?? {}) as { value?: string }
  return value !== (event === 'postpone' ? 'delay' : 'on_time')
}

/** An opinion that the decision cites, with what it said; who says otherwise is answered beside it. */
function Cite({ of, event }: { of: WholeCase['opinions'][number]; event: string }) {
  const t = useT()
  const department = useNames().office(of.department)
  const { value, reason } = (of.given?.body ?? {}) as Said
  return (
    <>
      <label>
        <input type="checkbox" name={`cite ${of.department}`} required /> {department}
      </label>
      <span className="quiet">
        {value && t(`cases.value_${value}`)} {reason}
      </span>
      <input
        name={`answer ${of.department}`}
        maxLength={1000}
        required={otherwise(of, event)}
        aria-label={t('cases.citeAnswer', { department })}
        placeholder={otherwise(of, event) ? t('cases.mustAnswer') : ''}
      />
    </>
  )
}

function Do({ whole, choice }: { whole: WholeCase; choice: CaseChoice }) {
  const t = useT()
  const lang = useLang()
  const { busy, problems, run } = useAct()
  const [waived, setWaived] = useState(false)
  const wants = (what: CaseChoice['wants'][number]) => choice.wants.includes(what)
  const given = whole.opinions.filter((o) => o.given)
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const act = {
      event: choice.event,
      reason: value('reason'),
      document: value('document'),
      document_on: value('document_on'),
      waived,
      cites: given
        .filter((o) => typed.has(`cite ${o.department}`))
        .map((o) => ({ department: o.department, answer: value(`answer ${o.department}`) })),
    }
    if (await run((key) => actOn(whole, whole.etag, act, key))) toast(t('cases.done'))
  }
  const title = text(choice.title, lang)
  return (
    <form className="delegation-form" aria-label={title} onSubmit={(e) => void send(e)}>
      {wants('cites') && (
        <fieldset className="wide case-cites">
          <legend>
            {title}
            {t('marks.colon')}
            {t('cases.cite')}
          </legend>
          {given.map((o) => (
            <Cite key={o.department} of={o} event={choice.event} />
          ))}
        </fieldset>
      )}
      {wants('document') && (
        <>
          <label>
            {t('cases.document')}
            <input name="document" required maxLength={100} />
          </label>
          <label>
            {t('cases.documentOn')}
            <input type="date" name="document_on" required defaultValue={today(now())} />
          </label>
        </>
      )}
      {wants('waived') && (
        <label className="wide">
          <input
            type="checkbox"
            checked={waived}
            required
            onChange={(e) => setWaived(e.target.checked)}
          />{' '}
          {t('cases.waived')}
        </label>
      )}
      <label className="wide">
        {t('cases.reason')}
        <input name="reason" required={wants('reason')} maxLength={1000} />
      </label>
      <Problems list={problems} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('cases.do', { act: title })}
      </Button>
    </form>
  )
}
