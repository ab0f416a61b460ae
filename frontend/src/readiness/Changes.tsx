import type { ScoreChange } from '../api/readiness'
import { useLang, useT } from '../i18n'
import { Answers } from '../plans/Answers'
import { text } from '../schema/types'
import { amount, shown } from '../score/decimal'
import { RefLink } from '../score/Tree'

interface Props {
  prison: string
  list: ScoreChange[]
  /** Of which area under which standard, where it is told who answers for what costs more. */
  of?: { area: string; standard: string }
}

/** What costs more or less than before, the largest loss first; what costs the same of more or fewer is folded away. */
export function Changes({ list, ...at }: Props) {
  const t = useT()
  const costs = (c: ScoreChange) => amount(c.after) !== amount(c.before)
  const moved = list.filter(costs)
  const same = list.filter((c) => !costs(c))
  return (
    <>
      {moved.length > 0 && <Rows list={moved} {...at} />}
      {same.length > 0 && (
        <details>
          <summary>{t('readiness.sameCost', { n: same.length })}</summary>
          <Rows list={same} {...at} />
        </details>
      )}
    </>
  )
}

function Rows({ prison, list, of }: Props) {
  const t = useT()
  const lang = useLang()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('readiness.line')}</th>
          <th scope="col" className="num">
            {t('readiness.before')}
          </th>
          <th scope="col" className="num">
            {t('readiness.after')}
          </th>
          <th scope="col" className="num">
            {t('readiness.change')}
          </th>
          <th scope="col">{t('readiness.because')}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((c) => {
          const cost = amount(c.after) - amount(c.before)
          return (
            <tr key={c.line}>
              <td>
                {c.indicator && <span className="mono">{c.indicator} </span>}
                {text(c.title, lang)}
                {of && c.indicator && cost > 0 && (
                  <div>
                    <Answers
                      prison={prison}
                      kind="indicator"
                      what={`${of.standard}/${c.indicator}`}
                      area={of.area}
                    />
                  </div>
                )}
              </td>
              <td className="num">{shown(c.before)}</td>
              <td className="num">{shown(c.after)}</td>
              <td className={cost > 0 ? 'num danger' : 'num'}>
                {cost > 0 ? '−' : '+'}
                {shown(String(Math.abs(cost)))}
              </td>
              <td>
                <Compared change={c} />
                {c.came.slice(0, 8).map((ref) => (
                  <RefLink key={ref.kind + ref.id} item={ref} prison={prison} />
                ))}
                {c.went.length > 0 && <span className="quiet">{t('readiness.went')} </span>}
                {c.went.slice(0, 8).map((ref) => (
                  <RefLink key={ref.kind + ref.id} item={ref} prison={prison} />
                ))}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What the line compared, then and now: a rate moves by what is due, too, and no entry says so. */
function Compared({ change: { was, is } }: { change: ScoreChange }) {
  const t = useT()
  const said = (m: typeof was) => m && (m.per ? `${shown(m.of)}/${shown(m.per)}` : shown(m.of))
  const before = said(was)
  const now = said(is)
  if (!now || before === now) return null
  return (
    <span>
      {before
        ? t('readiness.measured', { was: before, is: now })
        : t('readiness.measuredNow', { is: now })}{' '}
    </span>
  )
}
