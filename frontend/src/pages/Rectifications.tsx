import { useState } from 'react'
import { useRectifications } from '../api/checks'
import { usePrison } from '../api/queries'
import { Items } from '../checks/Items'
import { useT } from '../i18n'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../checks/checks.css'

/** What checks asked to be put right, what waits first. */
export default function Rectifications() {
  const t = useT()
  const prison = usePrison()
  const query = useRectifications(prison)
  const [all, showAll] = useState(false)
  return (
    <>
      <PageTitle title={t('checks.rectifications')}>
        <label>
          <input type="checkbox" checked={all} onChange={(e) => showAll(e.target.checked)} />{' '}
          {t('checks.showAll')}
        </label>
      </PageTitle>
      <section className="panel">
        <Ready query={query}>
          {(data) => {
            const list = data.rectifications.filter(
              (r) => all || r.state === 'open' || r.state === 'done',
            )
            if (list.length === 0) return <Empty>{t('checks.noItems')}</Empty>
            return (
              <>
                <Items prison={prison} list={list} />
                {data.more && <p className="quiet">{t('checks.moreItems')}</p>}
              </>
            )
          }}
        </Ready>
      </section>
    </>
  )
}
