import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { owner } from './kept'
import { local } from './store'

/**
 * What was typed and not sent. A phone drops the page while its camera is open, and a reload is one slip
 * of a thumb. A help, never a condition: without IndexedDB it lives as long as the page.
 */
const kind = 'typed'

function write(id: string, value: { length: number }) {
  const done =
    value.length > 0 ? local.put(owner(), kind, id, value) : local.remove(owner(), kind, id)
  void done.catch(() => undefined)
}

/** State that outlives a reload, by its id; none is kept of what is empty. */
export function useLasting<T extends string | File[]>(id: string, empty: T): [T, (to: T) => void] {
  const [value, set] = useState(empty)
  // What is typed before the old is read back stands.
  const typed = useRef(false)
  useEffect(() => {
    void local
      .get<T>(owner(), kind, id)
      .then((old) => old !== undefined && !typed.current && set(old))
      .catch(() => undefined)
  }, [id])
  const put = useCallback(
    (to: T) => {
      typed.current = true
      set(to)
      write(id, to)
    },
    [id],
  )
  return [value, put]
}

/** The fields of a form, by their names; keep them as they are typed, forget them when they are sent. */
export function useLastingForm(form: RefObject<HTMLFormElement | null>, id: string | undefined) {
  const rest = useRef<[name: string, value: string][]>([])
  // What is typed before the old is read back stands.
  const typed = useRef(false)
  const fill = useCallback(() => {
    if (!form.current) return
    for (const [name, value] of rest.current) {
      for (const field of form.current.querySelectorAll<HTMLInputElement>(`[name="${name}"]`)) {
        if (field.type === 'checkbox') field.checked ||= field.value === value
        else if (field.value !== value) {
          field.value = value
          // A choice that shows other fields hears of it.
          if (field.value === value) field.dispatchEvent(new Event('change', { bubbles: true }))
        }
      }
    }
  }, [form])
  useEffect(() => {
    if (id === undefined) return
    void local
      .get<[string, string][]>(owner(), kind, id)
      .then((old) => {
        if (typed.current) return
        rest.current = old ?? []
        fill()
      })
      .catch(() => undefined)
  }, [id, fill])
  // A field that was not there yet, an option that was still on its way.
  useEffect(fill)
  const keep = useCallback(() => {
    if (id === undefined || !form.current) return
    typed.current = true
    rest.current = []
    const all = [...new FormData(form.current)].filter(([, value]) => typeof value === 'string')
    write(id, all)
  }, [form, id])
  const forget = useCallback(() => {
    rest.current = []
    if (id !== undefined) write(id, '')
  }, [id])
  return { keep, forget }
}
