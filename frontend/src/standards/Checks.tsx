import type { StandardReport } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Coverage } from './Coverage'

interface Props {
  report: StandardReport
  /** Shows the place that a mistake stands at. */
  go: (pointer: string) => void
  /** What that place is called. */
  nameOf: (pointer: string) => string
}

/** What the release checks say, each finding leading to its place, and what the standard looks at. */
export function Checks({ report, go, nameOf }: Props) {
  const t = useT()
  const lang = useLang()
  const { mistakes, warnings, coverage } = report
  const item = (m: StandardReport['mistakes'][number], danger?: string) => (
    <li key={m.pointer + m.text.zh}>
      <button
        type="button"
        className={danger ? `found ${danger}` : 'found'}
        title={t('drafting.goTo', { name: nameOf(m.pointer) })}
        onClick={() => go(m.pointer)}
      >
        {text(m.text, lang)}
      </button>{' '}
      <span className="quiet">{nameOf(m.pointer)}</span>
    </li>
  )
  return (
    <section className="panel" aria-labelledby="release-checks">
      <h2 id="release-checks">{t('standards.checks')}</h2>
      {mistakes.length > 0 && (
        <ul aria-label={t('standards.mistakes')}>{mistakes.map((m) => item(m, 'danger'))}</ul>
      )}
      {warnings.length > 0 && (
        <details>
          <summary>{t('standards.warnings', { count: warnings.length })}</summary>
          <ul>{warnings.map((m) => item(m))}</ul>
        </details>
      )}
      {coverage.domains.length > 0 && (
        <>
          <h3>{t('standards.coverage')}</h3>
          <Coverage of={coverage} />
        </>
      )}
    </section>
  )
}
