// biome-ignore-all lint/a11y/useSemanticElements: a native list could not be steered while the input is typed in
// biome-ignore-all lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { flushSync } from 'react-dom'
import type { FormServices, Option } from '../form/context'
import { coerce, parseCells } from '../form/paste'
import { readCode } from '../form/scan'
import { useLookup } from '../form/useLookup'
import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { type Json, lookupOf, type Schema } from '../schema/types'
import { type Column, cellText, readText } from './columns'
import type { Place } from './Grid'
import { type BatchRow, type BatchStore, type Plan, pinAt, planPaste, problemsAt } from './store'

interface Props {
  store: BatchStore
  columns: readonly Column[]
  lookup: FormServices['lookup']
  onPlan: (plan: Plan) => void
  onSide: (row: BatchRow, column: Column) => void
  input: RefObject<HTMLInputElement | null>
  at: Place
  block: { top: number; bottom: number; left: number; right: number }
  go: (to: Place, extend?: boolean) => void
  place: Box
}

interface Box {
  top: number
  left: number
  width: number
  height: number
}

/** Tells one edit from the next: each is one undo. */
let edits = 0

/** The one input. Until somebody types it is empty and lets the cell show through. */
export function CellEditor(props: Props) {
  const { store, columns, lookup, input, at, block, go, onPlan, onSide, place } = props
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
  const pinned = pinAt(row, column.pointer) !== undefined
  const open = row?.state === 'editing' && column.kind === 'cell' && !pinned
  const shown = row ? cellText(column.node, store.value(row, column.pointer), lang, words) : ''
  const wrong = row ? problemsAt(row, column.pointer) : []
  useSyncExternalStore(store.names.subscribe, () => store.names.version)
  const found = useLookup(lookup, lookupOf(column.node))
  const [chosen, setChosen] = useState(-1)
  const [dismissed, setDismissed] = useState(false)
  const [before, asked] = lastOf(typed ?? '', column.node)
  const options = editing && !dismissed ? narrowed(found, asked) : []
  // The only one there is needs no choosing, once the server has said that it is.
  const sole = options.length === 1 && found.query === asked ? 0 : -1
  const active = chosen < options.length && chosen >= 0 ? chosen : sole

  useLayoutEffect(() => input.current?.focus({ preventScroll: true }), [input])

  /** Puts what was typed into the cell it was typed in. */
  const put = (text: string) => {
    if (!row) return
    const value = store.names.numbered(column.node, readCell(text, column.node))
    if (JSON.stringify(value) === JSON.stringify(get(row.doc, column.pointer))) return
    store.apply([{ row: row.key, pointer: column.pointer, value }], mark.current)
    applied.current = true
  }
  const finish = (text: string | undefined) => {
    window.clearTimeout(soon.current)
    if (text !== undefined) put(text)
    setTyped(undefined)
    found.forget()
    applied.current = false
  }
  const commit = () => finish(typed)
  const begin = (text: string) => {
    if (!editing) mark.current = `cell ${++edits}`
    setTyped(text)
    setChosen(-1)
    setDismissed(false)
    found.search(lastOf(text, column.node)[1])
    window.clearTimeout(soon.current)
    // What is still being typed is kept too, should the browser end here.
    soon.current = window.setTimeout(() => put(text), 300)
  }
  const giveUp = () => {
    window.clearTimeout(soon.current)
    if (applied.current) store.undo()
    applied.current = false
    setTyped(undefined)
    found.forget()
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
  /** In a list somebody may go on typing behind it. */
  const take = (option: Option) =>
    column.node.type === 'array' ? begin(before + option.value) : finish(option.value)
  const listKeys: Record<string, () => void> = {
    ...editKeys,
    Escape: () => setDismissed(true),
    ArrowUp: () => setChosen(active > 0 ? active - 1 : options.length - 1),
    ArrowDown: () => setChosen((active + 1) % options.length),
    Enter: () => {
      const option = options[active]
      if (!option) return move(1, 0)
      take(option)
      if (column.node.type !== 'array') go({ row: at.row + 1, column: at.column })
    },
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
    const act = (options.length > 0 ? listKeys : editing ? editKeys : keys)[name]
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
  const read = row
    ? readText(column.node, store.value(row, column.pointer), lang, words, store.names)
    : ''
  const combobox = lookupOf(column.node) && {
    role: 'combobox',
    'aria-autocomplete': 'list' as const,
    'aria-expanded': options.length > 0,
    'aria-controls': options.length > 0 ? 'grid-options' : undefined,
    'aria-activedescendant': active >= 0 ? optionId(active) : undefined,
  }
  return (
    <>
      <input
        ref={input}
        className={`grid-input${editing ? ' editing' : ''}${wrong.length > 0 ? ' wrong' : ''}`}
        style={place}
        value={typed ?? ''}
        aria-label={`${label} ${editing ? '' : read}`}
        {...combobox}
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
      {options.length > 0 && (
        <Suggestions
          label={label}
          options={options}
          active={active}
          place={place}
          box={input.current?.offsetParent}
          onTake={take}
        />
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

/** What typed text means for a cell: codes of a scanner too, each of a list by itself. */
function readCell(text: string, node: Schema): Json | undefined {
  if (node.type !== 'array') return coerce(readCode(text, node), node)
  const list = coerce(text, node)
  if (!Array.isArray(list)) return list
  return list.map((item) => (typeof item === 'string' ? readCode(item, node) : item))
}

/** Of a list the item being typed, and what stands before it. */
function lastOf(text: string, node: Schema): [before: string, asked: string] {
  const end = node.type === 'array' ? /[^\s,，、;；]*$/.exec(text)!.index : 0
  return [text.slice(0, end), text.slice(end).trim()]
}

/** What is still meant of the last answer, until the next one comes; nothing where all is said. */
function narrowed({ query, options }: { query: string; options: Option[] }, asked: string) {
  if (!asked) return []
  const left = query === asked ? options : options.filter((o) => o.label.includes(asked))
  return left.length === 1 && left[0]!.value === asked ? [] : left
}

const optionId = (i: number) => `grid-option-${i}`

/** Eight options and the border; as in the style sheet. */
const listHeight = 8 * 28 + 2

/** Under the cell, or over it where the grid's box ends. */
function Suggestions(props: {
  label: string
  options: readonly Option[]
  active: number
  place: Box
  box: Element | null | undefined
  onTake: (option: Option) => void
}) {
  const { label, options, active, place, box, onTake } = props
  const below = place.top + place.height
  const above =
    box && below + listHeight > box.scrollTop + box.clientHeight && place.top > listHeight
  const chosen = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useLayoutEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    chosen.current?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div
      id="grid-options"
      role="listbox"
      aria-label={label}
      className={`grid-options${above ? ' above' : ''}`}
      style={{ top: above ? place.top : below, left: place.left, minWidth: place.width }}
    >
      {options.map((option, i) => (
        <div
          key={option.value}
          id={optionId(i)}
          ref={i === active ? chosen : undefined}
          role="option"
          aria-selected={i === active}
          onMouseDown={(e) => {
            e.preventDefault()
            onTake(option)
          }}
        >
          {option.label}
        </div>
      ))}
    </div>
  )
}
