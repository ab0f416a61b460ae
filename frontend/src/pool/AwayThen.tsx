import type { Candidate } from '../api/checks'
import { useT } from '../i18n'

/** Who is chosen and away on the days that are asked for now. */
export function AwayThen({ people }: { people: Candidate[] }) {
  const t = useT()
  return people
    .filter((p) => p.away_to)
    .map((p) => (
      <p key={p.person} className="danger wide" role="alert">
        {t('pool.awayThen', { name: p.name, to: p.away_to })}
      </p>
    ))
}
