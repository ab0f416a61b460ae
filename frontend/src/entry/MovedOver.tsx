import type { Moved } from '../api/model'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

/** The ledger got a new version under somebody's hands: what of the typing found no place, or wants a look. */
export function MovedOver({ moved }: { moved: Moved }) {
  const t = useT()
  const lang = useLang()
  const { dropped, held } = moved
  return (
    <div className="panel" role="status">
      <p>{t('edit.moved')}</p>
      {dropped.length > 0 && (
        <>
          <p className="late">{t('edit.movedDropped')}</p>
          <ul className="changes">
            {dropped.map(({ title, value }) => (
              <li key={title.zh}>
                <strong>{text(title, lang)}</strong>{' '}
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </li>
            ))}
          </ul>
        </>
      )}
      {held.length > 0 && (
        <p className="late">
          {t('edit.movedHeld', { fields: held.map((h) => text(h, lang)).join('、') })}
        </p>
      )}
    </div>
  )
}
