import { useSyncExternalStore } from 'react'

let current = ''
let timer = 0
const listeners = new Set<() => void>()

function show(message: string) {
  current = message
  for (const listener of listeners) listener()
}

/** Says something that needs no answer, for six seconds, to screen readers too. */
export function toast(message: string) {
  window.clearTimeout(timer)
  show(message)
  timer = window.setTimeout(() => show(''), 6000)
}

export function Toast() {
  const message = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
  return (
    <div role="status" className={message ? 'toast no-print' : 'sr-only'}>
      {message}
    </div>
  )
}
