import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { BurdenHistory, Weight } from '../api/model'
import { useT } from '../i18n'
import { Chart } from '../ui/Chart'
import { useNames } from '../ui/names'
import { known, type Measure, measures } from './measures'

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

const ink = '#1a4f9c'
const fewer = '#216e39'
const more = '#b3261e'
const quiet = '#50565f'

/** What is asked after each change as steps, and what each changed as bars below. The table says the same in words. */
export default function HistoryChart(props: { history: BurdenHistory; measure: Measure }) {
  const { history, measure } = props
  const t = useT()
  const names = useNames()
  const option = useMemo(() => {
    const { of, digits } = measures[measure]
    const value = (w: Weight) => Number(of(w).toFixed(digits))
    const standing = (w: Weight) => (known(measure, w) ? value(w) : null)
    const beginning = t('burden.beginning')
    const data = [beginning, ...history.changes.map((c) => `${c.on} ${names.ledger(c.ledger)}`)]
    // The day alone under the axis; the tooltip names the ledger too.
    const day = (name: string) => (name === beginning ? name : name.slice(0, 10))
    const axis = { type: 'category', data, axisLabel: { color: quiet, formatter: day } }
    return {
      animation: false,
      tooltip: { trigger: 'axis' },
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      grid: [
        { left: 64, right: 24, top: 32, height: 112 },
        { left: 64, right: 24, top: 184, height: 72 },
      ],
      xAxis: [
        { ...axis, gridIndex: 0, axisLabel: { show: false } },
        { ...axis, gridIndex: 1, axisLine: { onZero: false } },
      ],
      yAxis: [
        { type: 'value', scale: true, minInterval: 1, name: t('burden.after'), gridIndex: 0 },
        { type: 'value', minInterval: 1, splitNumber: 3, name: t('burden.net'), gridIndex: 1 },
      ].map((y) => ({
        ...y,
        nameTextStyle: { color: quiet, align: 'right' },
        axisLabel: { color: quiet },
      })),
      series: [
        {
          type: 'line',
          step: 'end',
          name: t('burden.after'),
          data: [standing(history.base), ...history.changes.map((c) => standing(c.after))],
          symbolSize: 6,
          lineStyle: { color: ink },
          itemStyle: { color: ink },
        },
        {
          type: 'bar',
          name: t('burden.net'),
          xAxisIndex: 1,
          yAxisIndex: 1,
          barMaxWidth: 32,
          data: [
            null,
            ...history.changes.map((c) => ({
              value: value(c.net),
              itemStyle: { color: of(c.net) < 0 ? fewer : more },
            })),
          ],
        },
      ],
    }
  }, [history, measure, names, t])
  return <Chart option={option} label={t('burden.historyChart')} height={290} />
}
