import type { Artefacts } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

/** Domains, their indicators and the rules of each, with how it is checked beside. */
export function Tree({ artefacts: { standard, rules, guide } }: { artefacts: Artefacts }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  return (
    <>
      {standard.domains.map((d) => (
        <details key={d.id} className="panel">
          <summary>
            {text(d.title, lang)} · {t('standards.points', { points: d.points })} ·{' '}
            {t('standards.count', { count: d.indicators.length })}
          </summary>
          {d.indicators.map((i) => (
            <section key={i.code} aria-label={i.code}>
              <h3>
                {i.code} {text(i.title, lang)}
                {i.former_veto && ` ${t('standards.formerVeto')}`} ·{' '}
                {t('standards.points', { points: i.points })}
              </h3>
              <p>{text(i.criteria, lang)}</p>
              <p className="quiet">
                {i.department &&
                  `${t('standards.department')}${t('marks.colon')}${names.department(i.department)} `}
                {i.basis
                  ?.map((b) => t('marks.work', { of: b.document }) + b.clause)
                  .join(t('marks.clause'))}
              </p>
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('standards.rule')}</th>
                    <th scope="col">{t('standards.deduct')}</th>
                    <th scope="col">{t('standards.method')}</th>
                    <th scope="col">{t('standards.howChecked')}</th>
                  </tr>
                </thead>
                <tbody>
                  {rules.indicators
                    .find((r) => r.code === i.code)
                    ?.lines.map((l) => {
                      const g = guide.lines.find((x) => x.id === l.id)
                      return (
                        <tr key={l.id}>
                          <td>{text(l.title, lang)}</td>
                          <td className="num">{l.deduct}</td>
                          <td>{t(`standards.method_${l.method}`)}</td>
                          <td>
                            {g && (
                              <>
                                {text(g.where, lang)}
                                {g.sample &&
                                  ` · ${t('standards.sample', { n: g.sample.n, of: text(g.sample.of, lang) })}`}
                                <ol>
                                  {g.steps.map((s) => (
                                    <li key={s.zh}>{text(s, lang)}</li>
                                  ))}
                                </ol>
                                {t('standards.evidence')}
                                {t('marks.colon')}
                                {text(g.evidence, lang)}
                              </>
                            )}
                          </td>
                        </tr>
                      )
                    })}
                </tbody>
              </table>
            </section>
          ))}
        </details>
      ))}
    </>
  )
}
