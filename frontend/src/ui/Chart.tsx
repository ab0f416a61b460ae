import { type EChartsCoreOption, init } from 'echarts/core'
import { useEffect, useRef } from 'react'

/** A chart in the page's width. Whoever uses it registers the parts it draws with. */
export function Chart(props: {
  option: EChartsCoreOption
  label: string
  height?: number
  /** What was clicked, as it stands in the option; must stay the same function. */
  onPick?: (data: unknown) => void
}) {
  const { option, label, height = 280, onPick } = props
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!box.current) return
    const chart = init(box.current)
    chart.setOption(option)
    if (onPick) chart.on('click', (event) => onPick(event.data))
    const size = new ResizeObserver(() => chart.resize())
    size.observe(box.current)
    return () => {
      size.disconnect()
      chart.dispose()
    }
  }, [option, onPick])
  return <div ref={box} role="img" aria-label={label} style={{ height }} />
}
