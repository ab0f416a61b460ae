import { HeatmapChart } from 'echarts/charts'
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { format, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useCallback, useMemo } from 'react'
import type { HeatCell } from '../api/calendar'
import { useT } from '../i18n'
import { Chart } from '../ui/Chart'
import { colours, countsOf, type Row, standingOf, standings } from './heat'

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

const quiet = '#50565f'

/** Days across, areas or ledgers down. For eyes and the mouse; the table beside it is for the keyboard. */
export function HeatChart(props: {
  rows: Row[]
  days: string[]
  nameOf: (id: string) => string
  open: (cell: HeatCell) => void
}) {
  const { rows, days, nameOf, open } = props
  const t = useT()
  const option = useMemo(
    () => ({
      animation: false,
      tooltip: {
        // The tooltip is HTML, and names come from whoever gave them.
        formatter: ({ data }: { data: { cell: HeatCell } }) =>
          [
            data.cell.day,
            `${nameOf(data.cell.area)} ${nameOf(data.cell.ledger)}`,
            t('calendar.counts', countsOf(data.cell)),
          ]
            .map(format.encodeHTML)
            .join('<br/>'),
      },
      grid: { left: 150, right: 12, top: 8, bottom: 56 },
      xAxis: {
        type: 'category',
        data: days.map((d) => String(Number(d.slice(8)))),
        axisLabel: { color: quiet },
        splitArea: { show: true },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map((r) => nameOf(r.id)),
        axisLabel: { color: quiet, width: 136, overflow: 'truncate' },
      },
      visualMap: {
        type: 'piecewise',
        orient: 'horizontal',
        left: 'center',
        bottom: 0,
        textStyle: { color: quiet },
        pieces: standings.map((s, i) => ({
          value: i,
          label: t(`calendar.standing.${s}`),
          color: colours[s],
        })),
      },
      series: [
        {
          type: 'heatmap',
          data: rows.flatMap((row, y) =>
            [...row.cells.values()].map((cell) => ({
              value: [days.indexOf(cell.day), y, standings.indexOf(standingOf(cell))],
              cell,
            })),
          ),
          itemStyle: { borderColor: '#fff', borderWidth: 2 },
          emphasis: { itemStyle: { borderColor: '#1a4f9c' } },
        },
      ],
    }),
    [rows, days, nameOf, t],
  )
  const pick = useCallback(
    (data: unknown) => {
      const { cell } = (data ?? {}) as { cell?: HeatCell }
      if (cell) open(cell)
    },
    [open],
  )
  const height = Math.max(180, 80 + rows.length * 24)
  return <Chart option={option} label={t('calendar.chart')} height={height} onPick={pick} />
}
