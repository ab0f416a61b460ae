import { now } from '../api/clock'
import { useOrganisation, usePrison } from '../api/queries'
import { actVisit, addVisit, useFocus, useVisits, type Visit } from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { PlannedList } from '../together/Focus'
import { Day, Say, Text } from '../together/Say'
import { Units, unitOf, useUnitName } from '../together/Units'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

const tones = { open: 'submitted', answered: 'warning', closed: 'approved' }

/** What the bureau saw in the units of a prison and advised, and how each ended. */
export default function Visits() {
  const t = useT()
  const prison = usePrison()
  const query = useVisits(prison)
  return (
    <>
      <PageTitle title={t('together.visits')} />
      <PageTabs of="/visits" />
      <Ready query={query}>
        {({ visits, may }) => (
          <>
            <Planned prison={prison} />
            {may && <NewVisit prison={prison} />}
            {visits.length === 0 && <Empty>{t('together.visitsNone')}</Empty>}
            {visits.map((v) => (
              <Shown key={v.id} visit={v} />
            ))}
          </>
        )}
      </Ready>
    </>
  )
}

function Shown({ visit }: { visit: Visit }) {
  const t = useT()
  const nameOf = useUnitName()
  const title = `${visit.day} ${nameOf(visit)}`
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <p>
        <span className={`status ${tones[visit.state]}`}>{t(`together.visit_${visit.state}`)}</span>{' '}
        {visit.overdue && <span className="status overdue">{t('together.overdue')}</span>}{' '}
        <span className="quiet">
          {t('together.dueOn')} {visit.due_on} · {visit.author_name}
        </span>
      </p>
      <dl>
        <dt>{t('together.findings')}</dt>
        <dd>{visit.findings}</dd>
        <dt>{t('together.advice')}</dt>
        <dd>{visit.advice}</dd>
        {visit.acts.map((a) => (
          <div key={a.act}>
            <dt>{t(`together.act_${a.kind}`)}</dt>
            <dd>
              {a.comment}{' '}
              <span className="quiet">
                {a.by_name} {showTime(a.recorded_at)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {visit.actions.map((kind) => (
        <Say
          key={`${kind} ${visit.acts.length}`}
          label={t(`together.do_${kind}`)}
          of={title}
          send={(typed, key) =>
            actVisit(visit, { kind, comment: typed('comment'), seen: visit.acts.length }, key)
          }
        >
          <Text name="comment" label={t('together.comment')} />
        </Say>
      ))}
    </section>
  )
}

/** What is planned and not yet made of the prison. */
function Planned({ prison }: { prison: string }) {
  const t = useT()
  const open = useOpenVisits(prison)
  if (open.length === 0) return null
  return (
    <section className="panel" aria-labelledby="planned">
      <h2 id="planned">{t('together.planned')}</h2>
      <PlannedList planned={open} may={false} />
    </section>
  )
}

function useOpenVisits(prison: string) {
  const focus = useFocus().data?.prisons.find((f) => f.prison === prison)
  return (focus?.planned ?? []).filter((v) => v.state === 'planned' || v.state === 'overdue')
}

function NewVisit({ prison }: { prison: string }) {
  const t = useT()
  const areas = useOrganisation().data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const day = today(now())
  const nameOf = useUnitName()
  const planned = useOpenVisits(prison)
  return (
    <div className="panel">
      <Say
        label={t('together.newVisit')}
        send={(typed, key) => {
          const of = planned.find((v) => v.id === typed('planned'))
          return addVisit(
            prison,
            {
              planned: of?.id,
              // A planned visit says of which unit it is.
              area: of ? of.area : unitOf(typed('unit')).area,
              day: typed('day'),
              due_on: typed('due'),
              findings: typed('findings'),
              advice: typed('advice'),
            },
            key,
          )
        }}
      >
        {planned.length > 0 && (
          <label>
            {t('together.ofPlanned')}
            <select name="planned">
              <option value="">{t('together.ofPlannedNone')}</option>
              {planned.map((v) => (
                <option key={v.id} value={v.id}>
                  {`${v.day} ${nameOf(v)} ${v.subject}`}
                </option>
              ))}
            </select>
          </label>
        )}
        <Units units={[{ prison }, ...areas.map((a) => ({ prison, area: a.id }))]} />
        <Day name="day" label={t('together.visitDay')} day={day} />
        <Day name="due" label={t('together.dueOn')} day={day} />
        <Text name="findings" label={t('together.findings')} />
        <Text name="advice" label={t('together.advice')} />
      </Say>
    </div>
  )
}
