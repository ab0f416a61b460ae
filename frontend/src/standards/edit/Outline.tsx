import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react'
import { useLang, useT } from '../../i18n'
import { type Text, text } from '../../schema/types'
import { addsUp, type Node, nameOf, sum, way } from './draft'

/** What a node is called on screen. */
export function useTitle() {
  const t = useT()
  const lang = useLang()
  return (n: Node) =>
    n.kind === 'head'
      ? t('drafting.standardItself')
      : `${nameOf(n)} ${text(n.value.title as unknown as Text, lang)}`.trim() ||
        t('drafting.unnamed')
}

export type Act = 'up' | 'down' | 'copy' | 'remove' | 'add'

interface Props {
  head: Node
  chosen: number
  /** How many mistakes stand at a node and at its lines. */
  mistakes: Map<number, number>
  choose: (key: number) => void
  act: (act: Act) => void
}

/** The standard, its domains and their indicators, with what their points add up to. */
export function Outline({ head, chosen, mistakes, choose, act }: Props) {
  const t = useT()
  const [folded, setFolded] = useState<ReadonlySet<number>>(
    () => new Set(head.children.map((d) => d.key)),
  )
  const list = useRef<HTMLDivElement>(null)
  const path = way(head, chosen)
  const open = (n: Node) => n.kind === 'head' || !folded.has(n.key) || path.slice(0, -1).includes(n)
  const rows: { node: Node; level: number }[] = []
  const walk = (node: Node, level: number) => {
    rows.push({ node, level })
    if (level < 3 && open(node)) for (const child of node.children) walk(child, level + 1)
  }
  walk(head, 1)
  const at = rows.findIndex((r) => r.node.key === chosen)
  const fold = (key: number, close: boolean) =>
    setFolded((was) => {
      const next = new Set(was)
      if (close) next.add(key)
      else next.delete(key)
      return next
    })

  // Chosen by keys, the row is followed.
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-node="${chosen}"]`)
    if (list.current?.contains(document.activeElement)) row?.focus()
    row?.scrollIntoView?.({ block: 'nearest' })
  }, [chosen])

  const onKeyDown = (e: KeyboardEvent) => {
    const own = rows[at]
    if (!own) return
    const go = (n: number) => {
      const to = rows[Math.max(0, Math.min(rows.length - 1, n))]
      if (to) choose(to.node.key)
    }
    const acts: Record<string, (() => void) | undefined> = {
      'Alt+ArrowUp': () => act('up'),
      'Alt+ArrowDown': () => act('down'),
      'Alt+c': () => act('copy'),
      'Alt+n': () => act('add'),
      Delete: () => act('remove'),
      ArrowUp: () => go(at - 1),
      ArrowDown: () => go(at + 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => {
        if (open(own.node)) go(at + 1)
        else fold(own.node.key, false)
      },
      ArrowLeft: () => {
        if (own.level === 2 && open(own.node)) fold(own.node.key, true)
        else if (own.level > 1) choose(path.at(-2)!.key)
      },
    }
    const run = acts[`${e.altKey ? 'Alt+' : ''}${e.key}`]
    if (!run) return
    e.preventDefault()
    e.stopPropagation()
    run()
  }
  return (
    <div
      ref={list}
      role="tree"
      className="outline"
      aria-label={t('drafting.outline')}
      onKeyDown={onKeyDown}
    >
      {rows.map(({ node, level }) => (
        <Row
          key={node.key}
          node={node}
          level={level}
          chosen={node.key === chosen}
          open={level === 2 ? open(node) : undefined}
          wrong={mistakes.get(node.key) ?? 0}
          choose={choose}
          fold={fold}
        />
      ))}
    </div>
  )
}

interface RowProps {
  node: Node
  level: number
  chosen: boolean
  open: boolean | undefined
  wrong: number
  choose: (key: number) => void
  fold: (key: number, close: boolean) => void
}

const Row = memo(
  function Row({ node, level, chosen, open, wrong, choose, fold }: RowProps) {
    const t = useT()
    const title = useTitle()(node)
    const points = String(node.value.points ?? '')
    const sums = node.kind !== 'indicator'
    const right = !sums || addsUp(node)
    return (
      <div
        role="treeitem"
        data-node={node.key}
        aria-level={level}
        aria-selected={chosen}
        aria-expanded={open}
        tabIndex={chosen ? 0 : -1}
        className={`level${level}`}
        onClick={() => {
          choose(node.key)
          // What is chosen already is folded or unfolded by the next press.
          if (chosen && open !== undefined) fold(node.key, open)
          else if (open === false) fold(node.key, false)
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' && e.key !== ' ') return
          e.preventDefault()
          choose(node.key)
        }}
      >
        {open !== undefined && <span aria-hidden="true">{open ? '▾ ' : '▸ '}</span>}
        <span className="name">{title}</span>
        {wrong > 0 && <span className="wrong">{wrong}</span>}
        <span className={right ? 'num' : 'num danger'}>
          {sums ? t('drafting.sums', { sum: sum(node), points }) : points}
        </span>
      </div>
    )
  },
  (a, b) =>
    a.node === b.node &&
    a.level === b.level &&
    a.chosen === b.chosen &&
    a.open === b.open &&
    a.wrong === b.wrong &&
    a.choose === b.choose,
)
