import { useLedgerType } from '../api/queries'
import { Changes } from '../entry/Changes'
import { shownSchema } from '../entry/shown'
import { useT } from '../i18n'
import type { Work } from './work'

/** What was typed without the network into shared fields, and what their sources say instead. */
export function Overruled({ work }: { work: Work }) {
  const t = useT()
  const { overruled = [] } = work
  const type = useLedgerType(overruled.length > 0 ? work.ledger : '', work.version).data
  if (overruled.length === 0) return null
  return (
    <div className="late" role="note">
      <p>{t('offline.overruled')}</p>
      {type && <Changes schema={shownSchema(type)} changes={overruled} />}
    </div>
  )
}
