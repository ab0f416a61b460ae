import { now } from '../api/clock'
import { useOrganisation, usePrison } from '../api/queries'
import { actVisit, addVisit, useVisits, type Visit } from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
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

function NewVisit({ prison }: { prison: string }) {
  const t = useT()
  const areas = useOrganisation().data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const day = today(now())
  return (
    <div className="panel">
      <Say
        label={t('together.newVisit')}
        send={(typed, key) =>
          addVisit(
            prison,
            {
              area: unitOf(typed('unit')).area,
              day: typed('day'),
              due_on: typed('due'),
              findings: typed('findings'),
              advice: typed('advice'),
            },
            key,
          )
        }
      >
        <Units units={[{ prison }, ...areas.map((a) => ({ prison, area: a.id }))]} />
        <Day name="day" label={t('together.visitDay')} day={day} />
        <Day name="due" label={t('together.dueOn')} day={day} />
        <Text name="findings" label={t('together.findings')} />
        <Text name="advice" label={t('together.advice')} />
      </Say>
    </div>
  )
}
