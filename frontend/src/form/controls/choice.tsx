import { Checkbox, Radio, Select } from 'antd'
import { useLang, useT } from '../../i18n'
import type { Json, Schema } from '../../schema/types'
import { aria, type ControlProps } from './types'

function useOptions(node: Schema): { value: string; label: string }[] {
  const lang = useLang()
  const t = useT()
  if (node.type === 'boolean') {
    return [
      { value: 'true', label: t('form.yes') },
      { value: 'false', label: t('form.no') },
    ]
  }
  return (node.oneOf ?? []).map((option) => ({
    value: JSON.stringify(option.const),
    label: (lang === 'en' && option['x-en']) || option.title || String(option.const),
  }))
}

/** One of several; also yes or no, where "not answered" differs from "no". */
export function ChoiceControl(props: ControlProps) {
  const { node, value, onChange, onBlur, disabled, invalid } = props
  const options = useOptions(node)
  const chosen = value === undefined ? undefined : JSON.stringify(value)
  const choose = (key: string | undefined) => {
    onChange(key === undefined ? undefined : (JSON.parse(key) as Json))
    onBlur()
  }
  const asRadio = !props.compact && (node.type === 'boolean' || node['x-ui']?.widget === 'radio')
  if (asRadio) {
    return (
      <Radio.Group
        {...aria(props)}
        aria-labelledby={`${props.id}-label`}
        name={props.id}
        options={options}
        value={chosen}
        disabled={disabled}
        onChange={(e) => choose(e.target.value as string)}
      />
    )
  }
  return (
    <Select
      {...aria(props)}
      options={options}
      value={chosen}
      disabled={disabled}
      status={invalid ? 'error' : undefined}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(key: string | undefined) => choose(key)}
      onBlur={onBlur}
      popupMatchSelectWidth={false}
    />
  )
}

/** A statement that can only be made or not made (const true). */
export function ConfirmControl(props: ControlProps) {
  const t = useT()
  return (
    <Checkbox
      {...aria(props)}
      checked={props.value === true}
      disabled={props.disabled}
      onChange={(e) => props.onChange(e.target.checked ? true : undefined)}
      onBlur={props.onBlur}
    >
      {props.compact ? null : t('form.confirm')}
    </Checkbox>
  )
}

/** Several of several. */
export function ChecksControl(props: ControlProps) {
  const options = useOptions(props.node.items ?? {})
  const chosen = Array.isArray(props.value) ? props.value.map((v) => JSON.stringify(v)) : []
  return (
    <Checkbox.Group
      aria-labelledby={`${props.id}-label`}
      options={options}
      value={chosen}
      disabled={props.disabled}
      onChange={(keys) => {
        props.onChange(
          keys.length ? keys.map((key) => JSON.parse(key as string) as Json) : undefined,
        )
        props.onBlur()
      }}
    />
  )
}
