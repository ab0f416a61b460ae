import { Input } from 'antd'
import { type ComponentProps, useState } from 'react'
import { useLang } from '../../i18n'
import { text } from '../../schema/types'
import { coerce } from '../paste'
import { fromLocal, toLocal } from '../time'
import { aria, type ControlProps } from './types'

/**
 * The browser's own input, dressed as the others: a form has hundreds of them, and antd's, with its
 * contexts and wrappers, was half of what a key cost.
 */
function Line({ className = '', ...props }: ComponentProps<'input'>) {
  return <input type="text" {...props} className={`line ${className}`} />
}

export function TextControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, invalid, node } = props
  const shown = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  const common = { ...aria(props), value: shown, disabled, onBlur }
  if (node['x-ui']?.widget === 'textarea' && !props.compact) {
    return (
      <Input.TextArea
        {...common}
        status={invalid ? 'error' : undefined}
        autoSize={{ minRows: 2, maxRows: 8 }}
        onChange={(e) => onChange(e.target.value || undefined)}
      />
    )
  }
  return <Line {...common} onChange={(e) => onChange(e.target.value || undefined)} />
}

/** Keeps the typed text while it is no number yet: "1." must not jump to "1". */
export function NumberControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, node } = props
  const lang = useLang()
  const [typed, setTyped] = useState<string>()
  const fromDocument = value === undefined ? '' : String(value)
  const stale = typed !== undefined && coerce(typed, node) !== value
  const unit = text(node['x-unit'], lang)
  const line = (
    <Line
      {...aria(props)}
      className="number"
      inputMode={node.type === 'integer' ? 'numeric' : 'decimal'}
      value={typed === undefined || stale ? fromDocument : typed}
      disabled={disabled}
      onChange={(e) => {
        setTyped(e.target.value)
        onChange(coerce(e.target.value, node))
      }}
      onBlur={() => {
        setTyped(undefined)
        onBlur()
      }}
    />
  )
  if (!unit) return line
  return (
    <span className="measured">
      {line}
      <span className="unit">{unit}</span>
    </span>
  )
}

/** The browser's own date inputs: typed by keyboard, no script to load. */
export function DateControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, node } = props
  const withTime = node.format === 'date-time'
  const kind = withTime ? 'datetime-local' : node.format === 'date' ? 'date' : 'month'
  const shown = withTime ? toLocal(value) : typeof value === 'string' ? value : ''
  return (
    <Line
      {...aria(props)}
      type={kind}
      value={shown}
      disabled={disabled}
      max={withTime ? '9999-12-31T23:59' : undefined}
      onChange={(e) => onChange(withTime ? fromLocal(e.target.value) : e.target.value || undefined)}
      onBlur={onBlur}
    />
  )
}
