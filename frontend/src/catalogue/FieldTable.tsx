import { Button } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'
import {
  asked,
  changed,
  type Files,
  isRequired,
  nodeAt,
  type Path,
  typeOf,
  withoutField,
} from './design'
import { layout } from './layout'
import { NewFieldForm } from './NewFieldForm'

/** Sections and their fields, in the order of work. */
export function FieldTable(props: {
  files: Files
  change: (files: Files) => void
  chosen: Path
  choose: (path: Path) => void
}) {
  const { files, change, chosen, choose } = props
  const t = useT()
  const [section, setSection] = useState('')
  const form = (next: Files['form']) => change({ ...files, form: next })
  return (
    <div>
      {files.form.sections.map((s, i) => (
        <table className="plain" key={s.id}>
          <caption>
            <input
              aria-label={`${t('designer.sectionZh')} ${i + 1}`}
              value={s.title.zh ?? ''}
              maxLength={30}
              onChange={(e) => form(layout.retitle(files.form, i, { zh: e.target.value }))}
            />
            <input
              aria-label={`${t('designer.sectionEn')} ${i + 1}`}
              value={s.title.en ?? ''}
              maxLength={60}
              onChange={(e) => form(layout.retitle(files.form, i, { en: e.target.value }))}
            />
            <Arrows
              label={s.title.zh}
              up={i > 0 ? () => form(layout.moveSection(files.form, i, -1)) : undefined}
              down={
                i < files.form.sections.length - 1
                  ? () => form(layout.moveSection(files.form, i, 1))
                  : undefined
              }
            />
            {s.fields.length === 0 && files.form.sections.length > 1 && (
              <Button size="small" onClick={() => form(layout.drop(files.form, i))}>
                {t('designer.dropSection')}
              </Button>
            )}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t('catalogue.fieldZh')}</th>
              <th scope="col">{t('catalogue.fieldId')}</th>
              <th scope="col">{t('catalogue.fieldType')}</th>
              <th scope="col">{t('catalogue.fieldRequired')}</th>
              <th scope="col" aria-label={t('catalogue.retire')} />
            </tr>
          </thead>
          <tbody>
            {s.fields.map((name) => (
              <Row
                key={name}
                files={files}
                path={[name]}
                change={change}
                chosen={chosen[0] === name}
                choose={choose}
                move={(by) => form(layout.move(files.form, name, by))}
              />
            ))}
          </tbody>
        </table>
      ))}
      <div className="new-section">
        <label>
          {t('designer.sectionZh')}
          <input value={section} maxLength={30} onChange={(e) => setSection(e.target.value)} />
        </label>
        <Button
          disabled={section.trim() === ''}
          onClick={() => {
            form(layout.add(files.form, section.trim()))
            setSection('')
          }}
        >
          {t('designer.addSection')}
        </Button>
      </div>
      <NewFieldForm files={files} into={[]} change={change} />
    </div>
  )
}

/** One field in a line: its name, whether it is asked for, where it stands. */
export function Row(props: {
  files: Files
  path: Path
  change: (files: Files) => void
  chosen: boolean
  choose: (path: Path) => void
  move?: (by: -1 | 1) => void
}) {
  const { files, path, change, chosen, choose, move } = props
  const t = useT()
  const node = nodeAt(files, path)
  const name = path.at(-1)!
  if (!node) return null
  return (
    <tr aria-selected={chosen} className={chosen ? 'chosen' : undefined}>
      <td>
        <input
          aria-label={`${t('catalogue.fieldZh')} ${name}`}
          value={node.title ?? ''}
          maxLength={40}
          onChange={(e) => change(changed(files, path, { title: e.target.value }))}
        />
      </td>
      <td className="quiet">{name}</td>
      <td>{t(`catalogue.type_${typeOf(node)}`)}</td>
      <td>
        <input
          type="checkbox"
          aria-label={`${t('catalogue.fieldRequired')} ${name}`}
          checked={isRequired(files, path)}
          disabled={node.readOnly}
          onChange={(e) => change(asked(files, path, e.target.checked))}
        />
      </td>
      <td className="acts">
        {move && <Arrows label={node.title ?? name} up={() => move(-1)} down={() => move(1)} />}
        <Button
          size="small"
          aria-label={`${t('designer.settings')} ${node.title}`}
          aria-expanded={chosen}
          onClick={() => choose(chosen ? [] : path)}
        >
          {t('designer.settings')}
        </Button>
        <Button
          size="small"
          aria-label={`${t('catalogue.retire')} ${node.title}`}
          onClick={() => {
            choose([])
            change(withoutField(files, path))
          }}
        >
          {t('catalogue.retire')}
        </Button>
      </td>
    </tr>
  )
}

export function Arrows(props: { label: string; up?: () => void; down?: () => void }) {
  const { label, up, down } = props
  const t = useT()
  return (
    <>
      <Button size="small" aria-label={`${t('designer.up')} ${label}`} disabled={!up} onClick={up}>
        ↑
      </Button>
      <Button
        size="small"
        aria-label={`${t('designer.down')} ${label}`}
        disabled={!down}
        onClick={down}
      >
        ↓
      </Button>
    </>
  )
}
