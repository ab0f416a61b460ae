import { useState } from 'react'
import { useEligibility } from '../api/cases'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import { Conditions } from './Conditions'
import { useLevel } from './words'
import './cases.css'

const levels = ['standard', 'demonstration'] as const

/** What a prison's conditions would be if areas passed that have not: for its plan, nothing is kept. */
export function Suppose({ prison }: { prison: string }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const nameOf = useLevel()
  const [level, choose] = useState<string>('standard')
  const [passing, suppose] = useState<string[]>([])
  const now = useEligibility(prison, level, [])
  const then = useEligibility(prison, level, passing)
  const turn = (area: string) =>
    suppose(passing.includes(area) ? passing.filter((a) => a !== area) : [...passing, area])
  return (
    <section className="panel" aria-labelledby="suppose">
      <h2 id="suppose">
        {t('cases.suppose')} · {names.prison(prison)}
      </h2>
      <p className="quiet">{t('cases.supposeMeans')}</p>
      <label>
        {t('cases.level')}
        <select value={level} onChange={(e) => choose(e.target.value)}>
          {levels.map((l) => (
            <option key={l} value={l}>
              {nameOf(l)}
            </option>
          ))}
        </select>
      </label>
      <Ready query={now}>
        {(of) => {
          const open = of.areas.filter((a) => !a.passed)
          if (open.length === 0) return <p>{t('cases.supposeNone')}</p>
          return (
            <fieldset className="case-facts">
              <legend>{t('cases.supposeAreas')}</legend>
              {open.map((a) => (
                <label key={a.area}>
                  <input
                    type="checkbox"
                    checked={passing.includes(a.area)}
                    onChange={() => turn(a.area)}
                  />{' '}
                  {text(a.name, lang)}
                </label>
              ))}
            </fieldset>
          )
        }}
      </Ready>
      <div aria-live="polite">
        <Ready query={then}>{(of) => <Conditions of={of} />}</Ready>
      </div>
    </section>
  )
}
