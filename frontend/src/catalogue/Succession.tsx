import { Link } from 'react-router'
import type { LedgerHead } from '../api/model'
import { useCatalogue } from '../api/queries'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

/** Where a ledger that is no longer kept went, and from where one that is kept receives old entries. */
export function Succession({ type }: { type: Pick<LedgerHead, 'id' | 'end'> }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const catalogue = useCatalogue().data
  const kept = catalogue?.ledgers.some((l) => l.id === type.end?.target)
  const before = catalogue?.ended.filter((l) => l.end?.target === type.id) ?? []
  if (type.end) {
    return (
      <p className="panel" role="status">
        {text(type.end.notice, lang)}{' '}
        {kept && (
          <Link to={`/ledgers/${type.end.target}`}>
            {t('browser.goTo', { ledger: names.ledger(type.end.target) })}
          </Link>
        )}
      </p>
    )
  }
  if (before.length === 0) return null
  return (
    <p className="panel">
      {t('browser.formerly')}{' '}
      {before.map((l) => (
        <Link key={l.id} to={`/ledgers/${l.id}`}>
          {text(l.title, lang)}
        </Link>
      ))}
    </p>
  )
}
