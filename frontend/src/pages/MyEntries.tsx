import { useSearchParams } from 'react-router'
import type { EntryState } from '../api/model'
import { useEntries, usePrison } from '../api/queries'
import { useT } from '../i18n'
import { EntryTable } from '../ui/EntryTable'
import { More } from '../ui/More'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

const states: EntryState[] = ['draft', 'submitted', 'returned', 'approved', 'voided']

export default function MyEntries() {
  const t = useT()
  const prison = usePrison()
  const [params, setParams] = useSearchParams()
  const state = states.find((s) => s === params.get('state'))
  const query = useEntries({ prison, mine: true, state: state && [state], sort: 'changed_at' })
  return (
    <>
      <PageTitle title={t('menu.mine')}>
        <label>
          {t('entry.state')}{' '}
          <select
            value={state ?? ''}
            onChange={(e) =>
              setParams(e.target.value ? { state: e.target.value } : {}, { replace: true })
            }
          >
            <option value="">{t('inbox.all')}</option>
            {states.map((s) => (
              <option key={s} value={s}>
                {t(`entryState.${s}`)}
              </option>
            ))}
          </select>
        </label>
      </PageTitle>
      <Ready
        query={query}
        empty={(data) => data.pages.every((p) => p.entries.length === 0)}
        whenEmpty={t('mine.empty')}
      >
        {(data) => (
          <div className="panel">
            <EntryTable entries={data.pages.flatMap((p) => p.entries)} />
            <More query={query} />
          </div>
        )}
      </Ready>
    </>
  )
}
