import type { Duty } from '../api/model'
import { useT } from '../i18n'

/** Whom nothing was filed about yet, of what is owed of each inmate. */
export function Lacking({ duty: { missing } }: { duty: Duty }) {
  const t = useT()
  if (!missing?.length) return null
  const names = missing.map((m) => `${m.name} ${m.inmate_no}`).join(t('calendar.and'))
  return (
    <details>
      <summary>{t('calendar.lacking', { count: missing.length })}</summary>
      <p className="quiet">{names}</p>
    </details>
  )
}
