import { AutoComplete, Select } from 'antd'
import { useLang } from '../../i18n'
import { lookupOf } from '../../schema/types'
import { useWho, withName } from '../../ui/who'
import { useForm } from '../context'
import { halfWidth } from '../paste'
import { readCode } from '../scan'
import { useLookup } from '../useLookup'
import { aria, type ControlProps } from './types'

/** Numbers may be pasted with any gap between them; names may hold spaces. */
const separators = [',', '，', '、', ';', '；', '\n']
const gaps = [...separators, ' ', '\t']

/** A list of scalars, typed one after the other or pasted together; with a look-up where there is one. */
export function TagsControl(props: ControlProps) {
  const { node, value, onChange, onBlur, disabled, invalid } = props
  const kind = lookupOf(node)
  const { options, search } = useLookup(useForm().services.lookup, kind)
  const who = useWho()
  const lang = useLang()
  const numeric = node.items?.type === 'integer' || node.items?.type === 'number'
  return (
    <Select
      {...aria(props)}
      mode="tags"
      value={Array.isArray(value) ? value.map(String) : []}
      options={options}
      tokenSeparators={node.items?.pattern || numeric ? gaps : separators}
      disabled={disabled}
      status={invalid ? 'error' : undefined}
      open={kind ? undefined : false}
      suffixIcon={null}
      labelRender={({ value, label }) => {
        const number = String(value)
        const name = options.find((o) => o.value === number)?.name ?? who(kind ?? '', number)
        return name ? withName(name, number, lang) : (label ?? number)
      }}
      showSearch={{ onSearch: search, filterOption: false }}
      onChange={(tags: string[]) => {
        const clean = tags
          .map((tag) => readCode(node.items?.pattern ? halfWidth(tag) : tag, node).trim())
          .filter(Boolean)
        const typed = numeric
          ? clean.map((tag) => (Number.isNaN(Number(tag)) ? tag : Number(tag)))
          : clean
        onChange(typed.length ? typed : undefined)
      }}
      onBlur={onBlur}
    />
  )
}

/** A number of somebody or something: looked up by name, or typed when it is known by heart. */
export function LookupControl(props: ControlProps) {
  const { node, value, onChange, onBlur, disabled, invalid } = props
  const kind = lookupOf(node)
  const { options, search } = useLookup(useForm().services.lookup, kind)
  const who = useWho()
  const name = options.find((o) => o.value === value)?.name ?? who(kind ?? '', String(value))
  return (
    <>
      <AutoComplete
        {...aria(props)}
        value={typeof value === 'string' ? value : undefined}
        options={options}
        disabled={disabled}
        status={invalid ? 'error' : undefined}
        popupMatchSelectWidth={false}
        showSearch={{ onSearch: search, filterOption: false }}
        onFocus={() => search(typeof value === 'string' ? value : '')}
        onChange={(typed: string) => onChange(typed ? halfWidth(typed).trim() : undefined)}
        onBlur={onBlur}
      />
      {name && <small className="whose">{name}</small>}
    </>
  )
}
