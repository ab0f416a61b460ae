import type { Conditions as Of } from '../api/cases'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useLevel } from './words'
import './cases.css'

/** The conditions of a level in exact numbers, with the areas behind them. */
export function Conditions({ of }: { of: Of }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  return (
    <>
      <p>
        {level(of.level)}{' '}
        <span className={`status ${of.holds ? 'approved' : 'overdue'}`}>
          {t(of.holds ? 'cases.holds' : 'cases.holdsNot')}
        </span>
      </p>
      <p className="case-facts">
        {of.ratios.map((r) => (
          <span key={r.of}>
            {t(`cases.ratio_${r.of}`)}{' '}
            {r.applies
              ? t('cases.ratio', { passed: r.passed, all: r.all, need: r.need })
              : t(r.holds ? 'cases.notApplicable' : 'cases.noUnitFails')}
          </span>
        ))}
      </p>
      {of.says.map((s) => (
        <p key={s.zh} className="danger">
          {text(s, lang)}
        </p>
      ))}
      <p className="case-facts quiet">
        {of.areas.map((a) => (
          <span key={a.area}>
            {text(a.name, lang)} {t(a.passed ? 'cases.areaPassed' : 'cases.areaNot')}
          </span>
        ))}
      </p>
    </>
  )
}
