import { isObject, type Json } from '../schema/types'
import type { Files } from './design'

export const fileNames = {
  schema: 'schema.json',
  definition: 'ledger.json',
  form: 'form.json',
} as const
export type FileName = keyof typeof fileNames

/** The files as somebody types them, where they do. */
export type Texts = Partial<Record<FileName, string>>

/** The object that a text says; undefined while it says none. */
export function read(text: string): Record<string, Json> | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Files whose text says no object: what was typed there is in no file yet. */
export const unread = (texts: Texts): string[] =>
  (Object.keys(fileNames) as FileName[])
    .filter((name) => texts[name] !== undefined && !read(texts[name]))
    .map((name) => fileNames[name])

/** The text of a file: as it is typed, unless the file was changed elsewhere since. */
export function textOf(name: FileName, files: Files, texts: Texts): string {
  const typed = texts[name]
  const value = typed === undefined ? undefined : read(typed)
  const stands = value === undefined || JSON.stringify(value) === JSON.stringify(files[name])
  return typed !== undefined && stands ? typed : JSON.stringify(files[name], null, 2)
}
