import { Button, Select } from 'antd'
import { useState } from 'react'
import { useLang, useT } from '../i18n'
import { type Json, type Schema, titleOf } from '../schema/types'
import { type Condition, comparisons, read, type Test, withConditions, write } from './conditions'
import { type Files, typeOf } from './design'

/** Which fields are shown and asked for only sometimes. */
export function Conditions(props: { files: Files; change: (files: Files) => void }) {
  const { files, change } = props
  const t = useT()
  const all = files.schema.allOf ?? []
  const put = (list: Schema[]) => change(withConditions(files, list))
  const [first = ''] = Object.keys(files.schema.properties ?? {})
  return (
    <div className="conditions">
      <p className="quiet">{t('designer.conditionsHelp')}</p>
      <ol>
        {all.map((node, i) => {
          const simple = read(node)
          const set = (next: Schema) => put(all.map((n, k) => (k === i ? next : n)))
          return (
            <li key={i}>
              {simple ? (
                <Simple files={files} condition={simple} change={(c) => set(write(c))} />
              ) : (
                <Written node={node} change={set} />
              )}
              <Button size="small" onClick={() => put(all.filter((_, k) => k !== i))}>
                {t('designer.drop')}
              </Button>
            </li>
          )
        })}
      </ol>
      <Button
        onClick={() =>
          put([...all, write({ tests: [{ field: first, op: 'filled', value: null }], asks: [] })])
        }
      >
        {t('designer.addCondition')}
      </Button>
    </div>
  )
}

function Simple(props: {
  files: Files
  condition: Condition
  change: (condition: Condition) => void
}) {
  const { files, condition, change } = props
  const t = useT()
  const lang = useLang()
  const fields = Object.entries(files.schema.properties ?? {}).map(([name, node]) => ({
    value: name,
    label: titleOf(node, name, lang),
  }))
  const test = (i: number, part: Partial<Test>) =>
    change({
      ...condition,
      tests: condition.tests.map((x, k) => (k === i ? { ...x, ...part } : x)),
    })
  return (
    <>
      {condition.tests.map((x, i) => (
        <span key={i} className="test">
          {i === 0 ? t('designer.when') : t('designer.and')}
          <select
            aria-label={t('designer.tested')}
            value={x.field}
            onChange={(e) => test(i, { field: e.target.value, op: 'filled', value: null })}
          >
            {fields.map((f) => (
              <option key={f.value} value={f.value}>
                {f.label}
              </option>
            ))}
          </select>
          <select
            aria-label={t('designer.comparison')}
            value={x.op}
            onChange={(e) =>
              test(i, { op: e.target.value as Test['op'], value: first(files, x.field) })
            }
          >
            {comparisons.map((op) => (
              <option key={op} value={op}>
                {t(`designer.op_${op}`)}
              </option>
            ))}
          </select>
          <Value files={files} test={x} change={(value) => test(i, { value })} />
        </span>
      ))}
      <Button
        size="small"
        onClick={() =>
          change({
            ...condition,
            tests: [
              ...condition.tests,
              { field: unused(condition, fields), op: 'filled', value: null },
            ],
          })
        }
      >
        {t('designer.addTest')}
      </Button>
      <span className="asks">
        {t('designer.asks')}
        <Select
          mode="multiple"
          optionFilterProp="label"
          aria-label={t('designer.asks')}
          style={{ minWidth: 260 }}
          value={condition.asks}
          options={fields}
          onChange={(asks: string[]) => change({ ...condition, asks })}
        />
      </span>
    </>
  )
}

function unused(condition: Condition, fields: { value: string }[]): string {
  const used = condition.tests.map((x) => x.field)
  return fields.find((f) => !used.includes(f.value))?.value ?? ''
}

/** What a fresh comparison compares with: the first thing the field can be. */
function first(files: Files, field: string): Json {
  const node = files.schema.properties?.[field]
  if (!node) return ''
  const kind = typeOf(node)
  if (kind === 'boolean') return true
  if (kind === 'integer' || kind === 'number') return 0
  return node.oneOf?.[0]?.const ?? ''
}

function Value(props: { files: Files; test: Test; change: (value: Json) => void }) {
  const { files, test, change } = props
  const t = useT()
  const lang = useLang()
  if (test.op === 'filled') return null
  const node = files.schema.properties?.[test.field]
  const options = node?.oneOf?.map((o) => ({
    value: String(o.const),
    label: (lang === 'en' && o['x-en']) || o.title || String(o.const),
  }))
  if (test.op === 'one_of') {
    return (
      <Select
        mode={options ? 'multiple' : 'tags'}
        aria-label={t('designer.value')}
        style={{ minWidth: 220 }}
        value={(Array.isArray(test.value) ? test.value : [test.value]).map(String)}
        options={options}
        onChange={(list: string[]) => change(list)}
      />
    )
  }
  if (node && typeOf(node) === 'boolean') {
    return (
      <select
        aria-label={t('designer.value')}
        value={String(test.value)}
        onChange={(e) => change(e.target.value === 'true')}
      >
        <option value="true">{t('form.yes')}</option>
        <option value="false">{t('form.no')}</option>
      </select>
    )
  }
  if (options) {
    return (
      <select
        aria-label={t('designer.value')}
        value={String(test.value)}
        onChange={(e) => change(e.target.value)}
      >
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    )
  }
  const numeric = node?.type === 'integer' || node?.type === 'number'
  return (
    <input
      aria-label={t('designer.value')}
      type={numeric ? 'number' : 'text'}
      value={String(test.value)}
      onChange={(e) => change(numeric ? Number(e.target.value) : e.target.value)}
    />
  )
}

/** A condition that says more than the words above: as it is written. */
function Written({ node, change }: { node: Schema; change: (node: Schema) => void }) {
  const t = useT()
  const [text, setText] = useState(JSON.stringify(node, null, 2))
  const [wrong, setWrong] = useState(false)
  return (
    <label>
      {t('designer.written')}
      <textarea
        className="mono"
        rows={8}
        value={text}
        aria-invalid={wrong}
        onChange={(e) => {
          setText(e.target.value)
          try {
            change(JSON.parse(e.target.value) as Schema)
            setWrong(false)
          } catch {
            setWrong(true)
          }
        }}
      />
      {wrong && <span className="danger">{t('designer.notJson')}</span>}
    </label>
  )
}
