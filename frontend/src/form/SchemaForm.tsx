import { type KeyboardEvent, useEffect, useMemo, useState } from 'react'
import { useLang } from '../i18n'
import type { Pointer } from '../schema/pointer'
import { type FormLayout, text } from '../schema/types'
import { FormContext, type FormServices } from './context'
import { idOf, ObjectFields } from './Field'
import { Burst, readCode } from './scan'
import type { FormStore } from './store'
import './form.css'

/** A document as a form, in the sections of form.json. */
export function SchemaForm(props: {
  store: FormStore
  layout: FormLayout
  services: FormServices
}) {
  const { store, layout, services } = props
  const lang = useLang()
  const form = useMemo(() => ({ store, services }), [store, services])
  const [burst] = useState(() => new Burst())

  useEffect(() => {
    store.lang = lang
    store.validate()
    let timer = 0
    let seen = store.changes
    const stop = store.subscribe(() => {
      if (store.changes === seen) return
      seen = store.changes
      window.clearTimeout(timer)
      // Whole-document validation costs milliseconds, on a slow computer many: not between two keys.
      timer = window.setTimeout(() => store.validate(), 250)
    })
    return () => {
      stop()
      window.clearTimeout(timer)
    }
  }, [store, lang])

  return (
    <FormContext value={form}>
      <div className="schema-form" onKeyDownCapture={(e) => onScan(e, burst, store)}>
        {layout.sections.map((section) => (
          <section key={section.id} aria-labelledby={`section-${section.id}`}>
            <h2 id={`section-${section.id}`}>{text(section.title, lang)}</h2>
            <ObjectFields pointer="" names={section.fields} />
          </section>
        ))}
      </div>
    </FormContext>
  )
}

/**
 * The Enter that ends a scan fills the field with what the code means and goes on to the next: a
 * look-up must not take its first suggestion for it. Lists take it as one more item by themselves.
 */
function onScan(e: KeyboardEvent<HTMLElement>, burst: Burst, store: FormStore) {
  if (e.nativeEvent.isComposing || !burst.key(e.key, e.timeStamp)) return
  const input = e.target as HTMLInputElement
  const pointer = input.closest<HTMLElement>('[data-pointer]')?.dataset.pointer
  if (!pointer || input.tagName !== 'INPUT' || store.node(pointer).type !== 'string') return
  e.preventDefault()
  e.stopPropagation()
  store.set(pointer, readCode(input.value, store.node(pointer)))
  const all = [
    ...e.currentTarget.querySelectorAll<HTMLElement>(
      'input:not([type=file]):enabled, textarea:enabled',
    ),
  ]
  all[all.indexOf(input) + 1]?.focus()
}

/** The element of a field, or of the nearest field around it, that is on the page. */
function elementOf(pointer: Pointer): HTMLElement | undefined {
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf('/'))) {
    const element = document.getElementById(idOf(at))
    if (element) return element
  }
  return undefined
}

/** Whether a problem at this pointer can be shown at a field of the page. */
export function hasPlace(pointer: Pointer): boolean {
  return elementOf(pointer) !== undefined
}

/** Brings the first of these fields that is on the page into sight and focuses it. */
export function focusField(pointers: Pointer[]) {
  const element = pointers.map(elementOf).find(Boolean)
  element?.scrollIntoView({ block: 'center' })
  element?.focus()
}
