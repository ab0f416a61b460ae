import { Button, Select } from 'antd'
import { memo, useCallback, useEffect, useId, useRef } from 'react'
import { useLang, useT } from '../../i18n'
import { get, type Pointer, set } from '../../schema/pointer'
import { type Doc, isObject, type Json, text } from '../../schema/types'
import { isDecimal } from './draft'
import type { Field } from './fields'
import type { Option, Sources } from './sources'

/** What is said of a field: by the server, or here of what it could not even read. */
export interface Remark {
  text: string
  warning: boolean
}

export const idOf = (key: number, at: Pointer) => `field${key}${at.replaceAll('/', '-')}`

interface Props {
  of: number
  fields: readonly Field[]
  value: Doc
  sources: Sources
  parts: Option[]
  remarks: (field: Field) => Remark[]
  change: (value: Doc, at: Pointer) => void
}

/**
 * The fields of a node, as a table says them: what means nothing here is not asked for. While one is
 * typed in, the others are not drawn anew.
 */
export function Fields({ of, fields, value, sources, parts, remarks, change }: Props) {
  const latest = useRef({ value, change })
  useEffect(() => {
    latest.current = { value, change }
  })
  const say = useCallback((field: Field, next: Json | undefined) => {
    const { value, change } = latest.current
    const at = next === undefined ? (field.without ?? field.at) : field.at
    change(set(value, at, next) as Doc, field.at)
  }, [])
  return (
    <div className="fields">
      {fields
        .filter((f) => f.knows?.(value) ?? true)
        .map((f) => (
          <Own
            key={f.at}
            id={idOf(of, f.at)}
            field={f}
            value={get(value, f.at)}
            sources={sources}
            parts={parts}
            remarks={remarks(f)}
            say={say}
          />
        ))}
    </div>
  )
}

type OwnProps = Omit<OneProps, 'change'> & {
  say: (field: Field, next: Json | undefined) => void
}

const Own = memo(function Own({ say, ...props }: OwnProps) {
  return <One {...props} change={(next) => say(props.field, next)} />
})

interface OneProps {
  id: string
  field: Field
  value: Json | undefined
  sources: Sources
  parts: Option[]
  remarks: Remark[]
  change: (value: Json | undefined) => void
}

const lists = ['facts', 'rows', 'steps', 'parts']

function One({ id, field, value, sources, parts, remarks, change }: OneProps) {
  const t = useT()
  const label = t(field.label)
  const said = remarks.length > 0 ? `${id}-said` : undefined
  const wrong = remarks.some((r) => !r.warning)
  const inside = (
    <>
      {field.help && <small className="quiet">{t(field.help)}</small>}
      <Input
        {...{ id, field, label, value, sources, parts, change }}
        said={{ 'aria-describedby': said, 'aria-invalid': wrong || undefined }}
      />
      {said && (
        <div id={said}>
          {remarks.map((r) => (
            <p key={r.text} className={r.warning ? 'late' : 'danger'}>
              {r.text}
            </p>
          ))}
        </div>
      )}
    </>
  )
  const span = { 'data-span': field.span }
  if (lists.includes(field.kind))
    return (
      <fieldset id={id} tabIndex={-1} {...span}>
        <legend>{label}</legend>
        {inside}
      </fieldset>
    )
  return (
    <div className={field.kind === 'flag' ? 'flag' : 'field'} {...span}>
      <label htmlFor={id}>{label}</label>
      {inside}
    </div>
  )
}

interface InputProps extends Omit<OneProps, 'remarks'> {
  label: string
  said: { 'aria-describedby'?: string; 'aria-invalid'?: boolean }
}

