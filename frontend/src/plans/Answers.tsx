import { Link } from 'react-router'
import { type PrisonDuty, useDuties } from '../api/plans'
import { useT } from '../i18n'

type Of = Pick<PrisonDuty, 'kind' | 'what'> & { area?: string }

/** Who answers for it today: named for the area, or else for the prison; nobody who has left. */
export function holderOf(duties: PrisonDuty[], { kind, what, area }: Of) {
  const of = (a?: string) =>
    duties.find(
      (d) => d.kind === kind && (d.what ?? '') === (what ?? '') && d.area === a && !d.vacant,
    )?.holder
  return (area && of(area)) || of()
}

/** Who answers for a thing of a prison, for those who may know; else nothing. */
export function Answers({
  prison,
  quiet = false,
  ...of
}: Of & { prison: string; quiet?: boolean }) {
  const t = useT()
  const { data } = useDuties(prison)
  if (!data) return null
  const holder = holderOf(data.duties, of)
  if (!holder && quiet) return null
  return (
    <span className="quiet answers">
      {t('plans.answers')}
      {t('marks.colon')}
      {holder ? (
        holder.name
      ) : (
        <Link to={`/prisons/${prison}/responsibilities`}>{t('plans.nobody')}</Link>
      )}
    </span>
  )
}
