import { Link } from 'react-router'
import type { Trace } from '../api/retrieval'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { layOut } from './lanes'

const rowHeight = 16
const head = 22

/** The subject's entries, a lane for each ledger; every dot opens its entry. */
export function Lanes({ trace }: { trace: Trace }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const { lanes, marks, months } = layOut(trace)
  let top = head
  const placed = lanes.map((lane) => {
    const at = top
    top += lane.rows * rowHeight + 8
    return { ...lane, top: at }
  })
  const marked = new Map(
    trace.marks.flatMap((m) => m.entries.map((e) => [e, m.kind] as const)).reverse(),
  )
  return (
    <div className="lanes">
      <div className="lane-names" aria-hidden="true" style={{ paddingTop: head }}>
        {placed.map((lane) => (
          <div key={lane.ledger} style={{ height: lane.rows * rowHeight + 8 }}>
            {names.ledger(lane.ledger)}
          </div>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose dots are links */}
      <svg role="group" aria-label={t('trace.lanes')} width="100%" height={top + 4}>
        {months.map((m) => (
          <g key={m.label}>
            <line className="month" x1={`${m.x}%`} x2={`${m.x}%`} y1={14} y2={top} />
            <text x={`${m.x}%`} y={11}>
              {m.label}
            </text>
          </g>
        ))}
        {marks.map(({ mark, x }, index) => (
          <line
            key={`${mark.rule}${index}`}
            className={mark.kind}
            x1={`${x}%`}
            x2={`${x}%`}
            y1={head - 4}
            y2={top}
          >
            <title>{text(mark.title, lang)}</title>
          </line>
        ))}
        {placed.flatMap((lane) =>
          lane.dots.map(({ item, x, row }) => (
            <Link
              key={item.entry.id}
              to={`/prisons/${item.entry.prison}/entries/${item.entry.id}`}
              aria-label={`${names.ledger(lane.ledger)} ${showTime(item.from)}`}
            >
              <circle
                className={marked.get(item.entry.id) ?? item.entry.state}
                cx={`${x}%`}
                cy={lane.top + row * rowHeight + rowHeight / 2}
                r={6}
              >
                <title>{`${names.ledger(lane.ledger)} ${showTime(item.from)}`}</title>
              </circle>
            </Link>
          )),
        )}
      </svg>
    </div>
  )
}
