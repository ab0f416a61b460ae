import { useState } from 'react'
import { useParams } from 'react-router'
import { now } from '../api/clock'
import { nameResponsible, type PrisonDuties, type PrisonDuty, useDuties } from '../api/plans'
import { usePrison } from '../api/queries'
import { useStandards } from '../api/standards'
import { PageTabs } from '../app/PageTabs'
import { PersonInput } from '../approval/PersonInput'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Day, Say } from '../together/Say'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../overview/overview.css'
import '../plans/plans.css'

/** Who answers for which area, step and indicator of a prison, and where nobody does. */
export default function Responsibilities() {
  const t = useT()
  const names = useNames()
  const own = usePrison()
  const { prison = own } = useParams()
  const [gaps, setGaps] = useState(false)
  return (
    <>
      <PageTitle title={t('plans.duties')} />
      <PageTabs of="/overview" />
      <Ready query={useDuties(prison)}>
        {(data) => (
          <>
            <p className="calendar-tools">
              <strong className="overview-figure">{names.prison(prison)}</strong>
              <span className={`status ${data.vacant > 0 ? 'overdue' : 'approved'}`}>
                {t('plans.gaps', { n: data.vacant, all: data.duties.length })}
              </span>
              <label>
                <input type="checkbox" checked={gaps} onChange={(e) => setGaps(e.target.checked)} />{' '}
                {t('plans.gapsOnly')}
              </label>
            </p>
            <Groups data={data} gaps={gaps} />
          </>
        )}
      </Ready>
    </>
  )
}

const standardOf = (d: PrisonDuty) => (d.what ?? '').split('/')[0] ?? ''

function Groups({ data, gaps }: { data: PrisonDuties; gaps: boolean }) {
  const t = useT()
  const lang = useLang()
  const standards = useStandards().data?.standards ?? []
  const listed = gaps ? data.duties.filter((d) => d.vacant) : data.duties
  const titled = (id: string) => text(standards.find((s) => s.standard === id)?.title, lang) || id
  const ids = [...new Set(listed.filter((d) => d.kind === 'indicator').map(standardOf))]
  if (listed.length === 0) return <Empty>{t('plans.gapsNone')}</Empty>
  const of = (kind: PrisonDuty['kind']) => listed.filter((d) => d.kind === kind)
  return (
    <>
      <Group title={t('plans.ofArea')} data={data} duties={of('area')} open />
      <Group title={t('plans.ofStep')} data={data} duties={of('step')} open />
      {ids.map((id) => (
        <Group
          key={id}
          title={`${t('plans.ofIndicator')} · ${titled(id)}`}
          data={data}
          duties={of('indicator').filter((d) => standardOf(d) === id)}
        />
      ))}
    </>
  )
}

interface GroupProps {
  title: string
  data: PrisonDuties
  duties: PrisonDuty[]
  open?: boolean
}

function Group({ title, data, duties, open = false }: GroupProps) {
  const t = useT()
  if (duties.length === 0) return null
  const vacant = duties.filter((d) => d.vacant).length
  return (
    <details className="panel table-scroll" open={open}>
      <summary>
        <strong>{title}</strong>{' '}
        {vacant > 0 && (
          <span className="status overdue">
            {t('plans.gaps', { n: vacant, all: duties.length })}
          </span>
        )}
      </summary>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('plans.thing')}</th>
            <th scope="col">{t('plans.answers')}</th>
            <th scope="col">{t('plans.since')}</th>
            <th scope="col">{t('plans.earlier')}</th>
            <th scope="col">{t('plans.name')}</th>
          </tr>
        </thead>
        <tbody>
          {duties.map((d) => (
            <Row key={`${d.what ?? ''} ${d.area ?? ''}`} prison={data.prison} duty={d} />
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Row({ prison, duty }: { prison: string; duty: PrisonDuty }) {
  const t = useT()
  const called = useCalled()
  const { holder, next, history } = duty
  const earlier = history.filter((r) => r.n < (holder?.n ?? 0))
  return (
    <tr>
      <th scope="row">{called(duty)}</th>
      <td>
        {holder && !holder.left ? (
          holder.name
        ) : (
          <span className="status overdue">{t('plans.nobody')}</span>
        )}
        {holder?.left && <div className="quiet">{t('plans.left', { name: holder.name })}</div>}
        {next && (
          <div className="quiet">{t('plans.next', { name: next.name, day: next.from_day })}</div>
        )}
      </td>
      <td>{holder?.from_day ?? '—'}</td>
      <td>
        {earlier.length === 0 && '—'}
        {earlier.map((r) => (
          <div key={r.n} className="quiet">
            {r.name} {r.from_day}
            {/* The row after it says why it ended. */}
            {` · ${history.find((x) => x.n === r.n + 1)?.reason ?? ''}`}
          </div>
        ))}
      </td>
      <td>
        {duty.may && <Name prison={prison} duty={duty} />}
        {duty.own.map((area) => (
          <Name key={area} prison={prison} duty={duty} area={area} />
        ))}
      </td>
    </tr>
  )
}

/** What a thing is called: an area, or a step or indicator, of one area alone where it is. */
function useCalled() {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  return ({ kind, area, what = '', title }: PrisonDuty) => {
    if (kind === 'area') return names.area(area ?? '')
    const [of, code = ''] = what.split('/')
    const track = of === 'prison' ? 'plans.trackPrison' : 'plans.trackArea'
    const said =
      kind === 'step' ? `${t(track)} · ${text(title, lang)}` : `${code} ${text(title, lang)}`
    return area ? said + t('marks.aside', { of: names.area(area) }) : said
  }
}

function Name({
  prison,
  duty,
  area = duty.area,
}: {
  prison: string
  duty: PrisonDuty
  area?: string
}) {
  const t = useT()
  const names = useNames()
  const called = useCalled()
  // What is said of one area alone begins anew there.
  const seen = area === duty.area ? Math.max(0, ...duty.history.map((r) => r.n)) : 0
  const label =
    area === duty.area
      ? t(seen > 0 ? 'plans.handOver' : 'plans.name')
      : t('plans.nameOwn', { area: names.area(area ?? '') })
  const id = `${duty.kind} ${duty.what ?? ''} ${area ?? ''}`
  return (
    <Say
      key={seen}
      label={label}
      of={called(duty)}
      send={(typed, key) =>
        nameResponsible(
          prison,
          { ...duty, area },
          { seen, number: typed('number'), from_day: typed('from'), reason: typed('reason') },
          key,
        )
      }
    >
      <PersonInput
        id={id}
        name="number"
        from={`/prisons/${prison}/people`}
        label={t('plans.number')}
      />
      <Day name="from" label={t('plans.from')} day={today(now())} />
      {seen > 0 && (
        <label className="wide">
          {t('plans.why')}
          <input name="reason" required maxLength={1000} />
        </label>
      )}
    </Say>
  )
}
