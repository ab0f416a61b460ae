import { Button } from 'antd'
import { Link } from 'react-router'
import { useProposals } from '../api/catalogue'
import { usePrison } from '../api/queries'
import { RefusedInstalls } from '../catalogue/RefusedInstalls'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** Changes of the catalogue: proposed, being decided, carried out, refused. */
export default function Catalogue() {
  const t = useT()
  const names = useNames()
  const prison = usePrison()
  const query = useProposals(prison)
  const may = (query.data?.ledgers.length ?? 0) + (query.data?.departments.length ?? 0) > 0
  return (
    <>
      <PageTitle title={t('menu.catalogue')}>
        {may && (
          <Link to="/catalogue/propose">
            <Button type="primary">{t('catalogue.propose')}</Button>
          </Link>
        )}
      </PageTitle>
      <Ready
        query={query}
        empty={(data) => data.proposals.length === 0}
        whenEmpty={t('catalogue.none')}
      >
        {({ proposals, more }) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('catalogue.ledger')}</th>
                  <th scope="col">{t('catalogue.kind')}</th>
                  <th scope="col">{t('catalogue.state')}</th>
                  <th scope="col">{t('catalogue.on')}</th>
                  <th scope="col">{t('catalogue.author')}</th>
                  <th scope="col">{t('catalogue.reason')}</th>
                </tr>
              </thead>
              <tbody>
                {proposals.map((p) => (
                  <tr key={p.id}>
                    <td>
                      <Link to={`/prisons/${p.prison}/proposals/${p.id}`}>
                        {names.ledger(p.content.ledger)}
                      </Link>
                    </td>
                    <td>{t(`catalogue.kind_${p.content.kind}`)}</td>
                    <td>{t(`catalogue.state_${p.state}`)}</td>
                    <td>{p.content.on}</td>
                    <td>
                      {p.author_name} <span className="quiet">{showTime(p.recorded_at)}</span>
                    </td>
                    <td>{p.content.reason}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {more > 0 && <p className="quiet">{t('catalogue.more', { count: more })}</p>}
          </div>
        )}
      </Ready>
      <RefusedInstalls list={query.data?.refused_installs ?? []} />
    </>
  )
}
