import { Link } from 'react-router'
import { useStandards } from '../api/standards'
import { useT } from '../i18n'

/** A unit that no standard in force judges: nothing failed, and who may issues one. */
export function NoStandard() {
  const t = useT()
  const may = useStandards().data?.actions.includes('create')
  return (
    <div className="state" role="status">
      <p>
        <strong>{t('score.noStandard')}</strong>
      </p>
      <p>{t('score.noStandardMeans')}</p>
      {may && <Link to="/standards">{t('score.toStandards')}</Link>}
    </div>
  )
}
