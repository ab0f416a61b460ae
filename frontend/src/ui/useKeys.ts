import { useEffect, useRef } from 'react'

export type Keys = Record<string, (() => void) | undefined>

function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return Boolean(
    element?.closest?.(
      'input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable=true]',
    ),
  )
}

/**
 * Shortcuts of a page: 'j', 'Ctrl+Enter', 'Alt+n', 'F8'. Plain letters are off while
 * somebody types, and everything is while an input method composes.
 */
export function useKeys(keys: Keys) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.isComposing || e.keyCode === 229 || e.defaultPrevented) return
      const modified = e.ctrlKey || e.metaKey || e.altKey || /^F\d/.test(e.key)
      const name = `${e.ctrlKey || e.metaKey ? 'Ctrl+' : ''}${e.altKey ? 'Alt+' : ''}${e.key.length === 1 ? e.key.toLowerCase() : e.key}`
      const act = latest.current[name]
      if (!act || (!modified && typing(e.target))) return
      e.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
