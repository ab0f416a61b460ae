import { AutoComplete, Select } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Option, useForm } from '../context'
import { halfWidth } from '../paste'
import { readCode } from '../scan'
import { aria, type ControlProps } from './types'

/** Numbers may be pasted with any gap between them; names may hold spaces. */
const separators = [',', '，', '、', ';', '；', '\n']
const gaps = [...separators, ' ', '\t']

/** A list of scalars, typed one after the other or pasted together; with a look-up where there is one. */
export function TagsControl(props: ControlProps) {
  const { node, value, onChange, onBlur, disabled, invalid } = props
  const kind = node['x-ui']?.lookup ?? node.items?.['x-ui']?.lookup
  const { options, search } = useLookup(kind)
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
  const { options, search } = useLookup(node['x-ui']?.lookup)
  return (
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
  )
}

/** Asks 200 ms after the last key, and drops answers that come too late. */
function useLookup(kind: string | undefined) {
  const { services } = useForm()
  const [options, setOptions] = useState<Option[]>([])
  const pending = useRef<{ timer: number; asked: AbortController }>(undefined)
  const cancel = useCallback(() => {
    window.clearTimeout(pending.current?.timer)
    pending.current?.asked.abort()
  }, [])
  useEffect(() => cancel, [cancel])
  const search = (query: string) => {
    if (!kind) return
    cancel()
    const asked = new AbortController()
    const timer = window.setTimeout(() => {
      services.lookup(kind, query, asked.signal).then(
        (found) => asked.signal.aborted || setOptions(found),
        // Without the look-up the number can still be typed.
        () => setOptions([]),
      )
    }, 200)
    pending.current = { timer, asked }
  }
  return { options, search }
}
