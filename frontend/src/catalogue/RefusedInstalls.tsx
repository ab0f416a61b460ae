import type { RefusedInstall } from '../api/model'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { type Text, text } from '../schema/types'

/** What came with the files of a release and the gate kept out. */
export function RefusedInstalls({ list }: { list: RefusedInstall[] }) {
  const t = useT()
  const lang = useLang()
  if (list.length === 0) return null
  return (
    <section className="panel" aria-labelledby="refused-installs">
      <h2 id="refused-installs">{t('catalogue.installs')}</h2>
      <p className="quiet">{t('catalogue.installsWhat')}</p>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('catalogue.installAt')}</th>
            <th scope="col">{t('catalogue.installBy')}</th>
            <th scope="col">{t('catalogue.failed')}</th>
            <th scope="col">{t('catalogue.installDigest')}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((r) => (
            <tr key={r.id}>
              <td>{showTime(r.recorded_at)}</td>
              <td>
                {r.operator} <span className="quiet">{r.program}</span>
              </td>
              <td>
                <ul>
                  {(r.failed as { pointer?: string; text?: Text }[]).map((f) => (
                    <li key={`${f.pointer} ${f.text?.zh}`}>{text(f.text, lang)}</li>
                  ))}
                </ul>
              </td>
              <td>
                <code title={r.digest}>{r.digest.slice(0, 12)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
