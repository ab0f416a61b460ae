// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be drawn in parts
// biome-ignore-all lint/a11y/useFocusableInteractive: one input has the focus for all cells
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  memo,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { Link } from 'react-router'
import type { FormServices } from '../form/context'
import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { useOrigin } from '../ui/names'
import { CellEditor } from './CellEditor'
import { type Column, readText } from './columns'
import type { Names } from './names'
import { type BatchRow, type BatchStore, errorsOf, type Plan, pinAt, problemsAt } from './store'

const rowHeight = 32
const headHeight = 52
/** Frozen at the left: number, name and state of the row. */
const frozen = 232

export interface Place {
  row: number
  column: number
}

export interface GridHandle {
  /** Brings a cell into sight and makes it the active one. */
  go: (at: Place) => void
  focus: () => void
}

interface Props {
  prison: string
  store: BatchStore
  columns: readonly Column[]
  handle: RefObject<GridHandle | null>
  lookup: FormServices['lookup']
  onPlan: (plan: Plan) => void
  onSide: (row: BatchRow, column: Column) => void
  onActive: (at: Place) => void
}

const key = (row: number, column: number) => `cell-${row}-${column}`

/**
 * The grid: cells are drawn, and one real input stands in the active one and always has the focus,
 * so that every input method works and a paste arrives as an event.
 */
export function Grid(props: Props) {
  const { store, columns, handle, onActive } = props
  const t = useT()
  const origin = useOrigin()
  const rows = useSyncExternalStore(store.subscribe, () => store.rows)
  const box = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [anchor, setAnchor] = useState<Place>(active)
  const dragging = useRef(false)

  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    scrollPaddingStart: headHeight,
    scrollPaddingEnd: 12,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => columns[i]!.width,
    overscan: 2,
    scrollPaddingStart: frozen,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths come with the columns
  useEffect(() => across.measure(), [columns])

  const at = { row: Math.min(active.row, rows.length - 1), column: active.column }
  const go = (to: Place, extend = false) => {
    const row = Math.max(0, Math.min(to.row, rows.length - 1))
    const column = Math.max(0, Math.min(to.column, columns.length - 1))
    setActive({ row, column })
    if (!extend) setAnchor({ row, column })
    lines.scrollToIndex(row)
    across.scrollToIndex(column)
    onActive({ row, column })
  }
  useImperativeHandle(handle, () => ({
    go: (to) => {
      go(to)
      input.current?.focus()
    },
    focus: () => input.current?.focus(),
  }))

  const block = {
    top: Math.min(at.row, anchor.row),
    bottom: Math.max(at.row, anchor.row),
    left: Math.min(at.column, anchor.column),
    right: Math.max(at.column, anchor.column),
  }
  const cells = across.getVirtualItems()
  const first = cells[0]?.index ?? 0
  const end = cells.at(-1)?.index ?? -1

  const pick = (e: React.MouseEvent, extend: boolean) => {
    const cell = (e.target as HTMLElement).closest<HTMLElement>('[data-at]')
    if (!cell) return
    const [row, column] = cell.dataset.at!.split(':').map(Number)
    if (extend) {
      setActive({ row: row!, column: column! })
      onActive({ row: row!, column: column! })
    } else go({ row: row!, column: column! })
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the mouse only moves what the keys move
    <div
      className="grid-box"
      ref={box}
      onMouseDown={(e) => {
        if (!(e.target as HTMLElement).closest('[data-at]')) return
        e.preventDefault()
        pick(e, e.shiftKey)
        dragging.current = true
        input.current?.focus()
      }}
      onMouseMove={(e) => {
        if (dragging.current && e.buttons === 1) pick(e, true)
      }}
      onMouseUp={() => {
        dragging.current = false
      }}
    >
      <div
        role="grid"
        aria-label={t('batch.grid')}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        style={{ height: headHeight + lines.getTotalSize(), width: frozen + across.getTotalSize() }}
      >
        <div className="grid-head" role="row" style={{ height: headHeight }}>
          <div role="columnheader" className="grid-frozen" style={{ width: frozen }}>
            {t('batch.row')}
          </div>
          {cells.map((c) => (
            <Head key={c.key} column={columns[c.index]!} left={frozen + c.start} store={store} />
          ))}
        </div>
        {lines.getVirtualItems().map((line) => (
          <Line
            key={rows[line.index]!.key}
            prison={props.prison}
            row={rows[line.index]!}
            index={line.index}
            top={headHeight + line.start}
            columns={columns}
            names={store.names}
            origin={origin}
            first={first}
            end={end}
            starts={starts(columns)}
            from={line.index >= block.top && line.index <= block.bottom ? block.left : -1}
            to={line.index >= block.top && line.index <= block.bottom ? block.right : -1}
          />
        ))}
      </div>
      {rows.length > 0 && (
        <CellEditor
          store={store}
          columns={columns}
          lookup={props.lookup}
          onPlan={props.onPlan}
          onSide={props.onSide}
          input={input}
          at={at}
          block={block}
          go={go}
          place={{
            top: headHeight + at.row * rowHeight,
            left: frozen + starts(columns)[at.column]!,
            width: columns[at.column]!.width,
            height: rowHeight,
          }}
        />
      )}
    </div>
  )
}

