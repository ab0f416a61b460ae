import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Button } from 'antd'
import {
  type ClipboardEvent,
  memo,
  type ReactNode,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { useLang, useT } from '../i18n'
import { join, type Pointer } from '../schema/pointer'
import { type Schema, titleOf } from '../schema/types'
import { useForm, useShape } from './context'
import { Field, idOf, ObjectFields } from './Field'
import { type Block, layBlock, parseCells } from './paste'

/** From this number on only the rows in sight are drawn. */
const virtualFrom = 30

/** Few plain columns make a table; more, or rows within rows, make cards. */
function isTable(items: Schema): boolean {
  const columns = Object.values(items.properties ?? {})
  return columns.length <= 6 && columns.every((c) => c.type !== 'object' && c.type !== 'array')
}

export function Rows({ pointer, title }: { pointer: Pointer; title: string }) {
  const { store, services } = useForm()
  const t = useT()
  const [pasted, setPasted] = useState<Block>()
  // The rows that there are; what stands in them is each row's own business.
  useSyncExternalStore(store.at(pointer), () => store.rowKeys(pointer).join())
  const node = store.node(pointer)
  const items = node.items!
  const table = isTable(items)
  const keys = store.rowKeys(pointer)
  const full = node.maxItems !== undefined && keys.length >= node.maxItems

  const add = () => {
    store.addRow(pointer)
    const first = Object.keys(items.properties ?? {})[0]
    if (!first) return
    const id = idOf(join(join(pointer, keys.length - 1), first))
    // The new row's first input exists after the next frame.
    requestAnimationFrame(() => document.getElementById(id)?.focus())
  }
  const draw = (index: number) =>
    table ? (
      <TableRow key={keys[index]} pointer={join(pointer, index)} index={index} array={pointer} />
    ) : (
      <CardRow
        key={keys[index]}
        pointer={join(pointer, index)}
        index={index}
        array={pointer}
        title={title}
      />
    )

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble from the inputs inside
    <div
      className={table ? 'rows-table' : 'rows-cards'}
      onKeyDown={(e) => {
        if (e.altKey && e.key.toLowerCase() === 'n' && !full) {
          e.preventDefault()
          add()
        }
      }}
      onPaste={(e) => {
        const block = table ? blockOf(e, pointer, store) : undefined
        if (!block) return
        e.preventDefault()
        store.setAll(block.values)
        setPasted(block)
      }}
    >
      {table && keys.length > 0 && <Header items={items} />}
      {keys.length > virtualFrom ? (
        <VirtualRows count={keys.length} size={table ? 44 : 190} draw={draw} />
      ) : (
        keys.map((_, index) => draw(index))
      )}
      {pasted && <PasteNote block={pasted} most={node.maxItems} />}
      {!services.readOnly && (
        <Button type="dashed" icon={<PlusOutlined />} onClick={add} disabled={full}>
          {t('form.addRow', { title })}
        </Button>
      )}
    </div>
  )
}

/** Says what of a pasted block was not taken, and why. */
function PasteNote({ block, most }: { block: Block; most: number | undefined }) {
  const t = useT()
  const { over, skipped } = block
  const notes = [
    over.rows > 0 && t('form.pasteRows', { most, count: over.rows }),
    over.columns > 0 && t('form.pasteColumns', { count: over.columns }),
    skipped > 0 && t('form.pasteSkipped', { count: skipped }),
  ].filter((note) => note !== false)
  if (notes.length === 0) return null
  return (
    <p className="warning" role="alert">
      {notes.join(' ')}
    </p>
  )
}

function VirtualRows(props: { count: number; size: number; draw: (index: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: props.count,
    getScrollElement: () => box.current,
    estimateSize: () => props.size,
    overscan: 5,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <div className="rows-window" ref={box} tabIndex={0}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            data-index={item.index}
            ref={virtual.measureElement}
            style={{
              position: 'absolute',
              top: 0,
              left: 0,
              right: 0,
              transform: `translateY(${item.start}px)`,
            }}
          >
            {props.draw(item.index)}
          </div>
        ))}
      </div>
    </div>
  )
}

function Header({ items }: { items: Schema }) {
  const lang = useLang()
  return (
    <div className="row header" aria-hidden="true">
      <span className="ordinal">#</span>
      {Object.entries(items.properties ?? {}).map(([name, column]) => (
        <span key={name}>
          {titleOf(column, name, lang)}
          {items.required?.includes(name) && <span className="required">*</span>}
        </span>
      ))}
      <span className="tools" />
    </div>
  )
}

interface RowProps {
  pointer: Pointer
  array: Pointer
  index: number
}

const TableRow = memo(function TableRow({ pointer, array, index }: RowProps) {
  const { store } = useForm()
  const lang = useLang()
  const t = useT()
  const { hidden, required } = useShape(pointer)
  return (
    <div className="row">
      <span className="ordinal">{index + 1}</span>
      {Object.entries(store.node(pointer).properties ?? {}).map(([name, column]) => (
        <div key={name} className="cell" data-pointer={join(pointer, name)}>
          {!hidden.has(name) && (
            <Field
              pointer={join(pointer, name)}
              required={required.has(name)}
              compact={t('form.cell', { title: titleOf(column, name, lang), row: index + 1 })}
            />
          )}
        </div>
      ))}
      <RemoveRow array={array} index={index} />
    </div>
  )
})

const CardRow = memo(function CardRow(props: RowProps & { title: string }) {
  const t = useT()
  const { title, index } = props
  return (
    <section className="card-row" aria-label={t('form.row', { title, row: index + 1 })}>
      <header>
        <span>{t('form.row', { title, row: index + 1 })}</span>
        <RemoveRow array={props.array} index={index} />
      </header>
      <ObjectFields pointer={props.pointer} />
    </section>
  )
})

function RemoveRow({ array, index }: { array: Pointer; index: number }) {
  const { store, services } = useForm()
  const t = useT()
  if (services.readOnly) return null
  return (
    <Button
      className="tools"
      type="text"
      icon={<DeleteOutlined />}
      aria-label={t('form.removeRow', { row: index + 1 })}
      onClick={() => store.removeRow(array, index)}
    />
  )
}

/** The block in the clipboard, laid over the table from the cell it is pasted into; none for a plain word. */
function blockOf(e: ClipboardEvent, array: Pointer, store: ReturnType<typeof useForm>['store']) {
  const clip = e.clipboardData.getData('text/plain')
  if (!/[\t\n]/.test(clip.trimEnd())) return undefined
  const target = (e.target as HTMLElement).closest('[id^="field"]')
  const node = store.node(array)
  const columns = Object.keys(node.items?.properties ?? {})
  const start = findCell(target?.id, array, columns, store.rows(array).length)
  return start && layBlock(parseCells(clip), array, node, start)
}

function findCell(id: string | undefined, array: Pointer, columns: string[], rows: number) {
  for (let row = 0; row < rows; row++) {
    const column = columns.findIndex((name) => idOf(join(join(array, row), name)) === id)
    if (column >= 0) return { row, column }
  }
  return undefined
}
