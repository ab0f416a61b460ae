import type { Trace, TraceItem, TraceMark } from '../api/retrieval'

export interface Lane {
  ledger: string
  dots: { item: TraceItem; x: number; row: number }[]
  rows: number
}

/** Closer than this, dots of one lane stand one below the other. */
const apart = 1.6

/** Where everything stands: x is a share of the width, in percent, by time. */
export function layOut(trace: Trace): {
  lanes: Lane[]
  marks: { mark: TraceMark; x: number }[]
  months: { label: string; x: number }[]
} {
  const times = [...trace.items.map((i) => i.from), ...trace.marks.map((m) => m.at)].map(Date.parse)
  const first = Math.min(...times)
  const width = Math.max(1, Math.max(...times) - first)
  const x = (time: string | number) =>
    (((typeof time === 'number' ? time : Date.parse(time)) - first) / width) * 96 + 2
  const lanes: Lane[] = []
  for (const item of trace.items) {
    let lane = lanes.find((l) => l.ledger === item.entry.ledger)
    if (!lane) {
      lane = { ledger: item.entry.ledger, dots: [], rows: 1 }
      lanes.push(lane)
    }
    const at = x(item.from)
    const near = lane.dots.filter((d) => Math.abs(d.x - at) < apart).map((d) => d.row)
    let row = 0
    while (near.includes(row) && row < 3) row++
    lane.dots.push({ item, x: at, row })
    lane.rows = Math.max(lane.rows, row + 1)
  }
  const months: { label: string; x: number }[] = []
  if (times.length > 0) {
    const offset = 8 * 3_600_000
    const start = new Date(first + offset)
    for (let n = 1; n < 240; n++) {
      const at = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + n, 1) - offset
      if (at > first + width) break
      months.push({ label: new Date(at + offset).toISOString().slice(0, 7), x: x(at) })
    }
  }
  return { lanes, marks: trace.marks.map((mark) => ({ mark, x: x(mark.at) })), months }
}
