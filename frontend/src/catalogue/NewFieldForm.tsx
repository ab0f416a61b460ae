import { Button } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'
import { type Files, fieldTypes, type NewField, nodeAt, type Path, withField } from './design'

const empty: NewField = { code: '', zh: '', en: '', type: 'string', required: false, options: '' }

/** A field more: at the top, or in the table or group at `into`. */
export function NewFieldForm(props: { files: Files; into: Path; change: (files: Files) => void }) {
  const { files, into, change } = props
  const t = useT()
  const [fresh, setFresh] = useState(empty)
  const [section, setSection] = useState(0)
  const set = (part: Partial<NewField>) => setFresh({ ...fresh, ...part })
  const taken = nodeAt(files, [...into, fresh.code]) !== undefined && fresh.code !== ''
  const ready =
    /^[a-z][a-z0-9_]{1,39}$/.test(fresh.code) && fresh.zh.trim() && fresh.en.trim() && !taken
  const picks = fresh.type === 'choice' || fresh.type === 'checks'
  return (
    <div className={into.length === 0 ? 'new-field' : 'new-member'}>
      <label>
        {t('catalogue.fieldId')}
        <input
          value={fresh.code}
          aria-invalid={taken}
          onChange={(e) => set({ code: e.target.value })}
        />
        {taken && <span className="danger">{t('designer.taken')}</span>}
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
      {picks && (
        <label>
          {t('catalogue.options')}
          <textarea
            rows={3}
            value={fresh.options}
            onChange={(e) => set({ options: e.target.value })}
          />
        </label>
      )}
      {into.length === 0 && files.form.sections.length > 1 && (
        <label>
          {t('designer.section')}
          <select value={section} onChange={(e) => setSection(Number(e.target.value))}>
            {files.form.sections.map((s, i) => (
              <option key={s.id} value={i}>
                {s.title.zh}
              </option>
            ))}
          </select>
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
          change(withField(files, fresh, into, section))
          setFresh(empty)
        }}
      >
        {t('catalogue.addField')}
      </Button>
    </div>
  )
}
