// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be drawn in parts
// biome-ignore-all lint/a11y/useFocusableInteractive: one input has the focus for all cells
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  memo,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { flushSync } from 'react-dom'
import { Link } from 'react-router'
import { coerce, parseCells } from '../form/paste'
import { readCode } from '../form/scan'
import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { type Column, cellText } from './columns'
import { type BatchRow, type BatchStore, errorsOf, type Plan, planPaste, problemsAt } from './store'

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
            first={first}
            end={end}
            starts={starts(columns)}
            from={line.index >= block.top && line.index <= block.bottom ? block.left : -1}
            to={line.index >= block.top && line.index <= block.bottom ? block.right : -1}
          />
        ))}
      </div>
      {rows.length > 0 && (
        <Editor
          {...props}
          input={input}
          at={at}
          block={block}
          go={go}
          place={{
            top: headHeight + at.row * rowHeight,
            left: frozen + starts(columns)[at.column]!,
            width: columns[at.column]!.width,
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
  first: number
  end: number
  starts: number[]
  from: number
  to: number
}

const Line = memo(function Line(props: LineProps) {
  const { row, index, columns, first, end, from, to } = props
  const lang = useLang()
  const t = useT()
  const words = { yes: t('form.yes'), no: t('form.no') }
  const cells = []
  for (let i = first; i <= end; i++) {
    const column = columns[i]!
    const value = get(row.doc, column.pointer) ?? get(row.derived, column.pointer)
    const wrong = problemsAt(row, column.pointer)
    const bad = wrong.some((p) => p.level !== 'warning')
    const tone = bad ? ' wrong' : wrong.length > 0 ? ' warned' : ''
    const text =
      column.kind === 'side'
        ? t('batch.side', { count: Array.isArray(value) ? value.length : value ? 1 : 0 })
        : cellText(column.node, value, lang, words)
    cells.push(
      <div
        key={column.pointer}
        id={key(index, i)}
        role="gridcell"
        data-at={`${index}:${i}`}
        aria-colindex={i + 2}
        aria-invalid={bad || undefined}
        className={`grid-cell ${column.kind}${tone}${i >= from && i <= to ? ' picked' : ''}`}
        style={{ left: frozen + props.starts[i]!, width: column.width }}
        title={wrong.map((p) => p.message).join(' ') || undefined}
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
    return <Link to={`/prisons/${prison}/entries/${row.entry}`}>{t('batch.filed')}</Link>
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

interface EditorProps extends Props {
  input: RefObject<HTMLInputElement | null>
  at: Place
  block: { top: number; bottom: number; left: number; right: number }
  go: (to: Place, extend?: boolean) => void
  place: { top: number; left: number; width: number }
}

/** Tells one edit from the next: each is one undo. */
let edits = 0

/** The one input. Until somebody types it is empty and lets the cell show through. */
function Editor(props: EditorProps) {
  const { store, columns, input, at, block, go, onPlan, onSide, place } = props
  const t = useT()
  const lang = useLang()
  const [typed, setTyped] = useState<string>()
  const words = { yes: t('form.yes'), no: t('form.no') }
  const column = columns[at.column]!
  const row = useSyncExternalStore(store.subscribe, () => store.rows[at.row])
  const soon = useRef(0)
  const applied = useRef(false)
  const mark = useRef('')
  const editing = typed !== undefined
  const open = row?.state === 'editing' && column.kind === 'cell'
  const shown = row ? cellText(column.node, store.value(row, column.pointer), lang, words) : ''
  const wrong = row ? problemsAt(row, column.pointer) : []

  useLayoutEffect(() => input.current?.focus({ preventScroll: true }), [input])

  /** Puts what was typed into the cell it was typed in. */
  const put = (text: string) => {
    if (!row) return
    const value = coerce(readCode(text, column.node), column.node)
    if (JSON.stringify(value) === JSON.stringify(get(row.doc, column.pointer))) return
    store.apply([{ row: row.key, pointer: column.pointer, value }], mark.current)
    applied.current = true
  }
  const commit = () => {
    window.clearTimeout(soon.current)
    if (typed !== undefined) put(typed)
    setTyped(undefined)
    applied.current = false
  }
  const begin = (text: string) => {
    if (!editing) mark.current = `cell ${++edits}`
    setTyped(text)
    window.clearTimeout(soon.current)
    // What is still being typed is kept too, should the browser end here.
    soon.current = window.setTimeout(() => put(text), 300)
  }
  const giveUp = () => {
    window.clearTimeout(soon.current)
    if (applied.current) store.undo()
    applied.current = false
    setTyped(undefined)
  }
  const move = (down: number, right: number, extend = false) => {
    commit()
    go({ row: at.row + down, column: at.column + right }, extend)
  }
  const picked = () => {
    const list: { row: BatchRow; columns: readonly Column[] }[] = []
    for (let r = block.top; r <= block.bottom; r++) {
      const one = store.rows[r]
      if (one) list.push({ row: one, columns: columns.slice(block.left, block.right + 1) })
    }
    return list
  }
  const clear = () =>
    store.apply(
      picked().flatMap((line) =>
        line.columns
          .filter((c) => c.kind === 'cell' && get(line.row.doc, c.pointer) !== undefined)
          .map((c) => ({ row: line.row.key, pointer: c.pointer, value: undefined })),
      ),
    )
  /** The first row of the block goes down over the others; of a single one, the row above. */
  const fillDown = () => {
    const [source, ...rest] =
      block.top === block.bottom
        ? [store.rows[block.top - 1], store.rows[block.top]]
        : picked().map((line) => line.row)
    if (!source) return
    store.apply(
      rest.flatMap((target) =>
        columns
          .slice(block.left, block.right + 1)
          .filter((c) => c.kind === 'cell' && target)
          .map((c) => ({
            row: target!.key,
            pointer: c.pointer,
            value: get(source.doc, c.pointer),
          })),
      ),
    )
  }

  const keys: Record<string, () => void> = {
    ArrowUp: () => move(-1, 0),
    ArrowDown: () => move(1, 0),
    ArrowLeft: () => move(0, -1),
    ArrowRight: () => move(0, 1),
    'Shift+ArrowUp': () => move(-1, 0, true),
    'Shift+ArrowDown': () => move(1, 0, true),
    'Shift+ArrowLeft': () => move(0, -1, true),
    'Shift+ArrowRight': () => move(0, 1, true),
    PageUp: () => move(-15, 0),
    PageDown: () => move(15, 0),
    Home: () => move(0, -at.column),
    End: () => move(0, columns.length),
    'Ctrl+Home': () => move(-at.row, -at.column),
    'Ctrl+End': () => move(store.rows.length, columns.length),
    Enter: () => (column.kind === 'side' && row ? onSide(row, column) : move(1, 0)),
    'Shift+Enter': () => move(-1, 0),
    F2: () => {
      if (column.kind === 'side' && row) onSide(row, column)
      else if (open) begin(shown)
    },
    Delete: clear,
    Backspace: clear,
    'Ctrl+d': fillDown,
    'Ctrl+z': () => store.undo(),
  }
  const editKeys: Record<string, () => void> = {
    Enter: () => move(1, 0),
    'Shift+Enter': () => move(-1, 0),
    Escape: giveUp,
    ArrowUp: () => move(-1, 0),
    ArrowDown: () => move(1, 0),
  }

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.keyCode === 229 || e.altKey) return
    const name = `${e.ctrlKey || e.metaKey ? 'Ctrl+' : ''}${e.shiftKey ? 'Shift+' : ''}${e.key.length === 1 ? e.key.toLowerCase() : e.key}`
    if (e.key === 'Tab') {
      // At either end of a row the focus may go on, so that nobody is kept in here.
      const to = at.column + (e.shiftKey ? -1 : 1)
      if (to < 0 || to >= columns.length) return commit()
      e.preventDefault()
      return move(0, e.shiftKey ? -1 : 1)
    }
    const act = (editing ? editKeys : keys)[name]
    if (!act) {
      // Filing and saving mean what is being typed too.
      if (name === 'Ctrl+Enter' || name === 'Ctrl+s') flushSync(commit)
      return
    }
    e.preventDefault()
    e.stopPropagation()
    act()
  }

  const onCopy = (e: ClipboardEvent) => {
    if (editing) return
    e.preventDefault()
    const quote = (text: string) =>
      /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    const lines = picked().map((line) =>
      line.columns
        .map((c) => quote(cellText(c.node, store.value(line.row, c.pointer), lang, words)))
        .join('\t'),
    )
    e.clipboardData.setData('text/plain', lines.join('\r\n'))
  }
  const onPaste = (e: ClipboardEvent) => {
    if (editing) return
    e.preventDefault()
    let cells = parseCells(e.clipboardData.getData('text/plain'))
    // One value goes into every picked cell, as in a spreadsheet.
    if (cells.length === 1 && cells[0]!.length === 1) {
      cells = picked().map((line) => line.columns.map(() => cells[0]![0]!))
    }
    if (cells.length === 0) return
    onPlan(planPaste(store, columns, { row: block.top, column: block.left }, cells))
  }

  const label = t('form.cell', { title: column.title, row: at.row + 1 })
  const choices = choicesOf(column, lang, words)
  return (
    <>
      <input
        ref={input}
        className={`grid-input${editing ? ' editing' : ''}${wrong.length > 0 ? ' wrong' : ''}`}
        style={{ ...place, height: rowHeight }}
        value={typed ?? ''}
        aria-label={`${label} ${editing ? '' : shown}`}
        aria-invalid={wrong.some((p) => p.level !== 'warning') || undefined}
        aria-describedby="grid-notes"
        readOnly={!open}
        list={choices && editing ? 'grid-choices' : undefined}
        autoComplete="off"
        onChange={(e) => open && begin(e.target.value)}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPaste={onPaste}
        onBlur={commit}
        onDoubleClick={keys.F2}
      />
      {choices && (
        <datalist id="grid-choices">
          {choices.map((c) => (
            <option key={c} value={c} />
          ))}
        </datalist>
      )}
    </>
  )
}

/** What may be picked: shown by the browser itself, and typed just as well. */
function choicesOf(column: Column, lang: 'zh' | 'en', words: { yes: string; no: string }) {
  const { node } = column
  if (node.type === 'boolean') return [words.yes, words.no]
  return node.oneOf?.map((o) => cellText(node, o.const, lang, words))
}
