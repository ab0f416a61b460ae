import { Link, useParams } from 'react-router'
import type { Pin } from '../api/model'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { type SubjectKind, traceOf } from '../retrieval/subject'
import { get, join, type Pointer } from '../schema/pointer'
import {
  type Doc,
  type FormLayout,
  isObject,
  type Json,
  type Schema,
  text,
  titleOf,
} from '../schema/types'
import { useNames, useSystemName } from '../ui/names'
import { useWho, withName } from '../ui/who'
import { formatValue } from './labels'
import './document.css'

export interface DocumentProps {
  schema: Schema
  layout: FormLayout
  doc: Doc
  /** Pointers of fields that the document holds and the reader may not read. */
  hidden?: Pointer[]
  /** Names of files, for fields whose value is an evidence item. */
  fileName?: (id: string) => string | undefined
  /** Where shared fields were taken from. */
  pins?: Pin[]
  /** Pointers of fields that another system would say: without a pin they were typed. */
  outside?: string[]
  /** Pointers of fields that changed, to be marked. */
  marked?: ReadonlySet<Pointer>
  /** Called with the field a reviewer wants to remark on; absent: no remarks. */
  onRemark?: (pointer: Pointer) => void
}

/** The fields of a type that another system would say. */
export function outsideOf(type: { sources: { field: string; pick?: string }[] }): string[] {
  return type.sources.filter((s) => s.pick !== 'list').map((s) => s.field)
}

/** A document as it reads and prints: sections, titles, values; rows as tables. */
export function Document(props: DocumentProps) {
  const { schema, layout, doc, hidden } = props
  const lang = useLang()
  return (
    <div className="document">
      {layout.sections.map((section) => {
        const fields = section.fields.filter(
          (name) => doc[name] !== undefined || hidden?.includes(join('', name)),
        )
        if (fields.length === 0) return null
        return (
          <section key={section.id}>
            <h2>{text(section.title, lang)}</h2>
            <Members {...props} node={schema} at="" names={fields} />
          </section>
        )
      })}
    </div>
  )
}

type MembersProps = DocumentProps & { node: Schema; at: Pointer; names: string[] }

function Members(props: MembersProps) {
  const { node, at, names, doc, hidden, pins, outside, marked, onRemark } = props
  const lang = useLang()
  const t = useT()
  return (
    <dl>
      {names.map((name) => {
        const child = node.properties?.[name] ?? {}
        const pointer = join(at, name)
        const value = get(doc, pointer)
        const title = titleOf(child, name, lang)
        const wide = isObject(value) || (Array.isArray(value) && value.some(isObject))
        const changed = [...(marked ?? [])].some(
          (p) => p === pointer || p.startsWith(`${pointer}/`),
        )
        return (
          <div key={name} className={`${wide ? 'wide' : ''} ${changed ? 'changed' : ''}`}>
            <dt>
              {title}
              {changed && <span className="sr-only">{t('entry.changed')}</span>}
            </dt>
            <dd>
              {hidden?.includes(pointer) ? (
                <em className="quiet">{t('entry.hidden')}</em>
              ) : (
                <Value {...props} node={child} at={pointer} value={value} />
              )}
              <Taken pin={pins?.find((p) => p.field === pointer)} />
              {outside?.includes(pointer) && !pins?.some((p) => p.field === pointer) && (
                <small className="taken">{t('connectors.byHand')}</small>
              )}
              {onRemark && (
                <button
                  type="button"
                  className="remark-button no-print"
                  onClick={() => onRemark(pointer)}
                  aria-label={t('entry.remarkOn', { title })}
                >
                  ✎
                </button>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

/** Where a shared value comes from, with the way there; and whether that has changed since. */
function Taken({ pin }: { pin: Pin | undefined }) {
  const t = useT()
  const ledgers = useNames()
  const system = useSystemName()
  const { prison = '' } = useParams()
  if (!pin) return null
  const last = pin.of.at(-1)
  const source = pin.origin ? system(pin.origin.system) : ledgers.ledger(pin.ledger)
  const from = t('form.fromAt', { source, at: showTime(pin.taken_at) })
  return (
    <small className="taken">
      {last && prison ? <Link to={`/prisons/${prison}/entries/${last.entry}`}>{from}</Link> : from}
      {pin.corrected && <strong className="late"> {t('form.corrected')}</strong>}
    </small>
  )
}

function Value(props: DocumentProps & { node: Schema; at: Pointer; value: Json | undefined }) {
  const { node, at, value, fileName } = props
  const lang = useLang()
  const who = useWho()
  if (isObject(value)) {
    return <Members {...props} at={at} node={node} names={Object.keys(value)} />
  }
  if (Array.isArray(value) && node.items?.type === 'object') {
    return <RowsTable {...props} items={node.items} rows={value} />
  }
  if (node['x-ui']?.widget === 'evidence' && typeof value === 'string') {
    return <>{fileName?.(value) ?? value}</>
  }
  const lookup = node['x-ui']?.lookup?.split(':')[0]
  const kind = { inmate: 'inmate', asset: 'tool', entry: 'entry' }[lookup ?? '']
  if (kind && typeof value === 'string') return <Traced kind={kind as SubjectKind} value={value} />
  return <>{formatValue(node, value, lang, who)}</>
}

/** A number with the way to all that is known of it. */
function Traced({ kind, value }: { kind: SubjectKind; value: string }) {
  const t = useT()
  const lang = useLang()
  const who = useWho()
  return (
    <Link to={traceOf(kind, value)} title={t('trace.of', { ref: value })}>
      {withName(who(kind, value), value, lang)}
    </Link>
  )
}

function RowsTable(props: DocumentProps & { items: Schema; at: Pointer; rows: Json[] }) {
  const { items, rows, at } = props
  const lang = useLang()
  const columns = Object.keys(items.properties ?? {}).filter((name) =>
    rows.some((row) => isObject(row) && row[name] !== undefined),
  )
  return (
    <div className="rows-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {titleOf(items.properties?.[name], name, lang)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td>{index + 1}</td>
              {columns.map((name) => (
                <td key={name}>
                  {isObject(row) && row[name] !== undefined && (
                    <Value
                      {...props}
                      node={items.properties?.[name] ?? {}}
                      at={join(join(at, index), name)}
                      value={row[name]}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
