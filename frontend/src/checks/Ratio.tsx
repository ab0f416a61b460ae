import { useT } from '../i18n'
import { decimal } from './words'

/** So much of so much, as it was measured: both exact, as text. */
export function Ratio() {
  const t = useT()
  return (
    <>
      <label>
        {t('checks.ofWhat')}
        <input name="of" required inputMode="decimal" pattern={decimal} />
      </label>
      <label>
        {t('checks.per')}
        <input name="per" required inputMode="decimal" pattern={decimal} />
      </label>
    </>
  )
}
