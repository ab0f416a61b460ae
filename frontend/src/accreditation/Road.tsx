import type { WholeCase } from '../api/cases'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Answers } from '../plans/Answers'
import { type Text, text } from '../schema/types'

interface Step {
  state: string
  title: Text
  stands: 'passed' | 'here' | 'ahead'
  /** When the case came there, and why, where somebody gave a reason. */
  at?: string
  reason?: string
}

/**
 * The way that the case went, from its history: each step with its day, and a round for each time
 * that it came back to a step, postponed, sent back or in the next cycle. Then what is ahead.
 */
function rounds(whole: WholeCase): Step[][] {
  const moves = whole.events.filter((e) => e.from !== e.to)
  const ahead: Step[] = whole.open ? whole.road.filter((s) => s.stands === 'ahead') : []
  const first = whole.road[0]
  const here: Step = { state: whole.state, title: whole.state_title, stands: 'here' }
  if (moves.length === 0)
    return [
      [
        ...whole.road.filter((s) => s.stands === 'passed'),
        { ...here, at: whole.begun_at },
        ...ahead,
      ],
    ]
  // What was taken up from before the system has no way behind it.
  const list: Step[][] = [
    first && moves[0]?.from === first.state
      ? [{ state: first.state, title: first.title, stands: 'passed', at: whole.begun_at }]
      : [],
  ]
  for (const e of moves) {
    let last = list.at(-1) ?? []
    if (last.some((s) => s.state === e.to)) {
      last = []
      list.push(last)
    }
    last.push({
      state: e.to,
      title: e.to_title,
      stands: 'passed',
      at: e.recorded_at,
      reason: e.reason,
    })
  }
  const end = list.at(-1) ?? []
  const now = end.pop()
  end.push({ ...here, at: now?.at, reason: now?.reason }, ...ahead)
  return list
}

/** Where the case is on its road, how it came there, and what is to come. */
export function Road({ whole }: { whole: WholeCase }) {
  const t = useT()
  const list = rounds(whole)
  const [only] = list
  if (list.length === 1 && only) return <Steps whole={whole} steps={only} label={t('cases.road')} />
  return (
    <ol className="rounds" aria-label={t('cases.road')}>
      {list.map((steps, n) => {
        const label = t('cases.round', { n: n + 1 })
        return (
          <li key={label}>
            <span className="quiet">{label}</span>
            <Steps whole={whole} steps={steps} label={label} />
          </li>
        )
      })}
    </ol>
  )
}

function Steps({ whole, steps, label }: { whole: WholeCase; steps: Step[]; label: string }) {
  const t = useT()
  const lang = useLang()
  return (
    <ol className="road" aria-label={label}>
      {steps.map((s) => (
        <li
          key={s.state}
          className={s.stands}
          aria-current={s.stands === 'here' ? 'step' : undefined}
        >
          {text(s.title, lang)}
          {s.at && <time dateTime={s.at}>{showTime(s.at).slice(0, 10)}</time>}
          {s.reason && <span className="why">{t('cases.reasonOf', { reason: s.reason })}</span>}
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
