import { Button } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'
import {
  changed,
  type Files,
  fieldTypes,
  type NewField,
  typeOf,
  withField,
  withoutField,
} from './design'

const empty: NewField = { code: '', zh: '', en: '', type: 'string', required: false, options: '' }

/** The fields of a version: retitled, required or not, retired, added. */
export function Designer(props: { files: Files; change: (files: Files) => void }) {
  const { files, change } = props
  const t = useT()
  const [fresh, setFresh] = useState(empty)
  const fields = files.form.sections.flatMap((s) => s.fields)
  const set = (part: Partial<NewField>) => setFresh({ ...fresh, ...part })
  const ready = /^[a-z][a-z0-9_]{1,39}$/.test(fresh.code) && fresh.zh.trim() && fresh.en.trim()
  return (
    <fieldset className="designer">
      <legend>{t('catalogue.fields')}</legend>
      <table className="plain">
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
          {fields.map((name) => {
            const node = files.schema.properties?.[name]
            if (!node) return null
            return (
              <tr key={name}>
                <td>
                  <input
                    aria-label={`${t('catalogue.fieldZh')} ${name}`}
                    value={node.title ?? ''}
                    maxLength={40}
                    onChange={(e) => change(changed(files, name, { title: e.target.value }))}
                  />
                </td>
                <td className="quiet">{name}</td>
                <td>{t(`catalogue.type_${typeOf(node)}`)}</td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`${t('catalogue.fieldRequired')} ${name}`}
                    checked={files.schema.required?.includes(name) ?? false}
                    disabled={node.readOnly}
                    onChange={(e) => change(changed(files, name, { required: e.target.checked }))}
                  />
                </td>
                <td>
                  <Button
                    size="small"
                    aria-label={`${t('catalogue.retire')} ${node.title}`}
                    onClick={() => change(withoutField(files, name))}
                  >
                    {t('catalogue.retire')}
                  </Button>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <div className="new-field">
        <label>
          {t('catalogue.fieldId')}
          <input value={fresh.code} onChange={(e) => set({ code: e.target.value })} />
        </label>
        <label>
          {t('catalogue.fieldZh')}
          <input value={fresh.zh} maxLength={40} onChange={(e) => set({ zh: e.target.value })} />
        </label>
        <label>
          {t('catalogue.fieldEn')}
          <input value={fresh.en} maxLength={80} onChange={(e) => set({ en: e.target.value })} />
        </label>
        <label>
          {t('catalogue.fieldType')}
          <select
            value={fresh.type}
            onChange={(e) => set({ type: e.target.value as NewField['type'] })}
          >
            {fieldTypes.map((type) => (
              <option key={type} value={type}>
                {t(`catalogue.type_${type}`)}
              </option>
            ))}
          </select>
        </label>
        {fresh.type === 'choice' && (
          <label>
            {t('catalogue.options')}
            <textarea
              rows={3}
              value={fresh.options}
              onChange={(e) => set({ options: e.target.value })}
            />
          </label>
        )}
        <label>
          <input
            type="checkbox"
            checked={fresh.required}
            onChange={(e) => set({ required: e.target.checked })}
          />{' '}
          {t('catalogue.fieldRequired')}
        </label>
        <Button
          disabled={!ready}
          onClick={() => {
            change(withField(files, fresh))
            setFresh(empty)
          }}
        >
          {t('catalogue.addField')}
        </Button>
      </div>
    </fieldset>
  )
}
