import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { beginAnew } from '../api/entries'
import { newKey } from '../api/http'
import type { Entry, EntryState } from '../api/model'
import { ProblemError } from '../api/problem'
import { useLang, useT } from '../i18n'
import { type Doc, text } from '../schema/types'
import { toast } from '../ui/toast'

/** Nothing leads out of these states; what was typed may begin another entry. */
export function over(state: EntryState): boolean {
  return state === 'discarded' || state === 'voided'
}

/** Begins a new entry with what was typed for one that has ended. */
export function FromThis(props: {
  of: Entry
  /** Of the ledger, that it was typed under. */
  version: number
  doc: () => Doc
  label: string
  /** What was typed has found its place. */
  done?: (begun: Entry) => Promise<unknown>
}) {
  const { of, version, doc, label, done } = props
  const t = useT()
  const lang = useLang()
  const navigate = useNavigate()
  const queries = useQueryClient()
  // However often it is tried, one entry is begun.
  const [key] = useState(newKey)
  const [busy, setBusy] = useState(false)
  const begin = async () => {
    setBusy(true)
    try {
      const { entry, moved } = await beginAnew(of, version, doc(), key)
      await done?.(entry)
      if (moved.dropped.length > 0) {
        const fields = moved.dropped.map((d) => text(d.title, lang)).join(t('marks.list'))
        toast(t('edit.anewDropped', { fields }))
      }
      await queries.invalidateQueries()
      await navigate(`/prisons/${entry.prison}/entries/${entry.id}/edit`)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button type="primary" loading={busy} onClick={() => void begin()}>
      {label}
    </Button>
  )
}
