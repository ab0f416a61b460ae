import { useState } from 'react'
import { useT } from '../i18n'
import type { Schema } from '../schema/types'
import {
  changed,
  choices,
  type FieldType,
  type Files,
  members,
  nodeAt,
  type Path,
  typeOf,
} from './design'
import { Row } from './FieldTable'
import { layout } from './layout'
import { NewFieldForm } from './NewFieldForm'

type Limit =
  | 'minLength'
  | 'maxLength'
  | 'minimum'
  | 'maximum'
  | 'multipleOf'
  | 'minItems'
  | 'maxItems'

/** The bounds that a kind of field has; everything else has none to set. */
const limits: Partial<Record<FieldType | 'other', readonly Limit[]>> = {
  string: ['minLength', 'maxLength'],
  text: ['minLength', 'maxLength'],
  integer: ['minimum', 'maximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'multipleOf'],
  tags: ['minItems', 'maxItems'],
  checks: ['minItems', 'maxItems'],
  rows: ['minItems', 'maxItems'],
}

/** Everything about one field that the table of fields has no room for. */
export function FieldPanel(props: {
  files: Files
  path: Path
  change: (files: Files) => void
  choose: (path: Path) => void
}) {
  const { files, path, change, choose } = props
  const t = useT()
  const node = nodeAt(files, path)
  if (!node) return null
  const kind = typeOf(node)
  const name = path.at(-1)!
  const put = (part: Partial<Schema>) => change(changed(files, path, part))
  const unit = (part: { zh?: string; en?: string }) => {
    const next = { zh: '', ...node['x-unit'], ...part }
    put({ 'x-unit': next.zh ? next : undefined })
  }
  const message = (part: { zh?: string; en?: string }) =>
    put({
      'x-message': {
        ...node['x-message'],
        pattern: { zh: '', ...node['x-message']?.pattern, ...part },
      },
    })
  const section = files.form.sections.find((s) => s.fields.includes(name))
  return (
    <section className="field-panel" aria-label={`${t('designer.settings')} ${node.title}`}>
      <h3>
        {node.title} <span className="quiet">{path.join('.')}</span>
      </h3>
      <label>
        {t('catalogue.fieldEn')}
        <input
          value={node['x-en'] ?? ''}
          maxLength={80}
          onChange={(e) => put({ 'x-en': e.target.value })}
        />
      </label>
      <label>
        {t('designer.help')}
        <input
          value={node.description ?? ''}
          maxLength={200}
          onChange={(e) => put({ description: e.target.value || undefined })}
        />
      </label>
      {path.length === 1 && (
        <label>
          {t('designer.section')}
          <select
            value={section?.id}
            onChange={(e) =>
              change({ ...files, form: layout.place(files.form, name, e.target.value, 'last') })
            }
          >
            {files.form.sections.map((s) => (
              <option key={s.id} value={s.id}>
                {s.title.zh}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t('designer.width')}
        <select
          value={node['x-ui']?.colSpan ?? ''}
          onChange={(e) => {
            const { colSpan: _, ...ui } = node['x-ui'] ?? {}
            const next = e.target.value
              ? { ...ui, colSpan: Number(e.target.value) as 1 | 2 | 3 }
              : ui
            put({ 'x-ui': Object.keys(next).length > 0 ? next : undefined })
          }}
        >
          <option value="">{t('designer.widthAuto')}</option>
          <option value="1">1/3</option>
          <option value="2">2/3</option>
          <option value="3">3/3</option>
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={node['x-ui']?.hidden === 'keep'}
          onChange={(e) => {
            const { hidden: _, ...ui } = node['x-ui'] ?? {}
            const next = e.target.checked ? { ...ui, hidden: 'keep' as const } : ui
            put({ 'x-ui': Object.keys(next).length > 0 ? next : undefined })
          }}
        />{' '}
        {t('designer.keepHidden')}
      </label>
      {(limits[kind] ?? []).map((limit) => (
        <label key={limit}>
          {t(`designer.limit_${limit}`)}
          <input
            type="number"
            value={node[limit] ?? ''}
            onChange={(e) =>
              put({ [limit]: e.target.value === '' ? undefined : Number(e.target.value) })
            }
          />
        </label>
      ))}
      {(kind === 'string' || kind === 'text') && (
        <>
          <label>
            {t('designer.pattern')}
            <input
              className="mono"
              value={node.pattern ?? ''}
              onChange={(e) => put({ pattern: e.target.value || undefined })}
            />
          </label>
          {node.pattern && (
            <>
              <label>
                {t('designer.patternZh')}
                <input
                  value={node['x-message']?.pattern?.zh ?? ''}
                  onChange={(e) => message({ zh: e.target.value })}
                />
              </label>
              <label>
                {t('designer.patternEn')}
                <input
                  value={node['x-message']?.pattern?.en ?? ''}
                  onChange={(e) => message({ en: e.target.value })}
                />
              </label>
            </>
          )}
        </>
      )}
      {(kind === 'integer' || kind === 'number') && (
        <>
          <label>
            {t('designer.unitZh')}
            <input
              value={node['x-unit']?.zh ?? ''}
              maxLength={10}
              onChange={(e) => unit({ zh: e.target.value })}
            />
          </label>
          <label>
            {t('designer.unitEn')}
            <input
              value={node['x-unit']?.en ?? ''}
              maxLength={20}
              onChange={(e) => unit({ en: e.target.value })}
            />
          </label>
        </>
      )}
      {node.oneOf && <Choices list={node.oneOf} change={(oneOf) => put({ oneOf })} />}
      {node.items?.oneOf && (
        <Choices
          list={node.items.oneOf}
          change={(oneOf) => put({ items: { ...node.items, oneOf } })}
        />
      )}
      {(kind === 'rows' || kind === 'group') && (
        <>
          <table className="plain">
            <caption>{t('designer.members')}</caption>
            <tbody>
              {members(node).map(([member]) => (
                <Row
                  key={member}
                  files={files}
                  path={[...path, member]}
                  change={change}
                  chosen={false}
                  choose={choose}
                />
              ))}
            </tbody>
          </table>
          <NewFieldForm files={files} into={path} change={change} />
        </>
      )}
    </section>
  )
}

/** Choices as lines of text: what is typed stays as typed, half a line is no mistake yet. */
function Choices(props: {
  list: NonNullable<Schema['oneOf']>
  change: (list: NonNullable<Schema['oneOf']>) => void
}) {
  const { list, change } = props
  const t = useT()
  const [lines, setLines] = useState(choices.write(list))
  return (
    <label>
      {t('catalogue.options')}
      <textarea
        rows={Math.min(12, list.length + 2)}
        value={lines}
        onChange={(e) => {
          setLines(e.target.value)
          change(choices.read(e.target.value))
        }}
      />
    </label>
  )
}
