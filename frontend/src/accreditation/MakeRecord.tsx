import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { makeRecord, type WholeCase } from '../api/cases'
import { now } from '../api/clock'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import { Deeds } from './Deeds'
import { useKind } from './Records'
import '../approval/approval.css'

type Makes = WholeCase['makes'][number]
type Read = (name: string) => string

/** What the record says, read from its form. */
const bodies: Record<string, (read: Read, whole: WholeCase) => object> = {
  batch: (read) => ({
    year: Number(read('year')),
    batch: Number(read('batch')),
  }),
  results: (read) => ({
    met: read('met') === 'yes',
    critical_open: Number(read('critical')),
    text: read('text'),
  }),
  evaluation: (read, whole) => ({
    rows: (whole.evaluations ?? []).map(({ code }) => ({
      code,
      points: read(`points ${code}`),
      proof: read(`proof ${code}`),
    })),
    total: '0',
  }),
}

const note = (read: Read) => ({ day: read('day'), text: read('text') })

/** A record of the step, made by whose it is. */
export function MakeRecord({ whole, makes }: { whole: WholeCase; makes: Makes }) {
  const t = useT()
  const names = useNames()
  const kind = useKind()
  const { busy, problems, run } = useAct()
  const [made, setMade] = useState(0)
  const departments = makes.departments ?? []
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const read = (name: string) => String(typed.get(name) ?? '').trim()
    const body = (bodies[makes.kind] ?? note)(read, whole)
    const done = await run((key) =>
      makeRecord(whole, makes.kind, departments.length > 0 ? read('department') : '', body, key),
    )
    if (!done) return
    toast(t('cases.made'))
    setMade(made + 1)
  }
  const title = t('cases.make', { kind: kind(makes.kind) })
  return (
    <form key={made} className="delegation-form" aria-label={title} onSubmit={(e) => void send(e)}>
      <h2 className="wide">{title}</h2>
      {departments.length > 0 && (
        <label>
          {t('cases.department')}
          <select name="department">
            {departments.map((d) => (
              <option key={d} value={d}>
                {names.office(d)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Fields kind={makes.kind} whole={whole} />
      <Problems list={problems} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {title}
      </Button>
    </form>
  )
}

function Fields({ kind, whole }: { kind: string; whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  const day = today(now())
  const words = () => (
    <label className="wide">
      {t('cases.text')}
      <input name="text" required maxLength={1000} />
    </label>
  )
  const on = (label: string) => (
    <label>
      {label}
      <input type="date" name="day" required max={day} defaultValue={day} />
    </label>
  )
  switch (kind) {
    case 'batch':
      return (
        <>
          <label>
            {t('cases.year')}
            <input type="number" name="year" required defaultValue={day.slice(0, 4)} />
          </label>
          <label>
            {t('cases.batch')}
            <input type="number" name="batch" required min={1} max={99} defaultValue={1} />
          </label>
        </>
      )
    case 'results':
      return (
        <>
          <label>
            {t('cases.value')}
            <select name="met">
              <option value="yes">{t('cases.met')}</option>
              <option value="no">{t('cases.notMet')}</option>
            </select>
          </label>
          <label>
            {t('cases.criticalOpen')}
            <input type="number" name="critical" required min={0} max={1000} defaultValue={0} />
          </label>
          {words()}
        </>
      )
    case 'evaluation':
      return (whole.evaluations ?? []).map((e) => (
        <fieldset key={e.code} className="wide case-facts">
          <legend>{text(e.title, lang)}</legend>
          <Deeds row={e.code} list={whole.deeds} />
          <label>
            {t('cases.points', { points: e.points })}
            <input
              type="number"
              name={`points ${e.code}`}
              required
              min={0}
              max={e.points}
              step="0.1"
            />
          </label>
          <label>
            {t('cases.proof')}
            <input name={`proof ${e.code}`} required maxLength={1000} />
          </label>
        </fieldset>
      ))
  }
  return (
    <>
      {on(t('cases.day'))}
      {words()}
    </>
  )
}
