import type { components } from '../api/api-schema'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

/** Why something cannot be filled or changed now, and who can lift it. */
export function LockNote({ lock }: { lock: components['schemas']['Lock'] | null | undefined }) {
  const t = useT()
  const lang = useLang()
  if (!lock) return null
  return (
    <span className="lock" data-lock={lock.code}>
      {t('calendar.locked', { why: text(lock.why, lang), who: text(lock.who, lang) })}
    </span>
  )
}
