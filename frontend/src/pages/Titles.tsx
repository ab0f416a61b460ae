import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useLevel, useUnit } from '../accreditation/words'
import { decideTitle, importTitle, type Title, takeUpTitle, useTitles } from '../api/cases'
import { now } from '../api/clock'
import { useOrganisation, usePrison } from '../api/queries'
import { dayOn, today } from '../form/time'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** The register of titles with what became of them, those from before the system included. */
export default function Titles() {
  const t = useT()
  const query = useTitles()
  return (
    <>
      <PageTitle title={t('cases.titles')} />
      <Ready query={query}>
        {({ titles, may_import }) => (
          <>
            <Register titles={titles} />
            {may_import && <Import />}
          </>
        )}
      </Ready>
    </>
  )
}

function Register({ titles }: { titles: Title[] }) {
  const t = useT()
  const unit = useUnit()
  if (titles.length === 0) return <Empty>{t('cases.noTitles')}</Empty>
  return (
    <div className="panel table-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('cases.unit')}</th>
            <th scope="col">{t('cases.wording')}</th>
            <th scope="col">{t('cases.no')}</th>
            <th scope="col">{t('cases.namedOn')}</th>
            <th scope="col">{t('cases.body')}</th>
            <th scope="col">{t('cases.origin')}</th>
            <th scope="col">{t('cases.standing')}</th>
            <th scope="col">{t('cases.acts')}</th>
          </tr>
        </thead>
        <tbody>
          {titles.map((x) => (
            <tr key={x.id}>
              <td className="whole">{unit(x)}</td>
              <td>{x.wording}</td>
              <td>{x.document_no}</td>
              <td className="whole">{x.named_on}</td>
              <td>{x.body}</td>
              <td>{t(`cases.origin_${x.origin}`)}</td>
              <td>
                <Standing title={x} />
              </td>
              <td>
                {x.decision && (
                  <div>
                    {t(`cases.title_${x.decision.verdict}`, {
                      by: x.decision.by,
                      reason: x.decision.reason ?? '',
                    })}
                  </div>
                )}
                {x.acts.map((a) => (
                  <div key={a.id}>
                    {a.act === 'kept'
                      ? t('cases.kept', { on: a.on_day })
                      : t('cases.wasRevoked', {
                          on: a.on_day,
                          no: a.document_no,
                          reason: a.reason,
                        })}
                  </div>
                ))}
                {x.goes_on && (
                  <Link to={`/prisons/${x.prison}/cases/${x.goes_on}`}>{t('cases.goesOn')}</Link>
                )}
                {x.actions.includes('take_up') && <TakeUp title={x} />}
                {x.actions.includes('confirm') && <Decide title={x} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Whether a title counts: one from before waits for a second person. */
function Standing({ title: { standing, origin, decision } }: { title: Title }) {
  const t = useT()
  const [tone, words] = standing
    ? ['approved', 'stands']
    : origin === 'imported' && !decision
      ? ['submitted', 'waits']
      : ['voided', decision?.verdict === 'refused' ? 'refused' : 'revoked']
  return (
    <span className={`status ${tone}`}>
      {t(`cases.${words as 'stands' | 'waits' | 'refused' | 'revoked'}`)}
    </span>
  )
}

/** A second person confirms a title from before, or refuses it and says why. */
function Decide({ title }: { title: Title }) {
  const t = useT()
  const unit = useUnit()
  const { busy, problems, run } = useAct()
  const [reason, setReason] = useState('')
  const say = async (verdict: 'confirmed' | 'refused') => {
    if (await run((key) => decideTitle(title, verdict, reason.trim(), key)))
      toast(t(`cases.${verdict === 'confirmed' ? 'titleConfirmed' : 'titleRefused'}`))
  }
  const of = `${unit(title)} ${title.wording}`
  return (
    <form
      className="delegation-form"
      aria-label={`${t('cases.secondPerson')} ${of}`}
      onSubmit={(e) => e.preventDefault()}
    >
      <label>
        {t('cases.refuseReason')}
        <input value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />
      </label>
      <Problems list={problems} />
      <Button
        type="primary"
        loading={busy}
        aria-label={`${t('cases.confirmTitle')} ${of}`}
        onClick={() => void say('confirmed')}
      >
        {t('cases.confirmTitle')}
      </Button>
      <Button
        loading={busy}
        aria-label={`${t('cases.refuseTitle')} ${of}`}
        onClick={() => void say('refused')}
      >
        {t('cases.refuseTitle')}
      </Button>
    </form>
  )
}

function TakeUp({ title }: { title: Title }) {
  const t = useT()
  const go = useNavigate()
  const { busy, problems, run } = useAct()
  const take = () =>
    run(async (key) => {
      const begun = await takeUpTitle(title, key)
      toast(t('cases.taken'))
      void go(`/prisons/${begun.prison}/cases/${begun.id}`)
    })
  return (
    <>
      <Problems list={problems} />
      <Button loading={busy} onClick={() => void take()}>
        {t('cases.takeUp')}
      </Button>
    </>
  )
}

const prisonLevels = ['standard', 'demonstration']

function Import() {
  const t = useT()
  const names = useNames()
  const level = useLevel()
  const prison = usePrison()
  const organisation = useOrganisation()
  const { busy, problems, run } = useAct()
  const [area, setArea] = useState('')
  const [made, setMade] = useState(0)
  const areas = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const day = today(now())
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const title = {
      ...(area ? { area } : {}),
      level: value('level'),
      wording: value('wording'),
      document_no: value('document_no'),
      named_on: value('named_on'),
      body: value('body'),
      kept_on: value('kept_on'),
      revoked_on: value('revoked_on'),
      order_no: value('order_no'),
      reason: value('reason'),
    }
    if (!(await run((key) => importTitle(prison, title, key)))) return
    toast(t('cases.imported'))
    setMade(made + 1)
  }
  const field = (name: string, label: string, required = true) => (
    <label>
      {label}
      <input name={name} required={required} maxLength={200} />
    </label>
  )
  const on = (name: string, label: string, required = true, last = day) => (
    <label>
      {label}
      <input type="date" name={name} required={required} max={last} />
    </label>
  )
  return (
    <section className="panel" aria-labelledby="import-title">
      <h2 id="import-title">
        {t('cases.import')} · {names.prison(prison)}
      </h2>
      <form key={made} className="delegation-form" onSubmit={(e) => void send(e)}>
        <label>
          {t('cases.unit')}
          <select value={area} onChange={(e) => setArea(e.target.value)}>
            <option value="">{t('cases.prisonItself')}</option>
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {names.area(a.id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('cases.level')}
          <select name="level" key={area}>
            {(area ? ['area'] : prisonLevels).map((l) => (
              <option key={l} value={l}>
                {level(l)}
              </option>
            ))}
          </select>
        </label>
        {field('wording', t('cases.wording'))}
        {field('document_no', t('cases.no'))}
        {on('named_on', t('cases.namedOn'), true, dayOn(day, -1))}
        {field('body', t('cases.body'))}
        {on('kept_on', t('cases.keptOn'), false)}
        {on('revoked_on', t('cases.revokedOn'), false)}
        {field('order_no', t('cases.orderNo'), false)}
        {field('reason', t('cases.reason'), false)}
        <p className="quiet wide">{t('cases.importMeans')}</p>
        <Problems list={problems} />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('cases.import')}
        </Button>
      </form>
    </section>
  )
}
