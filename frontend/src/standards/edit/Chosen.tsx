import { Button } from 'antd'
import { useMemo } from 'react'
import { useT } from '../../i18n'
import type { Doc } from '../../schema/types'
import { addsUp, isDecimal, type Node, sum } from './draft'
import { Fields, type Remark } from './Fields'
import { type Field, fields, guidance, pruned } from './fields'
import { type Act, useTitle } from './Outline'
import { partsOf, type Sources } from './sources'

const none: never[] = []

interface Props {
  node: Node
  /** The line that is open. */
  open: number
  sources: Sources
  remarks: (node: Node, field?: Field) => Remark[]
  change: (node: Node, value: Doc, at: string) => void
  choose: (line: number) => void
  act: (act: Act, line: Node) => void
  add: () => void
}

/** The form of what was chosen; of an indicator with its lines, of which one is open at a time. */
export function Chosen(props: Props) {
  const { node, open, sources, remarks, change, add } = props
  const t = useT()
  const title = useTitle()
  return (
    <section className="panel" aria-label={t('drafting.chosen', { name: title(node) })}>
      <h2>{title(node)}</h2>
      <Said list={remarks(node)} />
      {node.kind !== 'indicator' && <Sums of={node} />}
      {node.kind === 'head' && <p className="quiet">{t('drafting.effectiveMeans')}</p>}
      <Fields
        key={node.key}
        of={node.key}
        fields={fields[node.kind]}
        value={node.value}
        sources={sources}
        parts={none}
        remarks={(f) => remarks(node, f)}
        change={(value, at) => change(node, value, at)}
      />
      {node.kind === 'indicator' && (
        <section aria-label={t('standards.rule')} className="rules">
          <h3>{t('drafting.lines', { count: node.children.length })}</h3>
          {node.children.length === 0 && <p className="danger">{t('drafting.noLines')}</p>}
          {node.children.map((line) => (
            <Line key={line.key} {...props} line={line} open={open === line.key} />
          ))}
          <Button onClick={add}>{t('drafting.add_line')}</Button>
        </section>
      )}
    </section>
  )
}

function Said({ list }: { list: Remark[] }) {
  return list.map((r) => (
    <p key={r.text} className={r.warning ? 'late' : 'danger'}>
      {r.text}
    </p>
  ))
}

/** What the parts add up to, and how far that is from what it says. */
function Sums({ of }: { of: Node }) {
  const t = useT()
  const points = String(of.value.points ?? '')
  const off = isDecimal(of.value.points)
    ? Math.round((Number(points) - Number(sum(of))) * 1e6) / 1e6
    : 0
  return (
    <p className={addsUp(of) ? 'quiet' : 'danger'} role="status">
      {t('drafting.sums', { sum: sum(of), points })}
      {off > 0 && ` · ${t('drafting.more', { n: off })}`}
      {off < 0 && ` · ${t('drafting.over', { n: -off })}`}
    </p>
  )
}

type LineProps = Omit<Props, 'open'> & { line: Node; open: boolean }

function Line({ node, line, open, sources, remarks, change, choose, act }: LineProps) {
  const t = useT()
  const title = useTitle()(line)
  const { form, method, deduct } = line.value
  const parts = useMemo(() => partsOf(node.value.rules), [node.value.rules])
  const own = remarks(line)
  const wrong = [...own, ...[...fields.line, ...guidance].flatMap((f) => remarks(line, f))].filter(
    (r) => !r.warning,
  ).length
  const acts: [Act, string][] = [
    ['up', t('drafting.up')],
    ['down', t('drafting.down')],
    ['copy', t('drafting.copy')],
    ['remove', t('drafting.remove')],
  ]
  return (
    <section className={open ? 'rule open' : 'rule'} aria-label={title}>
      <div className="rule-head">
        <button
          type="button"
          className="fold"
          aria-expanded={open}
          onClick={() => choose(open ? 0 : line.key)}
        >
          <span aria-hidden="true">{open ? '▾ ' : '▸ '}</span>
          {title}
        </button>
        {wrong > 0 && <span className="wrong">{wrong}</span>}
        <span className="quiet">
          {t(`drafting.form_${form as 'each'}`)} · {t(`standards.method_${method as 'ledger'}`)} ·{' '}
          {t('standards.points', { points: `−${String(deduct)}` })}
        </span>
        {open && (
          <span className="row-actions">
            {acts.map(([a, word]) => (
              <Button key={a} size="small" onClick={() => act(a, line)}>
                {word}
              </Button>
            ))}
          </span>
        )}
      </div>
      {open && (
        <>
          <Said list={own} />
          <Fields
            of={line.key}
            fields={fields.line}
            value={line.value}
            sources={sources}
            parts={parts}
            remarks={(f) => remarks(line, f)}
            change={(value, at) =>
              change(line, at === '/form' || at === '/method' ? pruned(value) : value, at)
            }
          />
          <h4>{t('drafting.guidance')}</h4>
          <Fields
            of={line.key}
            fields={guidance}
            value={line.value}
            sources={sources}
            parts={none}
            remarks={(f) => remarks(line, f)}
            change={(value, at) => change(line, value, at)}
          />
        </>
      )}
    </section>
  )
}
