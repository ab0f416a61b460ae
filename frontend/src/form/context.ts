import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Pointer } from '../schema/pointer'
import type { Json } from '../schema/types'
import type { FormStore, ShownProblem } from './store'

export interface Option {
  value: string
  label: string
  /** Of whom the value is the number. */
  name?: string
}

/** One file of the entry, as the evidence widget shows it. */
export interface FileItem {
  id: string
  name: string
  thumbnail?: string
}

/** What the form needs from outside; the renderer itself knows no address. */
export interface FormServices {
  lookup: (kind: string, query: string, signal: AbortSignal) => Promise<Option[]>
  files: readonly FileItem[]
  /** Uploads and resolves with the id of the new evidence item. */
  upload?: (file: File, field: Pointer) => Promise<string>
  readOnly: boolean
}

export const FormContext = createContext<{ store: FormStore; services: FormServices } | null>(null)

export function useForm() {
  const form = useContext(FormContext)
  if (!form) throw new Error('no form around this field')
  return form
}

export function useValue(pointer: Pointer): Json | undefined {
  const { store } = useForm()
  return useSyncExternalStore(store.at(pointer), () => store.value(pointer))
}

/** Names of the object's hidden and required members, as one comparable string. */
export function useShape(pointer: Pointer): { hidden: Set<string>; required: Set<string> } {
  const { store } = useForm()
  const snapshot = useSyncExternalStore(store.at(pointer), () => {
    const { hidden, required } = store.shape(pointer)
    return `${[...hidden].join()};${[...required].join()}`
  })
  const [hidden, required] = snapshot.split(';')
  return { hidden: new Set(hidden!.split(',')), required: new Set(required!.split(',')) }
}

export function useShown(pointer: Pointer): readonly ShownProblem[] {
  const { store } = useForm()
  const text = useSyncExternalStore(store.at(pointer), () => {
    const shown = store.shown(pointer)
    return shown.length === 0 ? '' : JSON.stringify(shown)
  })
  return text === '' ? [] : (JSON.parse(text) as ShownProblem[])
}