function Input(props: InputProps) {
  const { id, field, label, value, sources, parts, change, said } = props
  const t = useT()
  const typed = String(value ?? '')
  /** What was emptied goes away where it may. */
  const say = (next: string) => change(next === '' && field.without ? undefined : next)
  switch (field.kind) {
    case 'long':
      return (
        <textarea id={id} {...said} rows={2} value={typed} onChange={(e) => say(e.target.value)} />
      )
    case 'flag':
      return (
        <input
          id={id}
          {...said}
          type="checkbox"
          checked={value === true}
          onChange={(e) => change(e.target.checked || undefined)}
        />
      )
    case 'whole':
      return (
        <input
          id={id}
          {...said}
          inputMode="numeric"
          value={typed}
          onChange={(e) => {
            const digits = e.target.value.replace(/\D/g, '').slice(0, 6)
            if (digits !== '') change(Number(digits))
            else change(field.without ? undefined : 0)
          }}
        />
      )
    case 'one': {
      const choices =
        field.values?.map(([of, word]) => ({ value: of, label: t(word) })) ??
        (field.source === 'parts' ? parts : field.source ? sources.options[field.source] : [])
      return (
        <select id={id} {...said} value={typed} onChange={(e) => say(e.target.value)}>
          {(field.without || typed === '') && !choices.some((o) => o.value === '') && (
            <option value="">{t('drafting.none')}</option>
          )}
          {typed !== '' && !choices.some((o) => o.value === typed) && <option>{typed}</option>}
          <Choices list={choices} />
        </select>
      )
    }
    case 'many':
      return (
        <Select
          id={id}
          {...said}
          mode="multiple"
          optionFilterProp="label"
          value={Array.isArray(value) ? value.map(String) : []}
          options={field.source && field.source !== 'parts' ? sources.options[field.source] : []}
          onChange={(list: string[]) => change(list)}
        />
      )
    case 'words':
      return (
        <input
          id={id}
          {...said}
          defaultValue={Array.isArray(value) ? value.join(' ') : ''}
          onChange={(e) => {
            const list = e.target.value.split(/[\s,，、]+/).filter(Boolean)
            change(list.length > 0 ? list : undefined)
          }}
        />
      )
    case 'facts':
      return <Facts {...{ label, value, sources, change }} />
    case 'rows':
      return <Rows {...{ id, label, field, value, sources, parts, change }} />
    case 'steps':
      return <Steps {...{ id, value, change }} />
    case 'parts':
      return <Parts value={value} change={change} />
    default: {
      const list = field.source && field.source !== 'parts' ? `${id}-list` : undefined
      return (
        <>
          <input
            id={id}
            {...said}
            type={field.kind === 'day' ? 'date' : undefined}
            inputMode={field.kind === 'decimal' ? 'decimal' : undefined}
            list={list}
            value={typed}
            onChange={(e) => say(e.target.value)}
          />
          {list && field.source && field.source !== 'parts' && (
            <datalist id={list}>
              <Choices list={sources.options[field.source]} />
            </datalist>
          )}
        </>
      )
    }
  }
}

const Choices = memo(function Choices({ list }: { list: Option[] }) {
  return list.map((o) => (
    <option key={o.value} value={o.value}>
      {o.label}
    </option>
  ))
})

