import { Link } from 'react-router'
import { type CountedFigure, useBehind } from '../api/together'
import { useT } from '../i18n'
import { RefLink } from '../score/Tree'
import { Ready } from '../ui/States'

/** What a figure beside the score of an area counts; the numbers of the rows add up to it. */
export function Behind(props: {
  prison: string
  area: string
  figure: CountedFigure
  from?: string
  to?: string
}) {
  const { prison } = props
  const t = useT()
  return (
    <Ready
      query={useBehind(props)}
      empty={({ rows }) => rows.length === 0}
      whenEmpty={t('overview.behindNone')}
    >
      {({ rows }) => (
        <ul>
          {rows.map((r, n) => (
            <li key={n}>
              {r.day} {r.n > 0 ? r.n : `−${-r.n}`} {r.text}{' '}
              {r.check && (
                <Link to={`/prisons/${prison}/checks/${r.check}`}>{t('overview.behindCheck')}</Link>
              )}
              {(r.refs ?? []).map((ref) => (
                <RefLink key={ref.kind + ref.id} item={ref} prison={prison} />
              ))}
            </li>
          ))}
          <li>
            <strong>{t('overview.behindSum', { n: rows.reduce((sum, r) => sum + r.n, 0) })}</strong>
          </li>
        </ul>
      )}
    </Ready>
  )
}
