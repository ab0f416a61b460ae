import { BarChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useSearchParams } from 'react-router'
import { now as clockNow } from '../api/clock'
import type { Spent } from '../api/model'
import { useBurden, useMe, useOrganisation, usePrison } from '../api/queries'
import { AskedTwice } from '../catalogue/AskedTwice'
import { BurdenHistory } from '../catalogue/BurdenHistory'
import { signed } from '../catalogue/measures'
import { Prefilled } from '../catalogue/Prefilled'
import { dayOn, today } from '../form/time'
import { useT } from '../i18n'
import { Chart } from '../ui/Chart'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer])

const dayMs = 86_400_000

/** What the ledgers ask of people: how often, how long, and how it changed against the days before. */
export default function Burden() {
  const t = useT()
  const prison = usePrison()
  const organisation = useOrganisation().data
  const names = useNames()
  const [params, setParams] = useSearchParams()
  const posted = useMe().data?.postings.flatMap((p) => p.area ?? []) ?? []
  // Who sees only their own area is shown no average over all: it would be of what they see.
  const areas = (organisation?.prisons.find((p) => p.id === prison)?.areas ?? []).filter(
    (a) => posted.length === 0 || posted.includes(a.id),
  )
  const to = params.get('to') || today(clockNow())
  const from = params.get('from') || dayOn(to, -27)
  const area = params.get('area') ?? posted[0] ?? ''
  const days = Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1
  const now = useBurden(prison, { from, to, area })
  const before = useBurden(prison, { from: dayOn(from, -days), to: dayOn(from, -1), area })
  const set = (name: string, value: string) =>
    setParams((old) => {
      const next = new URLSearchParams(old)
      next.set(name, value)
      return next
    })
  return (
    <>
      <PageTitle title={t('menu.burden')} />
      <div className="panel filters">
        <label>
          {t('entry.area')}{' '}
          <select value={area} onChange={(e) => set('area', e.target.value)}>
            {posted.length === 0 && <option value="">{t('burden.allAreas')}</option>}
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {names.area(a.id)}
              </option>
            ))}
          </select>
        </label>{' '}
        <label>
          {t('browser.from')}{' '}
          <input type="date" value={from} max={to} onChange={(e) => set('from', e.target.value)} />
        </label>{' '}
        <label>
          {t('browser.to')}{' '}
          <input type="date" value={to} min={from} onChange={(e) => set('to', e.target.value)} />
        </label>
      </div>
      <section className="panel">
        <Ready query={now} empty={(list) => list.length === 0} whenEmpty={t('burden.empty')}>
          {(list) => (
            <Figures
              list={list}
              before={before.data ?? []}
              weeks={days / 7}
              per={area ? 1 : Math.max(1, areas.length)}
            />
          )}
        </Ready>
      </section>
      <Prefilled />
      <BurdenHistory prison={prison} area={area} />
      <AskedTwice prison={prison} from={from} to={to} />
    </>
  )
}

/** Figures for one area and week: over all areas they are the average. */
function Figures(props: { list: Spent[]; before: Spent[]; weeks: number; per: number }) {
  const { list, before, weeks, per } = props
  const t = useT()
  const names = useNames()
  const minutes = (s: Spent | undefined) => (s ? s.seconds / 60 / weeks / per : 0)
  const sum = (all: Spent[]) => all.reduce((total, s) => total + minutes(s), 0)
  const entries = list.reduce((n, s) => n + s.entries, 0)
  const untimed = entries - list.reduce((n, s) => n + s.measured, 0)
  const was = (id: string) => before.find((b) => b.ledger === id)
  const ordered = [...list].sort((a, b) => minutes(b) - minutes(a) || b.entries - a.entries)
  const one = (n: number) => n.toFixed(1)
  const top = ordered.filter((s) => minutes(s) > 0).slice(0, 12)
  const option = {
    animation: false,
    tooltip: { trigger: 'axis' },
    grid: { left: 160, right: 24, top: 8, bottom: 28 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', inverse: true, data: top.map((s) => names.ledger(s.ledger)) },
    series: [
      {
        type: 'bar',
        name: t('burden.minutes'),
        data: top.map((s) => Math.round(minutes(s) * 10) / 10),
        itemStyle: { color: '#1a4f9c' },
      },
    ],
  }
  return (
    <>
      <p role="status">
        {t('burden.total', {
          ledgers: list.length,
          minutes: one(sum(list)),
          change: signed(sum(list) - sum(before)),
        })}{' '}
        {untimed > 0 && t('burden.untimed', { n: untimed, of: entries })}
      </p>
      {top.length > 0 && (
        <Chart option={option} label={t('burden.minutes')} height={60 + top.length * 26} />
      )}
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('entry.ledger')}</th>
            <th scope="col">{t('burden.entries')}</th>
            <th scope="col">{t('burden.fields')}</th>
            <th scope="col">{t('burden.filled')}</th>
            <th scope="col">{t('burden.keystrokes')}</th>
            <th scope="col">{t('burden.seconds')}</th>
            <th scope="col">{t('burden.minutes')}</th>
            <th scope="col">{t('burden.change')}</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((s) => (
            <tr key={s.ledger}>
              <th scope="row">{names.ledger(s.ledger)}</th>
              <td className="number">{one(s.entries / weeks / per)}</td>
              <td className="number">{s.fields}</td>
              <td className="number">
                {Math.round((s.filled / Math.max(1, s.filled + s.fields)) * 100)}%
              </td>
              <td className="number">{s.measured > 0 ? s.median_keystrokes : '·'}</td>
              <td className="number">{s.measured > 0 ? s.median_seconds : '·'}</td>
              <td className="number">{s.measured > 0 ? one(minutes(s)) : '·'}</td>
              <td className="number">{signed(minutes(s) - minutes(was(s.ledger)))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{t('burden.about')}</p>
    </>
  )
}
