import { BarChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { Prefilled as Shares } from '../api/model'
import { useT } from '../i18n'
import { Chart } from '../ui/Chart'
import { useNames } from '../ui/names'
import { parts } from './Prefilled'

use([BarChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

const colours = { taken: '#1a4f9c', computed: '#5b8def', begun: '#8fb3a3', typed: '#d9dce1' }

/** A bar of parts for each ledger, and the target as a line across. The table says the same in words. */
export default function SharesChart(props: {
  ledgers: Shares['ledgers']
  by: 'fields' | 'keys'
  target: number
}) {
  const { ledgers, by, target } = props
  const t = useT()
  const names = useNames()
  const option = useMemo(() => {
    const all = (l: Shares['ledgers'][number]) =>
      Math.max(
        1,
        parts.reduce((n, p) => n + l[by][p], 0),
      )
    return {
      animation: false,
      tooltip: { trigger: 'axis', valueFormatter: (v: number) => `${v.toFixed(0)}%` },
      legend: { top: 0 },
      grid: { left: 170, right: 32, top: 48, bottom: 28 },
      xAxis: { type: 'value', max: 100, axisLabel: { formatter: '{value}%' } },
      yAxis: { type: 'category', inverse: true, data: ledgers.map((l) => names.ledger(l.ledger)) },
      series: parts.map((p, i) => ({
        type: 'bar',
        stack: 'all',
        name: t(`burden.part_${p}`),
        data: ledgers.map((l) => (100 * l[by][p]) / all(l)),
        itemStyle: { color: colours[p] },
        ...(i === 0 && {
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: '#b3261e', width: 2 },
            label: { formatter: t('burden.target', { target }), position: 'start' },
            data: [{ xAxis: target }],
          },
        }),
      })),
    }
  }, [ledgers, by, target, names, t])
  return (
    <Chart option={option} label={t('burden.prefilledChart')} height={90 + ledgers.length * 22} />
  )
}
