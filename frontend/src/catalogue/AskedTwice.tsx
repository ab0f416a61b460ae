import { useAskedTwice, useCoincidences } from '../api/queries'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'

/** Facts that two ledgers ask for: by what they are called, and by what is written in them. */
export function AskedTwice(props: { prison: string; from: string; to: string }) {
  const { prison, from, to } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const called = useAskedTwice()
  const written = useCoincidences(prison, { from, to })
  return (
    <section className="panel">
      <h2>{t('burden.twice')}</h2>
      <h3>{t('burden.byWriting')}</h3>
      <Ready query={written} empty={(l) => l.length === 0} whenEmpty={t('burden.noneWritten')}>
        {(list) => (
          <ul>
            {list.map((c) => (
              <li key={`${c.ledger}${c.field}${c.other}${c.other_field}`}>
                {names.ledger(c.ledger)} “{text(c.title, lang)}” ＝ {names.ledger(c.other)} “
                {text(c.other_title, lang)}”{' '}
                <span className="quiet">
                  {t('burden.sameDays', { same: c.same, days: c.days })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Ready>
      <h3>{t('burden.byName')}</h3>
      <Ready query={called} empty={(l) => l.length === 0} whenEmpty={t('burden.noneNamed')}>
        {(list) => (
          <ul>
            {list.map(({ ledger, overlap }) => (
              <li key={`${ledger}${overlap.field}${overlap.ledger}${overlap.other}`}>
                {names.ledger(ledger)} “{overlap.own}” ～ {text(overlap.title, lang)} “
                {overlap.text}” <span className="quiet">{Math.round(overlap.score / 10)}%</span>
              </li>
            ))}
          </ul>
        )}
      </Ready>
    </section>
  )
}
