import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useLevel } from '../accreditation/words'
import { type PlanCourse, type PlanMark, type PlanYear, submitPlan } from '../api/plans'
import { useOrganisation } from '../api/queries'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useAct } from '../standards/useAct'
import { toast } from '../ui/toast'
import { useUnitIn } from './words'
import '../score/score.css'

const twelve = Array.from({ length: 12 }, (_, i) => i + 1)

/** The next version of a plan: months by unit and step, begun from the newest one. */
export function PlanForm({ plan }: { plan: PlanYear }) {
  const t = useT()
  const level = useLevel()
  const { busy, problems, run } = useAct()
  const newest = plan.versions[0]
  const areas = useOrganisation().data?.prisons.find((p) => p.id === plan.prison)?.areas ?? []
  const [own, setOwn] = useState(newest?.marks.find((m) => !m.area)?.level ?? 'standard')
  const roads = plan.roads.filter((r) => r.track === 'area' || r.level === own)
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const marks: PlanMark[] = roads.flatMap((r) =>
      unitsOf(r, areas).flatMap((area) =>
        r.steps.flatMap((s) => {
          const month = Number(typed.get(`${r.level} ${area ?? ''} ${s.state}`))
          return month ? [{ area, level: r.level, state: s.state, month }] : []
        }),
      ),
    )
    const reason = String(typed.get('reason') ?? '').trim()
    const done = await run((key) =>
      submitPlan(plan.prison, plan.year, { seen: newest?.version ?? 0, reason, marks }, key),
    )
    if (done) toast(t('plans.sent'))
  }
  return (
    <section className="panel finding">
      <details>
        <summary>{t(newest ? 'plans.change' : 'plans.make', { year: plan.year })}</summary>
        <p className="quiet">{t('plans.formAbout')}</p>
        <form className="plan-form" onSubmit={(e) => void send(e)}>
          <label>
            {t('plans.level')}
            <select value={own} onChange={(e) => setOwn(e.target.value)}>
              {plan.roads
                .filter((r) => r.track === 'prison')
                .map((r) => (
                  <option key={r.level} value={r.level}>
                    {level(r.level)}
                  </option>
                ))}
            </select>
          </label>
          {roads.map((r) => (
            <Grid key={r.level} plan={plan} road={r} areas={areas} />
          ))}
          {newest && (
            <label className="wide">
              {t('plans.reason')}
              <textarea name="reason" required maxLength={1000} rows={2} />
            </label>
          )}
          {problems.map((p) => (
            <p key={p} className="danger wide" role="alert">
              {p}
            </p>
          ))}
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('plans.submit')}
          </Button>
        </form>
      </details>
    </section>
  )
}

type Areas = { id: string }[]

const unitsOf = (road: PlanCourse, areas: Areas): (string | undefined)[] =>
  road.track === 'prison' ? [undefined] : areas.map((a) => a.id)

function Grid({ plan, road, areas }: { plan: PlanYear; road: PlanCourse; areas: Areas }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const unitIn = useUnitIn(plan.prison)
  const marks = plan.versions[0]?.marks ?? []
  const planned = (area: string | undefined, state: string) =>
    marks.find((m) => m.area === area && m.level === road.level && m.state === state)?.month ?? ''
  return (
    <div className="table-scroll wide">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{level(road.level)}</th>
            {road.steps.map((s) => (
              <th key={s.state} scope="col">
                {text(s.title, lang)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {unitsOf(road, areas).map((area) => (
            <tr key={area ?? ''}>
              <th scope="row">{unitIn(area)}</th>
              {road.steps.map((s) => (
                <td key={s.state}>
                  <select
                    name={`${road.level} ${area ?? ''} ${s.state}`}
                    aria-label={`${unitIn(area)} ${text(s.title, lang)}`}
                    defaultValue={planned(area, s.state)}
                  >
                    <option value="">—</option>
                    {twelve.map((n) => (
                      <option key={n} value={n}>
                        {t('plans.month', { n })}
                      </option>
                    ))}
                  </select>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
