import type { WholeCase } from '../api/cases'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

/** The steps of the case's road: which are passed, where it is, what is to come. */
export function Road({ steps }: { steps: WholeCase['road'] }) {
  const t = useT()
  const lang = useLang()
  return (
    <ol className="road" aria-label={t('cases.road')}>
      {steps.map((s) => (
        <li
          key={s.state}
          className={s.stands}
          aria-current={s.stands === 'here' ? 'step' : undefined}
        >
          {text(s.title, lang)}
          <span className="sr-only"> {t(`cases.${s.stands}`)}</span>
        </li>
      ))}
    </ol>
  )
}
