import { BarChart, HeatmapChart, LineChart, RadarChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  RadarComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import { format, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useCallback, useMemo } from 'react'
import type { BoardFrame, Overview, RoadStep } from '../api/overview'
import type { PlanAgainst, PlanMonth } from '../api/plans'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Chart } from '../ui/Chart'

use([
  BarChart,
  HeatmapChart,
  LineChart,
  RadarChart,
  GridComponent,
  LegendComponent,
  RadarComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
])

const ink = '#1a4f9c'
const second = '#8a5300'
const third = '#216e39'
const danger = '#b3261e'
const quiet = '#50565f'

type Of = Overview['rates'][number]['of']

/**
 * Rates month by month. The targets of a type stand beside its own rate only: the lines of the
 * prisons are never drawn against the rates of the areas.
 */
export function RateLines(props: { data: Overview; of: Of[]; label: string }) {
  const { data, of, label } = props
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const colours: Record<Of, string> = {
      prison: ink,
      ordinary: ink,
      functional: second,
      sub_area: third,
    }
    const targets = data.targets.filter((x) => x.rate && of.includes(x.of))
    const rateOf = (p: Overview['series'][number], k: Of) => p.rates.find((r) => r.of === k)
    const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
    const first = data.series[0]?.day ?? data.day
    return {
      animation: false,
      tooltip: { trigger: 'axis', valueFormatter: (v: unknown) => (v == null ? '—' : `${v}%`) },
      legend: { top: 0, textStyle: { color: quiet } },
      grid: { left: 48, right: 24, top: 36, bottom: 28 },
      xAxis: { type: 'time', axisLabel: { color: quiet, hideOverlap: true } },
      yAxis: {
        type: 'value',
        min: 0,
        max: 100,
        axisLabel: { color: quiet, formatter: '{value}%' },
      },
      series: [
        ...of.map((k) => ({
          type: 'line',
          name: t(`overview.of_${k}`),
          showSymbol: data.series.length < 3,
          lineStyle: { color: colours[k] },
          itemStyle: { color: colours[k] },
          data: data.series.map((p) => {
            const rate = rateOf(p, k)
            return [at(p.day), rate?.percent ? Number(rate.percent) : null]
          }),
        })),
        ...targets.map((x) => {
          const [part = 0, whole = 1] = (x.rate ?? '').split('/').map(Number)
          const percent = (part / whole) * 100
          return {
            type: 'line',
            name: text(x.title, lang),
            lineStyle: { type: 'dashed', color: danger },
            itemStyle: { color: danger },
            symbol: 'diamond',
            symbolSize: 8,
            data: [
              [Math.min(at(first), at(x.on_day)), percent],
              [at(x.on_day), percent],
            ],
          }
        }),
      ],
    }
  }, [data, of, t, lang])
  return <Chart option={option} label={label} />
}

/** How many applications are in each step; a bar opens them. */
export function StepBars({ steps, open }: { steps: RoadStep[]; open: (state: string) => void }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const bar = (of: 'prison' | 'area', name: string, color: string) => ({
      type: 'bar',
      stack: 'all',
      name,
      itemStyle: { color },
      data: steps.map((s) => ({ value: s[of] || null, state: s.state })),
    })
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      legend: { top: 0, textStyle: { color: quiet } },
      grid: { left: 36, right: 16, top: 36, bottom: 70 },
      xAxis: {
        type: 'category',
        data: steps.map((s) => text(s.title, lang)),
        axisLabel: { color: quiet, interval: 0, rotate: 30 },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: quiet } },
      series: [bar('area', t('overview.areas'), ink), bar('prison', t('overview.prisons'), second)],
    }
  }, [steps, t, lang])
  const pick = useCallback(
    (data: unknown) => {
      const { state } = (data ?? {}) as { state?: string }
      if (state) open(state)
    },
    [open],
  )
  return <Chart option={option} label={t('overview.map')} height={300} onPick={pick} />
}

const stands = ['reached', 'late', 'overdue', 'ahead'] as const

/** What became of the steps that each prison planned; a bar opens its plan. */
export function PlanBars(props: {
  prisons: PlanAgainst[]
  nameOf: (prison: string) => string
  open: (prison: string) => void
}) {
  const { prisons, nameOf, open } = props
  const t = useT()
  const option = useMemo(() => {
    const colours = { reached: third, late: second, overdue: danger, ahead: '#c9ced6' }
    const names = {
      reached: t('plans.reachedN', { n: '' }),
      late: t('plans.lateN', { n: '' }),
      overdue: t('plans.overdueN', { n: '' }),
      ahead: t('plans.aheadN', { n: '' }),
    }
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      legend: { top: 0, textStyle: { color: quiet } },
      grid: { left: 36, right: 16, top: 36, bottom: 48 },
      xAxis: {
        type: 'category',
        data: prisons.map((p) => nameOf(p.prison)),
        axisLabel: { color: quiet, hideOverlap: true },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: quiet } },
      series: stands.map((k) => ({
        type: 'bar',
        stack: 'all',
        barMaxWidth: 48,
        name: names[k].trim(),
        itemStyle: { color: colours[k] },
        data: prisons.map((p) => ({ value: p.tally[k] || null, prison: p.prison })),
      })),
    }
  }, [prisons, nameOf, t])
  const pick = useCallback(
    (data: unknown) => {
      const { prison } = (data ?? {}) as { prison?: string }
      if (prison) open(prison)
    },
    [open],
  )
  return <Chart option={option} label={t('plans.bars')} height={240} onPick={pick} />
}

