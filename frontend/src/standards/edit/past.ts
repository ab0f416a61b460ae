import { useCallback, useState } from 'react'

interface Step<T> {
  now: T
  before: T[]
  after: T[]
  /** What the last change was of: going on typing in one field is one step. */
  of: string
}

const kept = 200

/** A value with what it was before, to go back to. */
export function usePast<T>(first: () => T) {
  const [step, setStep] = useState<Step<T>>(() => ({ now: first(), before: [], after: [], of: '' }))
  const put = useCallback(
    (make: (now: T) => T, of = '') =>
      setStep((s) => {
        const now = make(s.now)
        if (now === s.now) return s
        const goesOn = of !== '' && of === s.of
        return { now, before: goesOn ? s.before : [...s.before, s.now].slice(-kept), after: [], of }
      }),
    [],
  )
  const undo = useCallback(
    () =>
      setStep((s) => {
        const now = s.before.at(-1)
        if (now === undefined) return s
        return { now, before: s.before.slice(0, -1), after: [s.now, ...s.after], of: '' }
      }),
    [],
  )
  const redo = useCallback(
    () =>
      setStep((s) => {
        const [now, ...after] = s.after
        if (now === undefined) return s
        return { now, before: [...s.before, s.now], after, of: '' }
      }),
    [],
  )
  return {
    now: step.now,
    put,
    undo: step.before.length > 0 ? undo : undefined,
    redo: step.after.length > 0 ? redo : undefined,
  }
}
