import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Schema } from '../schema/types'
import { read, write } from './conditions'

const ledgers = '../schemas/ledgers'

describe('conditions of the shipped types', () => {
  const all = readdirSync(ledgers).flatMap((id) => {
    if (id.startsWith('.')) return []
    const schema = JSON.parse(readFileSync(`${ledgers}/${id}/v1/schema.json`, 'utf8')) as Schema
    return schema.allOf ?? []
  })

  it('are read into words and written back as they were', () => {
    const simple = all.filter((node) => read(node))
    // What the words cannot say is shown as it is written; that must stay the exception.
    expect(simple.length).toBeGreaterThan(all.length / 2)
    for (const node of simple) {
      const words = read(node)
      expect(words && sorted(write(words))).toEqual(sorted(node))
    }
  })
})

/** required is a set: its order says nothing. */
function sorted(node: Schema): Schema {
  const set = (s?: Schema) => s && { ...s, required: [...(s.required ?? [])].sort() }
  return { ...node, if: set(node.if), then: set(node.then) }
}

describe('a condition', () => {
  it('that says more than the words can is left alone', () => {
    const one = {
      if: { properties: { a: { const: 1 } }, required: ['a'] },
      then: { required: ['b'] },
    }
    expect(read(one as Schema)).toEqual({
      tests: [{ field: 'a', op: 'is', value: 1 }],
      asks: ['b'],
    })
    for (const more of [
      { ...one, else: { required: ['c'] } },
      { ...one, if: { properties: { a: { const: 1 } } } },
      { ...one, then: { required: ['b'], properties: { b: { const: true } } } },
      { ...one, if: { properties: { a: { minimum: 1, maximum: 2 } }, required: ['a'] } },
    ]) {
      expect(read(more as Schema)).toBeUndefined()
    }
  })
})
