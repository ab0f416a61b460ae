import { createContext, useContext } from 'react'
import type { Lang } from '../schema/types'

/** The name of whoever has the number; undefined where it is not known or not to be seen. */
export type Who = (kind: string, number: string) => string | undefined

/** Names as the server gives them with a document: by what a number is of and the number. */
export const NamesOfPeople = createContext<Readonly<Record<string, string>>>({})

export function useWho(): Who {
  const names = useContext(NamesOfPeople)
  return (kind, number) => names[`${kind} ${number}`]
}

/** A number as it is read: with its name, where there is one. */
export function withName(name: string | undefined, number: string, lang: Lang): string {
  if (!name) return number
  return lang === 'zh' ? `${name}（${number}）` : `${name} (${number})`
}
