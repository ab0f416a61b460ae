import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { ScoreHistory } from '../api/readiness'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Chart } from '../ui/Chart'
import { amount } from './decimal'

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const quiet = '#50565f'

/** A line a domain. What is known in part has a hollow point; what is not known, none. */
export function HistoryChart({ history }: { history: ScoreHistory }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const rates = history.points.flatMap((p) =>
      p.domains.filter((d) => d.coverage !== 'none').map((d) => amount(d.rate) * 100),
    )
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      legend: { bottom: 0, textStyle: { color: quiet } },
      grid: { left: 48, right: 24, top: 16, bottom: 60 },
      xAxis: {
        type: 'category',
        data: history.points.map((p) => `${p.as_of}\n${t(`readiness.run.${p.kind}`)}`),
        axisLabel: { color: quiet },
      },
      yAxis: {
        type: 'value',
        min: Math.floor(Math.min(90, ...rates) / 10) * 10,
        max: 100,
        axisLabel: { color: quiet, formatter: '{value}%' },
      },
      series: history.domains.map((d, at) => ({
        type: 'line',
        name: text(d.title, lang),
        connectNulls: true,
        data: history.points.map((p) => {
          const of = p.domains[at]
          if (!of || of.coverage === 'none') return null
          const value = Math.round(amount(of.rate) * 1000) / 10
          return { value, symbol: of.coverage === 'partial' ? 'emptyCircle' : 'circle' }
        }),
        symbolSize: 7,
      })),
    }
  }, [history, lang, t])
  return <Chart option={option} label={t('score.history')} />
}
