import { now } from '../api/clock'
import {
  callOffAway,
  type Inspector,
  type InspectorAway,
  type SkillDomain,
  setAway,
  setSkills,
} from '../api/pool'
import { ActForm } from '../checks/ActForm'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import '../checks/checks.css'

interface Props {
  of: Inspector
  domains: SkillDomain[]
}

/** What an office says of one of its people: in which domains they are skilled, when they are away. */
export function Keep({ of, domains }: Props) {
  const t = useT()
  const lang = useLang()
  const day = today(now())
  return (
    <div className="actions">
      <ActForm
        key={`skills ${of.skills_seen}`}
        label={t('pool.setSkills')}
        of={of.name}
        done={t('checks.done')}
        say={(typed, key) => setSkills(of, typed.all('domain'), key)}
      >
        <fieldset className="wide">
          <legend>{t('pool.skills')}</legend>
          {domains.map((d) => (
            <label key={d.code}>
              <input
                type="checkbox"
                name="domain"
                value={d.code}
                defaultChecked={of.skills.includes(d.code)}
              />
              {text(d.title, lang)}
            </label>
          ))}
        </fieldset>
      </ActForm>{' '}
      <ActForm
        key={`away ${of.away_seen}`}
        label={t('pool.setAway')}
        of={of.name}
        done={t('checks.done')}
        say={(typed, key) =>
          setAway(
            of,
            { from_day: typed('from'), to_day: typed('to'), reason: typed('reason') },
            key,
          )
        }
      >
        <label>
          {t('pool.from')}
          <input type="date" name="from" required defaultValue={day} min={day} />
        </label>
        <label>
          {t('pool.to')}
          <input type="date" name="to" required defaultValue={day} min={day} />
        </label>
        <Why />
      </ActForm>
    </div>
  )
}

/** A time away that will not be. */
export function CallOff({ of, away }: { of: Inspector; away: InspectorAway }) {
  const t = useT()
  return (
    <ActForm
      label={t('pool.callOff')}
      of={`${away.from_day} – ${away.to_day}`}
      done={t('checks.done')}
      say={(typed, key) => callOffAway(of, away.n, typed('reason'), key)}
    >
      <Why />
    </ActForm>
  )
}

function Why() {
  const t = useT()
  return (
    <label className="wide">
      {t('pool.reason')}
      <input name="reason" required maxLength={200} />
    </label>
  )
}
