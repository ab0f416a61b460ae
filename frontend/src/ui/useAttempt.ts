import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemError } from '../api/problem'
import { toast } from './toast'

/**
 * One act at a time. What the server refuses is said; whatever came of it, all that is shown is
 * asked for anew before the act is over. Tells whether it stands.
 */
export function useAttempt() {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const attempt = async (what: () => Promise<unknown>): Promise<boolean> => {
    if (busy) return false
    setBusy(true)
    try {
      await what()
      return true
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast([error.message, ...error.errors.map((e) => e.message)].join(' '))
      return false
    } finally {
      await queries.invalidateQueries().finally(() => setBusy(false))
    }
  }
  return { busy, attempt }
}
