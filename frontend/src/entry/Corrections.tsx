import { Button } from 'antd'
import type { Revision } from '../api/model'
import { useT } from '../i18n'

/** Ways to the revision that this one corrects, and to the one in its place. */
export function Corrections({ of, show }: { of: Revision; show: (revision: number) => void }) {
  const t = useT()
  if (!of.corrects && !of.corrected_by) return null
  const way = (text: 'entry.corrects' | 'entry.correctedBy', n: number) =>
    n > 0 && (
      <Button type="link" size="small" onClick={() => show(n)}>
        {t(text, { n })}
      </Button>
    )
  return (
    <p>
      {way('entry.corrects', of.corrects)} {way('entry.correctedBy', of.corrected_by)}
    </p>
  )
}
