import { Button } from 'antd'
import { useState } from 'react'
import { listEntries } from '../api/entries'
import type { Entry } from '../api/model'
import { formatSummary } from '../entry/SummaryText'
import { useLang, useT } from '../i18n'
import { useNames } from '../ui/names'

/** The entry that proves what was put right: found by words in it, and chosen from those found. */
export function Proof({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const [said, say] = useState('')
  const [found, setFound] = useState<Entry[]>()
  const find = async () => {
    const page = await listEntries({
      prison,
      ...(area ? { area } : {}),
      state: ['submitted', 'approved'],
      q: said.trim() || undefined,
      limit: 20,
    })
    setFound(page.entries)
  }
  return (
    <>
      <label className="wide">
        {t('checks.proofFind')}
        <span>
          <input
            value={said}
            onChange={(e) => say(e.target.value)}
            onKeyDown={(e) => {
              if (e.key !== 'Enter') return
              e.preventDefault() // looks for it; the form is sent by its button
              void find()
            }}
          />{' '}
          <Button onClick={() => void find()}>{t('checks.proofLook')}</Button>
        </span>
      </label>
      {found && (
        <label className="wide">
          {t('checks.proof')}
          <select name="entry">
            <option value="">
              {t(found.length > 0 ? 'checks.proofMeans' : 'checks.proofNone')}
            </option>
            {found.map((e) => (
              <option key={e.id} value={e.id}>
                {`${e.day ?? ''} ${names.ledger(e.ledger)} ${formatSummary(e, lang)}`.trim()}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