/** Steps planned and reached up to the end of each month. */
export function PlanLines({ months }: { months: PlanMonth[] }) {
  const t = useT()
  const option = useMemo(
    () => ({
      animation: false,
      tooltip: { trigger: 'axis', valueFormatter: (v: unknown) => (v == null ? '—' : `${v}`) },
      legend: { top: 0, textStyle: { color: quiet } },
      grid: { left: 36, right: 16, top: 36, bottom: 28 },
      xAxis: {
        type: 'category',
        data: months.map((m) => t('plans.month', { n: m.month })),
        axisLabel: { color: quiet },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: quiet } },
      series: [
        {
          type: 'line',
          step: 'end',
          name: t('plans.planned'),
          lineStyle: { color: quiet, type: 'dashed' },
          itemStyle: { color: quiet },
          data: months.map((m) => m.planned),
        },
        {
          type: 'line',
          step: 'end',
          name: t('plans.reachedLine'),
          lineStyle: { color: third },
          itemStyle: { color: third },
          // Not the months ahead: a line in steps would go on into the first of them.
          data: months.filter((m) => m.reached !== null).map((m) => m.reached),
        },
      ],
    }),
    [months, t],
  )
  return <Chart option={option} label={t('plans.lines')} height={220} />
}

/** Mean and lowest rate of each domain over the areas of a standard. */
export function FrameRadar({ frame }: { frame: BoardFrame }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(
    () => ({
      animation: false,
      tooltip: {},
      legend: { bottom: 0, textStyle: { color: quiet } },
      radar: {
        indicator: frame.domains.map((d) => ({ name: text(d.title, lang), max: 100 })),
        axisName: { color: quiet },
        radius: '58%',
        center: ['50%', '46%'],
      },
      series: [
        {
          type: 'radar',
          data: [
            {
              value: frame.domains.map((d) => Number(d.mean)),
              name: t('overview.radarMean'),
              areaStyle: { opacity: 0.15 },
              lineStyle: { color: ink },
              itemStyle: { color: ink },
            },
            {
              value: frame.domains.map((d) => Number(d.low)),
              name: t('overview.radarLow'),
              lineStyle: { color: danger, type: 'dashed' },
              itemStyle: { color: danger },
            },
          ],
        },
      ],
    }),
    [frame, t, lang],
  )
  return <Chart option={option} label={t('overview.radar')} height={320} />
}

/** Areas down, indicators across: the share of the points that was lost. */
export function IndicatorHeat(props: {
  frame: BoardFrame
  nameOf: (area: string) => string
  open: (area: string, code: string) => void
}) {
  const { frame, nameOf, open } = props
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const columns = frame.domains.flatMap((d) => d.indicators)
    const titles = new Map(columns.map((c) => [c.code, text(c.title, lang)]))
    return {
      animation: false,
      tooltip: {
        // The tooltip is HTML, and names come from whoever gave them.
        formatter: ({ data }: { data: { area: string; code: string; said: string } }) =>
          [nameOf(data.area), `${data.code} ${titles.get(data.code) ?? ''}`, data.said]
            .map(format.encodeHTML)
            .join('<br/>'),
      },
      grid: { left: 130, right: 12, top: 8, bottom: 92 },
      xAxis: {
        type: 'category',
        data: columns.map((c) => c.code),
        axisLabel: { color: quiet, rotate: 90, interval: 0, fontSize: 10 },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: frame.areas.map((a) => nameOf(a.area)),
        axisLabel: { color: quiet, width: 116, overflow: 'truncate' },
      },
      visualMap: {
        min: 0,
        max: 100,
        orient: 'horizontal',
        left: 'center',
        bottom: 0,
        itemHeight: 120,
        text: ['100%', '0%'],
        textStyle: { color: quiet },
        inRange: { color: ['#e8f5ea', '#f3c969', '#e0695f', '#8c1d18'] },
      },
      series: [
        {
          type: 'heatmap',
          itemStyle: { borderColor: '#fff', borderWidth: 1 },
          emphasis: { itemStyle: { borderColor: ink } },
          data: frame.areas.flatMap((a, y) =>
            a.cells
              .filter((c) => c.applies)
              .map((c) => ({
                value: [columns.findIndex((x) => x.code === c.code), y, Number(c.percent)],
                area: a.area,
                code: c.code,
                said: t('overview.lost', { lost: c.lost, percent: c.percent }),
              })),
          ),
        },
      ],
    }
  }, [frame, nameOf, t, lang])
  const pick = useCallback(
    (data: unknown) => {
      const { area, code } = (data ?? {}) as { area?: string; code?: string }
      if (area && code) open(area, code)
    },
    [open],
  )
  const height = Math.max(220, 110 + frame.areas.length * 26)
  return <Chart option={option} label={t('overview.heat')} height={height} onPick={pick} />
}
