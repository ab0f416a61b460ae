import { LineChart, RadarChart } from 'echarts/charts'
import { GridComponent, RadarComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { DomainScore } from '../api/model'
import type { TrendPoint } from '../api/scores'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Chart } from '../ui/Chart'
import { amount } from './decimal'

use([LineChart, RadarChart, GridComponent, RadarComponent, TooltipComponent, CanvasRenderer])

const ink = '#1a4f9c'
const quiet = '#50565f'

/** Share of each domain's points that stands. The tree beside it says the same in words. */
export function DomainRadar({ domains }: { domains: DomainScore[] }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const values = domains.map((d) => Math.round((amount(d.score) / amount(d.points)) * 1000) / 10)
    return {
      animation: false,
      tooltip: {},
      radar: {
        indicator: domains.map((d) => ({ name: text(d.title, lang), max: 100 })),
        axisName: { color: quiet },
        radius: '62%',
      },
      series: [
        {
          type: 'radar',
          data: [{ value: values, name: t('score.byDomain'), areaStyle: { opacity: 0.15 } }],
          lineStyle: { color: ink },
          itemStyle: { color: ink },
        },
      ],
    }
  }, [domains, lang, t])
  return <Chart option={option} label={t('score.byDomain')} />
}

/** The score day by day, with the line to pass. */
export function Trend({ points, line }: { points: TrendPoint[]; line: string }) {
  const t = useT()
  const option = useMemo(() => {
    const pass = amount(line)
    const values = points.map((p) => amount(p.score))
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      grid: { left: 48, right: 16, top: 16, bottom: 28 },
      xAxis: { type: 'category', data: points.map((p) => p.day), axisLabel: { color: quiet } },
      yAxis: {
        type: 'value',
        min: Math.floor(Math.min(pass, ...values) / 10) * 10,
        max: 1000,
        axisLabel: { color: quiet },
      },
      series: [
        {
          type: 'line',
          name: t('score.total'),
          data: values,
          showSymbol: false,
          lineStyle: { color: ink },
          itemStyle: { color: ink },
        },
        {
          type: 'line',
          name: t('score.line'),
          data: points.map(() => pass),
          showSymbol: false,
          lineStyle: { type: 'dashed', color: '#b3261e' },
          itemStyle: { color: '#b3261e' },
        },
      ],
    }
  }, [points, line, t])
  return <Chart option={option} label={t('score.trend')} />
}
