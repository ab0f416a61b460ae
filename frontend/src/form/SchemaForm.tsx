import { useEffect, useMemo } from 'react'
import { useLang } from '../i18n'
import type { Pointer } from '../schema/pointer'
import { type FormLayout, text } from '../schema/types'
import { FormContext, type FormServices } from './context'
import { idOf, ObjectFields } from './Field'
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

  useEffect(() => {
    store.lang = lang
    store.validate()
    let timer = 0
    let seen = store.changes
    const stop = store.subscribe(() => {
      if (store.changes === seen) return
      seen = store.changes
      window.clearTimeout(timer)
      // Whole-document validation costs a few milliseconds: not on every key.
      timer = window.setTimeout(() => store.validate(), 120)
    })
    return () => {
      stop()
      window.clearTimeout(timer)
    }
  }, [store, lang])

  return (
    <FormContext value={form}>
      <div className="schema-form">
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

/** Brings the first of these fields that is on the page into sight and focuses it. */
export function focusField(pointers: Pointer[]) {
  for (const pointer of pointers) {
    for (let at = pointer; at; at = at.slice(0, at.lastIndexOf('/'))) {
      const element = document.getElementById(idOf(at))
      if (!element) continue
      element.scrollIntoView({ block: 'center' })
      element.focus()
      return
    }
  }
}
