import { Link } from 'react-router'
import type { WholeCase } from '../api/cases'
import { useT } from '../i18n'

type Deed = NonNullable<WholeCase['deeds']>[number]

/** Where what is counted beside a row can be looked at. */
const places: Record<string, string> = {
  brands: '/brands',
  practices: '/practices',
  pairs: '/pairs',
  people: '/trainings',
}

/** What is on record beside a row of the demonstration sheet. */
export function Deeds({ row, list = [] }: { row: string; list: Deed[] | undefined }) {
  const t = useT()
  const own = list.filter((d) => d.row === row)
  const place = places[row]
  if (own.length === 0) return null
  return (
    <span className="quiet wide">
      {t('cases.onRecord')}
      {own.map((d) => ` ${t(`cases.deed_${d.fact}`)} ${d.count}`).join(' ·')}{' '}
      {place && <Link to={place}>{t('cases.look')}</Link>}
    </span>
  )
}
