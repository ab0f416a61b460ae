import { join, type Pointer } from './pointer'
import { isObject, type Json } from './types'

/** One difference between two documents. Rows are compared whole, by position after alignment. */
export interface Change {
  pointer: Pointer
  kind: 'added' | 'removed' | 'changed'
  before?: Json
  after?: Json
}

/** Field-level differences, in the order of the later document, removed ones where they stood. */
export function diff(
  before: Json | undefined,
  after: Json | undefined,
  at: Pointer = '',
): Change[] {
  if (same(before, after)) return []
  if (before === undefined) return [{ pointer: at, kind: 'added', after }]
  if (after === undefined) return [{ pointer: at, kind: 'removed', before }]
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)])
    return [...names].flatMap((name) => diff(before[name], after[name], join(at, name)))
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(isObject)) {
    return diffRows(before, after, at)
  }
  return [{ pointer: at, kind: 'changed', before, after }]
}

/**
 * Rows that are equal pair up first (longest common subsequence), so that a row
 * put in at the top is one added row and not every row changed.
 */
function diffRows(before: Json[], after: Json[], at: Pointer): Change[] {
  const changes: Change[] = []
  let gone: number[] = []
  let come: number[] = []
  const flush = () => {
    const pairs = Math.min(gone.length, come.length)
    for (let i = 0; i < pairs; i++) {
      changes.push(...diff(before[gone[i]!], after[come[i]!], join(at, come[i]!)))
    }
    for (const i of come.slice(pairs)) {
      changes.push({ pointer: join(at, i), kind: 'added', after: after[i] })
    }
    for (const i of gone.slice(pairs)) {
      changes.push({ pointer: join(at, i), kind: 'removed', before: before[i] })
    }
    gone = []
    come = []
  }
  for (const step of align(before, after)) {
    if (step.kind === 'same') flush()
    else if (step.kind === 'gone') gone.push(step.index)
    else come.push(step.index)
  }
  flush()
  return changes
}

type Step = { kind: 'same' } | { kind: 'gone' | 'come'; index: number }

function align(before: Json[], after: Json[]): Step[] {
  const a = before.map(canonical)
  const b = after.map(canonical)
  const length = a.map(() => new Array<number>(b.length + 1).fill(0))
  length.push(new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i]![j] =
        a[i] === b[j]
          ? length[i + 1]![j + 1]! + 1
          : Math.max(length[i + 1]![j]!, length[i]![j + 1]!)
    }
  }
  const steps: Step[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push({ kind: 'same' })
      i++
      j++
    } else if (i < a.length && (j === b.length || length[i + 1]![j]! >= length[i]![j + 1]!)) {
      steps.push({ kind: 'gone', index: i++ })
    } else {
      steps.push({ kind: 'come', index: j++ })
    }
  }
  return steps
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b))
}

/** Key order carries no meaning: this is the form of RFC 8785, as the server hashes it. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}
