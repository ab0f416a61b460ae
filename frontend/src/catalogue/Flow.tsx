import { SankeyChart } from 'echarts/charts'
import { TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useMemo } from 'react'
import type { Consolidation } from '../api/model'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Chart } from '../ui/Chart'

use([SankeyChart, TooltipComponent, CanvasRenderer])

const colours = {
  keep: '#1a4f9c',
  reduce: '#3f7cc4',
  merge: '#216e39',
  share: '#5b8f2e',
  transfer: '#8a5300',
  delete: '#b3261e',
}

/** The flow from paper to electronic ledgers. The table below says the same in words. */
export default function Flow({ data }: { data: Consolidation }) {
  const t = useT()
  const lang = useLang()
  const option = useMemo(() => {
    const titles = new Map(data.targets.map((x) => [x.id, text(x.title, lang)]))
    const links = new Map<string, number>()
    const add = (from: string, to: string) =>
      links.set(`${from}\n${to}`, (links.get(`${from}\n${to}`) ?? 0) + 1)
    for (const l of data.legacy) {
      const area = t(l.area === 'ordinary' ? 'consolidation.ordinary' : 'consolidation.functional')
      const kind = t(`consolidation.kind_${l.disposition}`)
      add(area, kind)
      if (l.target) add(kind, titles.get(l.target) ?? l.target)
    }
    const nodes = new Set([...links.keys()].flatMap((k) => k.split('\n')))
    const colour = new Map(
      Object.entries(colours).map(([k, c]) => [
        t(`consolidation.kind_${k as keyof typeof colours}`),
        c,
      ]),
    )
    return {
      animation: false,
      tooltip: { trigger: 'item' },
      series: [
        {
          type: 'sankey',
          nodeGap: 6,
          left: 8,
          right: 190,
          emphasis: { focus: 'adjacency' },
          lineStyle: { color: 'source', opacity: 0.25 },
          label: { fontSize: 12 },
          data: [...nodes].map((name) => ({
            name,
            itemStyle: { color: colour.get(name) ?? '#50565f' },
          })),
          links: [...links].map(([k, value]) => {
            const [source, target] = k.split('\n')
            return { source, target, value }
          }),
        },
      ],
    }
  }, [data, lang, t])
  return <Chart option={option} label={t('consolidation.flow')} height={720} />
}
