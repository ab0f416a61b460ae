import type { Schema } from './types'

/**
 * Writes every local $ref out, so that nothing behind this function knows of
 * references. The profile forbids recursion; a schema that recurses anyway is
 * refused here rather than hanging the page. The input is not changed.
 */
export function expand(root: Schema): Schema {
  const walk = (node: Schema, open: string[]): Schema => {
    if (node.$ref) {
      const name = node.$ref.replace(/^#\/\$defs\//, '')
      const target = root.$defs?.[name]
      if (!target || open.includes(name)) throw new Error(`unresolvable ${node.$ref}`)
      const { $ref: _, ...beside } = node
      return { ...walk(target, [...open, name]), ...walk(beside, open) }
    }
    const copy: Schema = { ...node }
    delete copy.$defs
    if (node.properties) {
      copy.properties = Object.fromEntries(
        Object.entries(node.properties).map(([key, child]) => [key, walk(child, open)]),
      )
    }
    for (const key of ['items', 'contains', 'if', 'then', 'else'] as const) {
      const child = node[key]
      if (child) copy[key] = walk(child, open)
    }
    if (node.allOf) copy.allOf = node.allOf.map((child) => walk(child, open))
    return copy
  }
  return walk(root, [])
}
