import { Link } from 'react-router'
import { type Calibration, type NewValue, type ScoredTwice, sayValue } from '../api/checks'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { ActForm } from './ActForm'
import { Ratio } from './Ratio'

/** How far those agree who scored the same lines, exactly. */
export function Calibrated({ of }: { of: Calibration }) {
  const t = useT()
  const exact = useExact()
  if (of.lines === 0) return <>{t('doubles.none')}</>
  return (
    <>
      {t('doubles.agreed', { agreed: of.agreed, lines: of.lines })} ·{' '}
      {t('doubles.mean', { points: exact(of.mean) })}
    </>
  )
}

/** A fraction is read rounded, and stands beside it as it is. */
function useExact() {
  const t = useT()
  return (points: string) =>
    points.includes('/') ? shown(points) + t('marks.aside', { of: points }) : points
}

interface Props {
  prison: string
  check: string
  draw: string
  line: string
  title: string
  of: ScoredTwice
}

/** A line that two score: each says a value without the other's, then both are there. */
export function DoubleLine({ prison, check, draw, line, title, of }: Props) {
  const t = useT()
  const said = useSaid()
  const exact = useExact()
  // Who looked there before anybody said a value: whoever came second could read it.
  const offered = of.may_say && !(of.told && of.said === 0)
  return (
    <li aria-label={title}>
      <Link to={`route#${line}`}>{title}</Link> <span className="mono quiet">{line}</span>{' '}
      {of.difference !== undefined && (
        <strong className={`status ${of.difference === '0' ? 'approved' : 'warning'}`}>
          {of.difference === '0'
            ? t('doubles.same')
            : t('doubles.apart', { points: exact(of.difference) })}
        </strong>
      )}
      {of.difference === undefined && (
        <span className="quiet">
          {t(of.told && !offered ? 'doubles.told' : 'doubles.said', { n: of.said })}
        </span>
      )}
      {of.values.length > 0 && (
        <ul>
          {of.values.map((v) => (
            <li key={v.person}>
              {v.name} {said(v)} {t('doubles.costs', { points: exact(v.points) })} {v.note}{' '}
              <span className="quiet">{showTime(v.recorded_at)}</span>
            </li>
          ))}
        </ul>
      )}
      {offered && (
        <div>
          <ActForm
            label={t('doubles.say')}
            of={title}
            done={t('doubles.done')}
            say={(typed, key) => {
              const body: NewValue = { item: line, note: typed('note') }
              if (of.asks === 'ratio') {
                body.of = typed('of')
                body.per = typed('per')
              } else body.count = Number(typed('count'))
              return sayValue(prison, check, draw, body, key)
            }}
          >
            {of.asks === 'ratio' ? (
              <Ratio />
            ) : (
              <label>
                {t('doubles.count')}
                <input name="count" type="number" required min={0} max={1000} />
              </label>
            )}
            <label className="wide">
              {t('doubles.note')}
              <input name="note" maxLength={500} />
            </label>
            <p className="wide quiet">{t('doubles.sayMeans')}</p>
          </ActForm>
        </div>
      )}
    </li>
  )
}

/** A value in words: met, so many times, or so much of so much. */
function useSaid() {
  const t = useT()
  return (v: ScoredTwice['values'][number]) => {
    if (v.of !== undefined) return `${v.of} / ${v.per}`
    return v.count === 0 ? t('looks.states.met') : t('doubles.times', { n: v.count })
  }
}
