import { useEffect } from 'react'
import { type Common, checkRows, versionPassed } from '../api/batch'
import { isProblem, ProblemError } from '../api/problem'
import type { BatchStore } from './store'

/** So long after the last change the schema is asked, and the server's rules, in milliseconds. */
const schemaAfter = 250
const rulesAfter = 800

/** More than a check takes at once; the rest is asked with the next. */
const checkedAtOnce = 100

/** Asks the schema of what was changed, some time after. */
export function useSchema(store: BatchStore) {
  useEffect(() => {
    let timer = 0
    let seen = store.changes
    const stop = store.subscribe(() => {
      if (store.changes === seen) return
      seen = store.changes
      window.clearTimeout(timer)
      timer = window.setTimeout(() => store.validate(), schemaAfter)
    })
    return () => {
      stop()
      window.clearTimeout(timer)
    }
  }, [store])
}

/**
 * Asks the rules for rows whose schema holds, some time after they changed; where fields are taken
 * from elsewhere for all, for what a row lacks may be what a source says.
 */
export function useRules(
  store: BatchStore,
  common: () => Common,
  files: string | undefined,
  learn: () => void,
  sourced: boolean,
) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other files, other answers
  useEffect(() => {
    let timer = 0
    let asked = new AbortController()
    const ask = async () => {
      const due = store.rows
        .filter(
          (r) =>
            r.state === 'editing' &&
            store.unasked.has(r.key) &&
            (sourced || r.problems.length === 0),
        )
        .slice(0, checkedAtOnce)
      if (due.length === 0) return
      asked = new AbortController()
      const docs = new Map(due.map((r) => [r.key, r.doc]))
      try {
        const sent = due.map((r) => ({ key: r.key, body: store.toSend(r) }))
        const results = await checkRows(common(), sent, asked.signal)
        for (const [key, doc] of docs) if (store.row(key)?.doc === doc) store.unasked.delete(key)
        store.heard(results, docs)
      } catch (error) {
        if (isProblem(error, versionPassed)) learn()
        // Without the server the schema alone speaks; the rules are asked with the next change.
        if (!(error instanceof ProblemError) && !asked.signal.aborted) throw error
      }
    }
    const later = () => {
      window.clearTimeout(timer)
      if (store.unasked.size > 0) timer = window.setTimeout(() => void ask(), rulesAfter)
    }
    later()
    const stop = store.subscribe(later)
    return () => {
      stop()
      window.clearTimeout(timer)
      asked.abort()
    }
  }, [store, common, files, learn, sourced])
}