const items = (value: Json | undefined): Doc[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** A list without one, with another in its place, or gone when it is empty. */
const without = (list: Doc[], at: number) => {
  const rest = list.filter((_, i) => i !== at)
  return rest.length > 0 ? rest : undefined
}
const put = (list: Doc[], at: number, one: Doc) => list.map((old, i) => (i === at ? one : old))

function Drop({ name, drop }: { name: string; drop: () => void }) {
  const t = useT()
  return (
    <Button size="small" aria-label={`${t('drafting.remove')} ${name}`} onClick={drop}>
      {t('drafting.remove')}
    </Button>
  )
}

function Rows(props: Omit<InputProps, 'said'>) {
  const { id, label, field, value, sources, parts, change } = props
  const t = useT()
  const list = items(value)
  return (
    <>
      {list.map((row, i) => (
        <div key={i} className="row">
          {field.members?.map((m) => (
            <One
              key={m.at}
              id={`${id}-${i}${m.at.replaceAll('/', '-')}`}
              field={m}
              value={get(row, m.at)}
              sources={sources}
              parts={parts}
              remarks={[]}
              change={(next) => change(put(list, i, set(row, m.at, next) as Doc))}
            />
          ))}
          <Drop name={`${label} ${i + 1}`} drop={() => change(without(list, i))} />
        </div>
      ))}
      <Button
        size="small"
        aria-label={`${t('drafting.addRow')} ${label}`}
        onClick={() =>
          change([
            ...list,
            (field.members ?? [])
              .filter((m) => !m.without)
              .reduce<Doc>((row, m) => set(row, m.at, m.values?.[0]?.[0] ?? '') as Doc, {}),
          ])
        }
      >
        {t('drafting.addRow')}
      </Button>
    </>
  )
}

/** Measures of ledgers, both by name. */
function Facts({
  label,
  value,
  sources,
  change,
}: Pick<InputProps, 'label' | 'value' | 'sources' | 'change'>) {
  const t = useT()
  const lang = useLang()
  const list = items(value)
  const own = (ledger: Json | undefined): Option[] => {
    const of = sources.ledgers.find((l) => l.id === ledger)
    const named = of?.measures.map((m) => ({ value: m.id, label: text(m.title, lang) })) ?? []
    return [...named, ...sources.every]
  }
  return (
    <>
      {list.map((fact, i) => {
        const { ledger, measure } = fact
        const name = `${label} ${i + 1}`
        const choices = own(ledger)
        const known = [...sources.options.ledgers.map((l) => l.value), '*', 'areas', '']
        return (
          <div key={i} className="row">
            <select
              aria-label={`${name} ${t('drafting.ledger')}`}
              value={String(ledger ?? '')}
              onChange={(e) => change(put(list, i, { ledger: e.target.value, measure: '' }))}
            >
              <option value="" />
              <option value="*">{t('drafting.allLedgers')}</option>
              <option value="areas">{t('drafting.areas')}</option>
              {!known.includes(String(ledger ?? '')) && <option>{String(ledger)}</option>}
              <Choices list={sources.options.ledgers} />
            </select>
            {ledger === 'areas' ? (
              <input
                aria-label={`${name} ${t('drafting.measure')}`}
                title={t('drafting.areasMean')}
                placeholder="rate.JG"
                value={String(measure ?? '')}
                onChange={(e) => change(put(list, i, { ...fact, measure: e.target.value }))}
              />
            ) : (
              <select
                aria-label={`${name} ${t('drafting.measure')}`}
                value={String(measure ?? '')}
                onChange={(e) => change(put(list, i, { ...fact, measure: e.target.value }))}
              >
                <option value="" />
                {measure && !choices.some((o) => o.value === measure) && (
                  <option>{String(measure)}</option>
                )}
                <Choices list={choices} />
              </select>
            )}
            <Drop name={name} drop={() => change(without(list, i))} />
          </div>
        )
      })}
      <Button
        size="small"
        aria-label={`${t('drafting.addFact')} ${label}`}
        onClick={() => change([...list, { ledger: '', measure: '' }])}
      >
        {t('drafting.addFact')}
      </Button>
    </>
  )
}

function Steps({ id, value, change }: Pick<InputProps, 'id' | 'value' | 'change'>) {
  const t = useT()
  const list = items(value)
  const say = (i: number, lang: 'zh' | 'en', typed: string) =>
    change(
      put(list, i, set(list[i]!, `/${lang}`, typed || (lang === 'zh' ? '' : undefined)) as Doc),
    )
  return (
    <>
      {list.map((step, i) => (
        <div key={i} className="row">
          <input
            id={`${id}-${i}`}
            aria-label={t('drafting.stepN', { n: i + 1 })}
            value={String(step.zh ?? '')}
            onChange={(e) => say(i, 'zh', e.target.value)}
          />
          <input
            aria-label={t('drafting.stepNEn', { n: i + 1 })}
            value={String(step.en ?? '')}
            onChange={(e) => say(i, 'en', e.target.value)}
          />
          <Drop
            name={t('drafting.stepN', { n: i + 1 })}
            drop={() => change(list.filter((_, k) => k !== i))}
          />
        </div>
      ))}
      <Button size="small" onClick={() => change([...list, { zh: '' }])}>
        {t('drafting.addStep')}
      </Button>
    </>
  )
}

/** Caps by name; a name is typed where it stands, so its place is kept. */
function Parts({ value, change }: Pick<InputProps, 'value' | 'change'>) {
  const t = useT()
  const group = useId()
  const list = Object.entries(isObject(value) ? value : {})
  const say = (next: [string, Json][]) =>
    change(next.length > 0 ? Object.fromEntries(next) : undefined)
  const one = (at: number, part: [string, Json]) => say(list.map((p, i) => (i === at ? part : p)))
  return (
    <>
      {list.map(([name, cap], i) => (
        <div key={`${group}${i}`} className="row">
          <input
            aria-label={`${t('drafting.parts')} ${i + 1} ${t('drafting.partName')}`}
            value={name}
            onChange={(e) => {
              if (!list.some(([other]) => other === e.target.value)) one(i, [e.target.value, cap])
            }}
          />
          <input
            aria-label={`${t('drafting.parts')} ${i + 1} ${t('drafting.cap')}`}
            inputMode="decimal"
            aria-invalid={!isDecimal(cap) || undefined}
            value={String(cap)}
            onChange={(e) => one(i, [name, e.target.value])}
          />
          <Drop
            name={`${t('drafting.parts')} ${i + 1}`}
            drop={() => say(list.filter((_, k) => k !== i))}
          />
        </div>
      ))}
      <Button
        size="small"
        onClick={() => say([...list, [`${t('drafting.part')} ${list.length + 1}`, '1']])}
      >
        {t('drafting.addPart')}
      </Button>
    </>
  )
}
