import type { WholeCase } from '../api/cases'
import { useLang, useT } from '../i18n'
import { Answers } from '../plans/Answers'
import { text } from '../schema/types'

/**
 * The steps of the case's road: which are passed, where it is, what is to come. Where it stands
 * beside the road, postponed or looked back on, is shown after what is passed.
 */
export function Road({ whole }: { whole: WholeCase }) {
  const t = useT()
  const lang = useLang()
  const at = whole.road.findIndex((s) => s.stands !== 'passed')
  const steps = [...whole.road]
  if (!steps.some((s) => s.stands === 'here'))
    steps.splice(at < 0 ? steps.length : at, 0, {
      state: whole.state,
      title: whole.state_title,
      stands: 'here',
    })
  return (
    <ol className="road" aria-label={t('cases.road')}>
      {steps.map((s) => (
        <li
          key={s.state}
          className={s.stands}
          aria-current={s.stands === 'here' ? 'step' : undefined}
        >
          {text(s.title, lang)}
          {s.stands !== 'passed' && (
            <Answers
              prison={whole.prison}
              kind="step"
              what={`${whole.track}/${s.state}`}
              area={whole.area}
              quiet
            />
          )}
          <span className="sr-only"> {t(`cases.${s.stands}`)}</span>
        </li>
      ))}
    </ol>
  )
}
