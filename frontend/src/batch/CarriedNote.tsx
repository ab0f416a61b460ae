import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import type { Dropped } from './carry'

/** More than these only say how many they are. */
const shown = 20

/** That the ledger has a new version, and what of the rows found no place in it. */
export function CarriedNote({
  version,
  dropped,
}: {
  version: number
  dropped: readonly Dropped[]
}) {
  const t = useT()
  const lang = useLang()
  return (
    <section className="panel" role="status">
      <p>{t('batch.carried', { version })}</p>
      {dropped.length > 0 && (
        <>
          <p>{t('batch.carriedWithout')}</p>
          <ul>
            {dropped.slice(0, shown).map((d) => (
              <li key={`${d.row} ${d.title.zh}`}>
                {t('batch.strayAt', { row: d.row, name: d.name })} {text(d.title, lang)}
                {t('marks.colon')}
                {typeof d.value === 'string' ? d.value : JSON.stringify(d.value)}
              </li>
            ))}
          </ul>
          {dropped.length > shown && (
            <p>{t('batch.moreStrays', { count: dropped.length - shown })}</p>
          )}
        </>
      )}
    </section>
  )
}
