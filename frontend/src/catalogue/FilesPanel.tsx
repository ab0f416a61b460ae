import { Button } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'
import type { Files } from './design'

const names = { schema: 'schema.json', definition: 'ledger.json', form: 'form.json' } as const
type Name = keyof typeof names

/** The three files as they will be published; what the other tabs have no word for is written here. */
export function FilesPanel(props: { files: Files; change: (files: Files) => void }) {
  return (
    <div className="three-files">
      {(Object.keys(names) as Name[]).map((name) => (
        <OneFile key={name} name={name} {...props} />
      ))}
    </div>
  )
}

function OneFile(props: { name: Name; files: Files; change: (files: Files) => void }) {
  const { name, files, change } = props
  const t = useT()
  const now = JSON.stringify(files[name], null, 2)
  const [typed, setTyped] = useState<string>()
  const [wrong, setWrong] = useState(false)
  const text = typed ?? now
  const take = () => {
    try {
      change({ ...files, [name]: JSON.parse(text) })
      setTyped(undefined)
      setWrong(false)
    } catch {
      setWrong(true)
    }
  }
  return (
    <section aria-label={names[name]}>
      <label>
        <span className="mono">{names[name]}</span>
        <textarea
          className="mono"
          rows={16}
          spellCheck={false}
          value={text}
          aria-invalid={wrong}
          onChange={(e) => setTyped(e.target.value)}
        />
      </label>
      {wrong && (
        <p className="danger" role="alert">
          {t('designer.notJson')}
        </p>
      )}
      <Button disabled={typed === undefined} onClick={take}>
        {t('designer.apply')}
      </Button>{' '}
      <a
        download={names[name]}
        href={`data:application/json;charset=utf-8,${encodeURIComponent(now)}`}
      >
        {t('designer.download')}
      </a>
    </section>
  )
}
