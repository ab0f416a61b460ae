import type { StandardReport } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

/** What the release checks say, and what the standard looks at. */
export function Checks({ report }: { report: StandardReport }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const { mistakes, warnings, coverage } = report
  return (
    <section className="panel" aria-labelledby="release-checks">
      <h2 id="release-checks">{t('standards.checks')}</h2>
      <p role="status">
        {mistakes.length === 0
          ? t('standards.checksPass', { warnings: warnings.length })
          : t('standards.checksFail', { mistakes: mistakes.length, warnings: warnings.length })}
      </p>
      {mistakes.length > 0 && (
        <ul aria-label={t('standards.mistakes')}>
          {mistakes.map((m) => (
            <li key={m.pointer + m.text.zh} className="danger">
              {text(m.text, lang)} <code>{m.pointer}</code>
            </li>
          ))}
        </ul>
      )}
      {warnings.length > 0 && (
        <details>
          <summary>{t('standards.warnings', { count: warnings.length })}</summary>
          <ul>
            {warnings.map((m) => (
              <li key={m.pointer + m.text.zh}>{text(m.text, lang)}</li>
            ))}
          </ul>
        </details>
      )}
      {coverage.domains.length > 0 && (
        <details>
          <summary>{t('standards.coverage')}</summary>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('standards.department')}</th>
                <th scope="col">{t('standards.indicators')}</th>
              </tr>
            </thead>
            <tbody>
              {coverage.departments.map((d) => (
                <tr key={d.id}>
                  <td>{names.department(d.id)}</td>
                  <td>{d.indicators.join(' ') || '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}
