import { Input } from 'antd'
import { useState } from 'react'
import { useLang } from '../../i18n'
import { text } from '../../schema/types'
import { coerce } from '../paste'
import { fromLocal, toLocal } from '../time'
import { aria, type ControlProps } from './types'

export function TextControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, invalid, node } = props
  const shown = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  const common = {
    ...aria(props),
    value: shown,
    disabled,
    status: invalid ? ('error' as const) : undefined,
    onBlur,
  }
  if (node['x-ui']?.widget === 'textarea' && !props.compact) {
    return (
      <Input.TextArea
        {...common}
        autoSize={{ minRows: 2, maxRows: 8 }}
        onChange={(e) => onChange(e.target.value || undefined)}
      />
    )
  }
  return <Input {...common} onChange={(e) => onChange(e.target.value || undefined)} />
}

/** Keeps the typed text while it is no number yet: "1." must not jump to "1". */
export function NumberControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, invalid, node } = props
  const lang = useLang()
  const [typed, setTyped] = useState<string>()
  const fromDocument = value === undefined ? '' : String(value)
  const stale = typed !== undefined && coerce(typed, node) !== value
  return (
    <Input
      {...aria(props)}
      className="number"
      inputMode={node.type === 'integer' ? 'numeric' : 'decimal'}
      value={typed === undefined || stale ? fromDocument : typed}
      disabled={disabled}
      status={invalid ? 'error' : undefined}
      suffix={text(node['x-unit'], lang) || undefined}
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
}

/** The browser's own date inputs: typed by keyboard, no script to load. */
export function DateControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, invalid, node } = props
  const withTime = node.format === 'date-time'
  const kind = withTime ? 'datetime-local' : node.format === 'date' ? 'date' : 'month'
  const shown = withTime ? toLocal(value) : typeof value === 'string' ? value : ''
  return (
    <Input
      {...aria(props)}
      type={kind}
      value={shown}
      disabled={disabled}
      status={invalid ? 'error' : undefined}
      max={withTime ? '9999-12-31T23:59' : undefined}
      onChange={(e) => onChange(withTime ? fromLocal(e.target.value) : e.target.value || undefined)}
      onBlur={onBlur}
    />
  )
}
