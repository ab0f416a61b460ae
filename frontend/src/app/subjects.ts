import type { Subject } from './subject'

/** Each file of the folder is a subject; a new one is taken up without being named anywhere. */
const found = import.meta.glob<Subject>('./subjects/*.ts', { eager: true, import: 'subject' })

export const subjects: Subject[] = Object.keys(found)
  .sort()
  .map((path) => found[path]!)
