import type { Extent } from '../api/model'
import { useT } from '../i18n'

/** Whose roll a week's burden was reckoned by. */
export function ExtentNote({ extent: e }: { extent: Extent | undefined }) {
  const t = useT()
  if (!e) return null
  return <span>{t(`burden.extent_${e.of}`, { inmates: e.inmates, sites: e.sites })}</span>
}
