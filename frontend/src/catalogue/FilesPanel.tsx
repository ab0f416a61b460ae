import { useT } from '../i18n'
import type { Files } from './design'
import { type FileName, fileNames, read, type Texts, textOf } from './texts'

interface Props {
  files: Files
  texts: Texts
  change: (files: Files) => void
  write: (texts: Texts) => void
}

/**
 * The three files as they will be published; what the other tabs have no word for is written here. What
 * is typed is taken over as soon as it can be read.
 */
export function FilesPanel(props: Props) {
  return (
    <div className="three-files">
      {(Object.keys(fileNames) as FileName[]).map((name) => (
        <OneFile key={name} name={name} {...props} />
      ))}
    </div>
  )
}

function OneFile({ name, files, texts, change, write }: Props & { name: FileName }) {
  const t = useT()
  const text = textOf(name, files, texts)
  const wrong = !read(text)
  const type = (typed: string) => {
    write({ ...texts, [name]: typed })
    const value = read(typed)
    if (value) change({ ...files, [name]: value } as Files)
  }
  return (
    <section aria-label={fileNames[name]}>
      <label>
        <span className="mono">{fileNames[name]}</span>
        <textarea
          className="mono"
          rows={16}
          spellCheck={false}
          value={text}
          aria-invalid={wrong}
          onChange={(e) => type(e.target.value)}
        />
      </label>
      {wrong && (
        <p className="danger" role="alert">
          {t('designer.noObject')}
        </p>
      )}
      <a
        download={fileNames[name]}
        href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(files[name], null, 2))}`}
      >
        {t('designer.download')}
      </a>
    </section>
  )
}
