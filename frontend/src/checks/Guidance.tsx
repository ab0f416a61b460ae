import { Button } from 'antd'
import { type Anchor, useStandard } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { scopes, severities } from './words'

interface Props {
  standard: string
  version: number
  line: string
  /** Places a finding as an example is placed; absent where none is written. */
  place?: (as: Anchor) => void
}

/** How a line of the pinned version is checked, and what is grave or wide there. */
export function Guidance({ standard, version, line, place }: Props) {
  const t = useT()
  const lang = useLang()
  const query = useStandard(standard, version)
  const told = query.data?.guide.lines.find((g) => g.id === line)
  if (query.error) return <p className="wide quiet">{t('checks.guideFailed')}</p>
  if (!told) return null
  const anchors = severities.flatMap((severity) =>
    scopes.flatMap(
      (scope) => told.anchors?.filter((a) => a.severity === severity && a.scope === scope) ?? [],
    ),
  )
  return (
    <section className="wide guidance" aria-label={t('checks.guidance')}>
      <p>
        <strong>{t('checks.guidance')}</strong>
        {t('marks.colon')}
        {text(told.where, lang)}
        {told.sample &&
          ` · ${t('standards.sample', { n: told.sample.n, of: text(told.sample.of, lang) })}`}
      </p>
      <ol>
        {told.steps.map((s) => (
          <li key={s.zh}>{text(s, lang)}</li>
        ))}
      </ol>
      <p>
        {t('standards.evidence')}
        {t('marks.colon')}
        {text(told.evidence, lang)}
      </p>
      {anchors.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('checks.severity')}</th>
              <th scope="col">{t('checks.scope')}</th>
              <th scope="col">{t('checks.example')}</th>
            </tr>
          </thead>
          <tbody>
            {anchors.map((a) => (
              <tr key={a.severity + a.scope + a.example.zh}>
                <td>{t(`checks.severities.${a.severity}`)}</td>
                <td>{t(`checks.scopes.${a.scope}`)}</td>
                <td>
                  {text(a.example, lang)}{' '}
                  {place && (
                    <Button
                      size="small"
                      aria-label={`${t('checks.byExample')} ${text(a.example, lang)}`}
                      onClick={() => place(a)}
                    >
                      {t('checks.byExample')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
