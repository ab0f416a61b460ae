import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Schema } from './types'
import { DocumentValidator } from './validate'

/** What the catalogue takes and refuses: the server's own test reads the same files. */
const folder = '../internal/catalog/testdata'
const read = <T>(name: string): T => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as T
const { taken, refused } = read<{
  taken: { pattern: string; yes: string[]; no: string[] }[]
  refused: { pattern: string }[]
}>('patterns.json')
const drawn = read<{ texts: string[]; patterns: Record<string, string[]> }>('patterns-drawn.json')

/** Texts that make an engine try for ever where a pattern can be read in two ways. */
const long = (pieces: string[]) =>
  pieces.flatMap((p) => [p.repeat(5000 / p.length), `${p.repeat(5000 / p.length)}\u0000`])

describe.each(taken)('$pattern', ({ pattern, yes, no }) => {
  const engine = new RegExp(pattern, 'u')
  it('means here what it means on the server', () => {
    expect(yes.filter((text) => !engine.test(text))).toEqual([])
    expect(no.filter((text) => engine.test(text))).toEqual([])
  })
  it('reads a long text at once', () => {
    const began = performance.now()
    for (const text of long([...yes, ...no].filter(Boolean))) engine.test(text)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

it('reads what was drawn at random as the server does, and long texts at once', () => {
  const texts = long(['a', 'ab', 'b', '1', 'a1', '一', '😀', 'aab'])
  const began = performance.now()
  for (const [pattern, matches] of Object.entries(drawn.patterns)) {
    const engine = new RegExp(pattern, 'u')
    expect({ pattern, matches: drawn.texts.filter((text) => engine.test(text)) }).toEqual({
      pattern,
      matches,
    })
    for (const text of texts) engine.test(text)
  }
  expect(performance.now() - began).toBeLessThan(10_000)
})

it('leaves a published pattern that it cannot read to the server', () => {
  const unreadable = refused.filter(({ pattern }) => {
    try {
      return !new RegExp(pattern, 'u')
    } catch {
      return true
    }
  })
  expect(unreadable.length).toBeGreaterThan(8)
  for (const { pattern } of unreadable) {
    const schema: Schema = {
      type: 'object',
      properties: {
        a: { type: 'string', pattern, maxLength: 3 },
        pattern: { type: 'string', title: '式样' },
      },
    }
    const problems = new DocumentValidator(schema).problems({ a: 'xxxx', pattern: 1 }, 'zh')
    expect(problems.map((p) => `${p.pointer} ${p.code}`)).toEqual(['/a maxLength', '/pattern type'])
  }
})
