import type { Json } from './types'
import { isObject } from './types'

/** RFC 6901. The root is ''. */
export type Pointer = string

export function join(base: Pointer, key: string | number): Pointer {
  return `${base}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function split(pointer: Pointer): string[] {
  if (pointer === '') return []
  const parts = pointer.slice(1).split('/')
  // Every field asks on every key: nearly no name needs more than this.
  if (!pointer.includes('~')) return parts
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function get(root: Json | undefined, pointer: Pointer): Json | undefined {
  let at: Json | undefined = root
  for (const key of split(pointer)) {
    if (Array.isArray(at)) at = at[Number(key)]
    else if (isObject(at)) at = Object.hasOwn(at, key) ? at[key] : undefined
    else return undefined
  }
  return at
}

/**
 * Returns a copy of root with the value at pointer; undefined removes it. Only
 * the containers on the way are copied, so everything else keeps its identity.
 */
export function set(root: Json, pointer: Pointer, value: Json | undefined): Json {
  const path = split(pointer)
  const put = (at: Json | undefined, depth: number): Json => {
    if (depth === path.length) return value as Json
    const key = path[depth]!
    if (Array.isArray(at)) {
      const copy = at.slice()
      if (value === undefined && depth === path.length - 1) copy.splice(Number(key), 1)
      else copy[Number(key)] = put(at[Number(key)], depth + 1)
      return copy
    }
    const copy = isObject(at) ? { ...at } : {}
    if (value === undefined && depth === path.length - 1) delete copy[key]
    else copy[key] = put(copy[key], depth + 1)
    return copy
  }
  return put(root, 0)
}
