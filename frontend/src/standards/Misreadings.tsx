import type { Misread } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

/** The mistakes of a table by row and column. */
export function Misreadings({ list, none }: { list: Misread[]; none: string }) {
  const t = useT()
  const lang = useLang()
  if (list.length === 0) return null
  return (
    <table className="plain">
      <caption role="alert">{none}</caption>
      <thead>
        <tr>
          <th scope="col">{t('standards.row')}</th>
          <th scope="col">{t('standards.column')}</th>
          <th scope="col">{t('standards.mistake')}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((m) => (
          <tr key={`${m.row} ${m.column} ${m.text.zh}`}>
            <td className="num">{m.row}</td>
            <td>{m.column}</td>
            <td>{text(m.text, lang)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
