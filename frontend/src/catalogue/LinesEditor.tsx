import { Button, Select } from 'antd'
import { useId } from 'react'
import { useT } from '../i18n'
import { get, set } from '../schema/pointer'
import type { Json } from '../schema/types'

export interface Option {
  value: string
  label: string
}

/** One member of a line: where it stands in it, and how it is typed. */
export interface Member {
  at: string
  label: string
  kind: 'text' | 'expression' | 'number' | 'flag' | 'one' | 'many' | 'amount' | 'fraction'
  options?: Option[]
}

/** A list of ledger.json, a line each: rules, steps, measures … all typed alike. */
export function LinesEditor(props: {
  name: string
  lines: Json
  members: Member[]
  fresh: Json
  change: (lines: Json[]) => void
}) {
  const { name, members, fresh, change } = props
  const t = useT()
  const lines = Array.isArray(props.lines) ? props.lines : []
  return (
    <section className="lines" aria-label={name}>
      <h3>{name}</h3>
      <ol>
        {lines.map((line, i) => (
          <li key={i}>
            {members.map((m) => (
              <MemberField
                key={m.at}
                member={m}
                value={get(line, m.at)}
                change={(value) => change(lines.map((l, k) => (k === i ? set(l, m.at, value) : l)))}
              />
            ))}
            <Button
              size="small"
              aria-label={`${t('designer.drop')} ${name} ${i + 1}`}
              onClick={() => change(lines.filter((_, k) => k !== i))}
            >
              {t('designer.drop')}
            </Button>
          </li>
        ))}
      </ol>
      <Button
        aria-label={`${t('designer.addLine')} ${name}`}
        onClick={() => change([...lines, fresh])}
      >
        {t('designer.addLine')}
      </Button>
    </section>
  )
}

/** A member with its label. */
export function MemberField(props: {
  member: Member
  value: Json | undefined
  change: (value: Json | undefined) => void
}) {
  const id = useId()
  return (
    <div className="member">
      <label htmlFor={id}>{props.member.label}</label>
      <MemberInput id={id} {...props} />
    </div>
  )
}

function MemberInput(props: {
  id: string
  member: Member
  value: Json | undefined
  change: (value: Json | undefined) => void
}) {
  const { id, member, value, change } = props
  switch (member.kind) {
    case 'expression':
      return (
        <textarea
          id={id}
          className="mono"
          rows={2}
          value={String(value ?? '')}
          onChange={(e) => change(e.target.value)}
        />
      )
    case 'number':
      return (
        <input
          id={id}
          type="number"
          value={value === undefined ? '' : String(value)}
          onChange={(e) => change(e.target.value === '' ? 0 : Number(e.target.value))}
        />
      )
    // A plain number, else an expression that yields one.
    case 'amount':
      return (
        <input
          id={id}
          className="mono"
          value={String(value ?? '')}
          onChange={(e) =>
            change(/^\d+$/.test(e.target.value) ? Number(e.target.value) : e.target.value)
          }
        />
      )
    // Two thirds as 2/3; empty is none.
    case 'fraction':
      return (
        <input
          id={id}
          placeholder="2/3"
          defaultValue={Array.isArray(value) ? value.join('/') : ''}
          onChange={(e) => {
            const [, top, bottom] = /^(\d+)\/(\d+)$/.exec(e.target.value.trim()) ?? []
            change(top && bottom ? [Number(top), Number(bottom)] : undefined)
          }}
        />
      )
    case 'flag':
      return (
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          onChange={(e) => change(e.target.checked)}
        />
      )
    case 'one':
      return (
        <select id={id} value={String(value ?? '')} onChange={(e) => change(e.target.value)}>
          {!member.options?.some((o) => o.value === value) && <option value="" />}
          {member.options?.map((o) => (
            <option key={o.value} value={o.value}>
              {o.label}
            </option>
          ))}
        </select>
      )
    case 'many':
      return (
        <Select
          id={id}
          mode="multiple"
          optionFilterProp="label"
          style={{ minWidth: 220 }}
          value={Array.isArray(value) ? value.map(String) : []}
          options={member.options}
          onChange={(list: string[]) => change(list)}
        />
      )
    default:
      return <input id={id} value={String(value ?? '')} onChange={(e) => change(e.target.value)} />
  }
}
