import { Link } from 'react-router'
import { useStandards, useTitled } from '../api/standards'
import { PageTabs } from '../app/PageTabs'
import { useT } from '../i18n'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** How a state is coloured. */
const look = { draft: 'draft', reviewed: 'submitted', issued: 'approved', superseded: 'voided' }

/** Every version of every standard, and which is in force. */
export default function Standards() {
  const t = useT()
  const titled = useTitled()
  const query = useStandards()
  return (
    <>
      <PageTitle title={t('standards.title')}>
        {query.data?.actions.includes('create') && (
          <Link to="/standards/import">{t('standards.import')}</Link>
        )}
      </PageTitle>
      <PageTabs of="/standards" />
      <Ready
        query={query}
        empty={({ standards }) => standards.length === 0}
        whenEmpty={t('standards.none')}
      >
        {({ standards }) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('standards.name')}</th>
                  <th scope="col">{t('standards.version')}</th>
                  <th scope="col">{t('standards.unit')}</th>
                  <th scope="col">{t('standards.line')}</th>
                  <th scope="col">{t('standards.state')}</th>
                  <th scope="col">{t('standards.effective')}</th>
                  <th scope="col">{t('standards.compare')}</th>
                </tr>
              </thead>
              <tbody>
                {standards.map((s) => (
                  <tr key={`${s.standard} ${s.version}`}>
                    <td>
                      <Link to={`/standards/${s.standard}/v/${s.version}`}>{titled(s)}</Link>
                    </td>
                    <td className="num">{s.version}</td>
                    <td>{t(`standards.unit_${s.unit.kind}`)}</td>
                    <td className="num">
                      {t('standards.ofPoints', { line: s.line, points: s.points })}
                    </td>
                    <td>
                      <span className={`status ${look[s.state]}`}>
                        {t(`standards.state_${s.state}`)}
                      </span>
                    </td>
                    <td>{s.effective_on ?? '—'}</td>
                    <td>
                      {s.version > 1 ? (
                        <Link
                          to={`/standards/${s.standard}/compare?from=${s.version - 1}&to=${s.version}`}
                        >
                          {t('standards.withBefore', { version: s.version - 1 })}
                        </Link>
                      ) : (
                        '—'
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
    </>
  )
}