const known = new WeakMap<readonly Column[], number[]>()

/** Where each column begins. */
function starts(columns: readonly Column[]): number[] {
  let list = known.get(columns)
  if (!list) {
    let sum = 0
    list = columns.map((c) => {
      sum += c.width
      return sum - c.width
    })
    known.set(columns, list)
  }
  return list
}

function Head({ column, left, store }: { column: Column; left: number; store: BatchStore }) {
  const lang = useLang()
  const unit = column.node['x-unit']
  const name = column.pointer.slice(1)
  return (
    <div
      role="columnheader"
      className="grid-cell"
      style={{ left, width: column.width }}
      title={column.title}
    >
      {column.title}
      {store.schema.required?.includes(name) && <span className="required">*</span>}
      {unit && <span className="quiet"> {(lang === 'en' && unit.en) || unit.zh}</span>}
    </div>
  )
}

interface LineProps {
  prison: string
  row: BatchRow
  index: number
  top: number
  columns: readonly Column[]
  names: Names
  origin: ReturnType<typeof useOrigin>
  first: number
  end: number
  starts: number[]
  from: number
  to: number
}

const Line = memo(function Line(props: LineProps) {
  const { row, index, columns, names, origin, first, end, from, to } = props
  const lang = useLang()
  useSyncExternalStore(names.subscribe, () => names.version)
  const t = useT()
  const words = { yes: t('form.yes'), no: t('form.no') }
  const cells = []
  for (let i = first; i <= end; i++) {
    const column = columns[i]!
    const value = get(row.doc, column.pointer) ?? get(row.derived, column.pointer)
    const wrong = problemsAt(row, column.pointer)
    const bad = wrong.some((p) => p.level !== 'warning')
    const tone = bad ? ' wrong' : wrong.length > 0 ? ' warned' : ''
    const pin = pinAt(row, column.pointer)
    const text =
      column.kind === 'side'
        ? t('batch.side', { count: Array.isArray(value) ? value.length : value ? 1 : 0 })
        : readText(column.node, value, lang, words, names)
    cells.push(
      <div
        key={column.pointer}
        id={key(index, i)}
        role="gridcell"
        data-at={`${index}:${i}`}
        aria-colindex={i + 2}
        aria-invalid={bad || undefined}
        aria-readonly={pin !== undefined || undefined}
        className={`grid-cell ${pin ? 'computed' : column.kind}${tone}${i >= from && i <= to ? ' picked' : ''}`}
        style={{ left: frozen + props.starts[i]!, width: column.width }}
        title={
          [...(pin ? [origin(pin)] : []), ...wrong.map((p) => p.message)].join(' ') || undefined
        }
      >
        {text}
      </div>,
    )
  }
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`grid-row ${row.state}`}
      style={{ top: props.top, height: rowHeight }}
    >
      <div role="rowheader" className="grid-frozen" style={{ width: frozen }}>
        <span className="ordinal">{index + 1}</span>
        <span className="grid-name" title={row.name}>
          {row.name}
        </span>
        <RowState prison={props.prison} row={row} />
      </div>
      {cells}
    </div>
  )
})

/** What stands of a row: sound, wrong, on its way, or filed with a link to its entry. */
function RowState({ prison, row }: { prison: string; row: BatchRow }) {
  const t = useT()
  const wrong = errorsOf(row).length
  if (row.state === 'filed') {
    return (
      <Link to={`/prisons/${prison}/entries/${row.entry}`}>
        {t(row.rules.length > 0 ? 'batch.filedOtherwise' : 'batch.filed')}
      </Link>
    )
  }
  if (row.state === 'waiting') return <span className="status submitted">{t('batch.waiting')}</span>
  if (row.failure) {
    return (
      <span className="danger" title={row.failure}>
        {row.failure}
      </span>
    )
  }
  return wrong > 0 ? <span className="danger">{t('batch.wrong', { count: wrong })}</span> : null
}
