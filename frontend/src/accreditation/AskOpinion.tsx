import type { WholeCase } from '../api/cases'
import { askOpinion } from '../api/opinions'
import { useOrganisation } from '../api/queries'
import { useT } from '../i18n'
import { Say } from '../together/Say'
import { useNames } from '../ui/names'

/** A department that the standard does not concern is asked besides, with the reason. */
export function AskOpinion({ whole }: { whole: WholeCase }) {
  const t = useT()
  const names = useNames()
  const asked = whole.opinions.map((o) => o.department)
  const rest = useOrganisation().data?.departments.filter((d) => !asked.includes(d.code)) ?? []
  if (rest.length === 0) return null
  return (
    <Say
      label={t('opinions.ask')}
      send={(typed, key) =>
        askOpinion(whole, { department: typed('department'), reason: typed('reason') }, key)
      }
    >
      <label>
        {t('opinions.department')}
        <select name="department">
          {rest.map((d) => (
            <option key={d.code} value={d.code}>
              {names.office(d.code)}
            </option>
          ))}
        </select>
      </label>
      <label className="wide">
        {t('opinions.reason')}
        <input name="reason" required maxLength={1000} />
      </label>
    </Say>
  )
}
