import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { Drift, Readiness } from '../api/readiness'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { amount } from '../score/decimal'
import { Chart } from '../ui/Chart'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

/** Rates of the domains, then and now; the sentence above it says which slid. */
export function DriftChart({ drift, sheet }: { drift: Drift; sheet: Readiness['sheet'] }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const { domains } = drift
    const name = (id: string) =>
      text(sheet.domains.find((d) => d.id === id)?.title ?? { zh: id }, lang)
    const rates = (of: 'then' | 'now') => domains.map((d) => Math.round(amount(d[of]) * 10) / 10)
    const low = Math.min(90, ...rates('then'), ...rates('now'))
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      legend: { top: 0 },
      grid: { left: 44, right: 16, top: 32, bottom: 28 },
      xAxis: {
        type: 'category',
        data: domains.map((d) => name(d.id)),
        axisLabel: { color: '#50565f', interval: 0 },
      },
      yAxis: {
        type: 'value',
        min: Math.floor(low / 10) * 10,
        max: 100,
        axisLabel: { color: '#50565f' },
      },
      series: [
        {
          type: 'bar',
          name: t('readiness.then'),
          data: rates('then'),
          itemStyle: { color: '#9bb3d6' },
        },
        {
          type: 'bar',
          name: t('readiness.now'),
          itemStyle: { color: '#1a4f9c' },
          data: rates('now').map((value, i) =>
            domains[i]?.alarm ? { value, itemStyle: { color: '#b3261e' } } : value,
          ),
        },
      ],
    }
  }, [drift, sheet, lang, t])
  return <Chart option={option} label={t('readiness.driftChart')} />
}
