import { Button, Tag } from 'antd'
import { memo, useSyncExternalStore } from 'react'
import { useLang, useT } from '../i18n'
import { join, type Pointer, split } from '../schema/pointer'
import { type Json, type Schema, titleOf } from '../schema/types'
import { useForm, useShape, useShown, useValue } from './context'
import { controlFor, isGroup } from './controls'
import { Rows } from './Rows'

export function idOf(pointer: Pointer): string {
  return `field${pointer.replaceAll('/', '-')}`
}

/** Every visible member of an object, in a grid of three columns. */
export function ObjectFields({ pointer, names }: { pointer: Pointer; names?: string[] }) {
  const { store } = useForm()
  const { hidden, required } = useShape(pointer)
  const shown = names ?? Object.keys(store.node(pointer).properties ?? {})
  return (
    <div className="fields">
      {shown
        .filter((name) => !hidden.has(name))
        .map((name) => (
          <Field key={name} pointer={join(pointer, name)} required={required.has(name)} />
        ))}
    </div>
  )
}

function spanOf(node: Schema): number {
  const own = node['x-ui']?.colSpan
  if (own) return own
  const wide = node.type === 'object' || (node.type === 'array' && node.items?.type === 'object')
  return wide || node['x-ui']?.widget === 'textarea' ? 3 : 1
}

interface FieldProps {
  pointer: Pointer
  required: boolean
  /** In a row of a table: the label is read, not seen. */
  compact?: string
}

export const Field = memo(function Field({ pointer, required, compact }: FieldProps) {
  const { store } = useForm()
  const lang = useLang()
  const node = store.node(pointer)
  const name = split(pointer).at(-1)!
  const title = titleOf(node, name, lang)
  const isRows = node.type === 'array' && node.items?.type === 'object'
  if (isRows || node.type === 'object') {
    return (
      <fieldset
        className={`field span-${spanOf(node)} ${isRows ? 'rows' : 'group'}`}
        id={idOf(pointer)}
        tabIndex={-1}
      >
        <legend>
          <Title title={title} required={required} />
        </legend>
        <Notes pointer={pointer} node={node} />
        {isRows ? <Rows pointer={pointer} title={title} /> : <ObjectFields pointer={pointer} />}
      </fieldset>
    )
  }
  return (
    <Scalar
      pointer={pointer}
      node={node}
      title={compact ?? title}
      required={required}
      compact={compact !== undefined}
    />
  )
})

function Scalar(props: {
  pointer: Pointer
  node: Schema
  title: string
  required: boolean
  compact: boolean
}) {
  const { pointer, node, title, required, compact } = props
  const { store, services } = useForm()
  const value = useValue(pointer)
  const shown = useShown(pointer)
  const pinned = useSyncExternalStore(
    store.at(pointer),
    () => store.sources.get(pointer)?.pinned === true,
  )
  const id = idOf(pointer)
  const Control = controlFor(node)
  const control = (
    <Control
      pointer={pointer}
      node={node}
      id={id}
      label={title}
      value={value}
      onChange={(next) => store.set(pointer, next)}
      onBlur={() => store.touch(pointer)}
      disabled={services.readOnly || node.readOnly === true || pinned}
      invalid={shown.some((p) => p.level !== 'warning')}
      describedBy={shown.length > 0 ? `${id}-notes` : undefined}
      compact={compact}
    />
  )
  if (compact) {
    return (
      <>
        {control}
        <Notes pointer={pointer} node={node} />
      </>
    )
  }
  return (
    <div className={`field span-${spanOf(node)}`} data-pointer={pointer}>
      {isGroup(node) ? (
        <span className="label" id={`${id}-label`}>
          <Title title={title} required={required} />
        </span>
      ) : (
        <label className="label" htmlFor={id}>
          <Title title={title} required={required} />
        </label>
      )}
      {control}
      <Notes pointer={pointer} node={node} />
    </div>
  )
}

const Title = memo(function Title({ title, required }: { title: string; required: boolean }) {
  const t = useT()
  return (
    <>
      {title}
      {required && (
        <span className="required" title={t('form.required')}>
          <span aria-hidden="true">*</span>
          <span className="sr-only">{t('form.required')}</span>
        </span>
      )}
    </>
  )
})

/** Rows of the source, to be taken over into a list that is empty. */
function Offer({ pointer, rows }: { pointer: Pointer; rows: Json[] }) {
  const { store, services } = useForm()
  const t = useT()
  const value = useValue(pointer)
  if (services.readOnly || (Array.isArray(value) && value.length > 0)) return null
  return (
    <Button size="small" onClick={() => store.set(pointer, rows)}>
      {t('form.takeRows', { count: rows.length })}
    </Button>
  )
}

/** Under a field: where its value comes from, what the reviewer said, what is wrong. */
const Notes = memo(function Notes({ pointer, node }: { pointer: Pointer; node: Schema }) {
  const { store } = useForm()
  const t = useT()
  const shown = useShown(pointer)
  const remark = useSyncExternalStore(store.at(pointer), () => store.remarks.get(pointer))
  const source = useSyncExternalStore(store.at(pointer), () => store.sources.get(pointer))
  return (
    <div className="notes" id={`${idOf(pointer)}-notes`}>
      {node.readOnly && <Tag>{t('form.computed')}</Tag>}
      {source?.byHand && <Tag>{t('connectors.byHand')}</Tag>}
      {source?.unasked && <Tag>{t('form.unasked', { source: source.source })}</Tag>}
      {source !== undefined && !source.byHand && !source.unasked && (
        <Tag color="blue">{t('form.fromAt', { source: source.source, at: source.at })}</Tag>
      )}
      {source?.offer && <Offer pointer={pointer} rows={source.offer} />}
      {source?.corrected && <Tag color="orange">{t('form.corrected')}</Tag>}
      {node.description && <p className="help">{node.description}</p>}
      {remark && <p className="remark">{t('form.remark', { remark })}</p>}
      {shown.map((problem) => (
        <p key={problem.code} className={problem.level === 'warning' ? 'warning' : 'error'}>
          {problem.message}
        </p>
      ))}
    </div>
  )
})
