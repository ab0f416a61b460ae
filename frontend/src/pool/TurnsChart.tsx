import { BarChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { InspectorPool } from '../api/pool'
import { useT } from '../i18n'
import { Chart } from '../ui/Chart'
import { useHome } from './words'

use([BarChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

/** How often people of each prison were called, and the mean as a line. The table says the same in words. */
export default function TurnsChart({ pool, mean }: { pool: InspectorPool; mean: number }) {
  const t = useT()
  const home = useHome()
  const option = useMemo(
    () => ({
      animation: false,
      tooltip: { trigger: 'axis' },
      grid: { left: 36, right: 72, top: 24, bottom: 32 },
      xAxis: {
        type: 'category',
        data: pool.turns.map((x) => home(x.prison)),
        axisLabel: { color: '#50565f', hideOverlap: true },
      },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: '#50565f' } },
      series: [
        {
          type: 'bar',
          barMaxWidth: 48,
          name: t('pool.turnsOf'),
          itemStyle: { color: '#1a4f9c' },
          data: pool.turns.map((x) => x.served),
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: '#b3261e', width: 2 },
            label: { formatter: t('pool.mean', { mean: mean.toFixed(1) }) },
            data: [{ yAxis: mean }],
          },
        },
      ],
    }),
    [pool, mean, home, t],
  )
  return <Chart option={option} label={t('pool.turnsChart')} height={220} />
}
