import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'

/** One act of a form: whether it runs, and what the server refused of it, in its words. */
export function useAct() {
  const queries = useQueryClient()
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  /** Whether it was done. */
  const run = async (fn: (key: string) => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setProblems([])
    try {
      await once(fn)
      await queries.invalidateQueries()
      return true
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems([error.message, ...error.errors.map((x) => x.message)])
      // What is shown is no more: it is looked at again, and what was typed stays.
      if (error.status === 409 || error.status === 412) await queries.invalidateQueries()
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, problems, run }
}
