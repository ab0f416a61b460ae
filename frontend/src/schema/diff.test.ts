import { describe, expect, it } from 'vitest'
import { diff } from './diff'
import type { Json } from './types'

describe('diff', () => {
  const row = (name: string, qty = 1): Json => ({ name, qty })
  const cases: { name: string; before: Json; after: Json; want: string[] }[] = [
    {
      name: 'equal whatever the order of keys',
      before: { a: 1, b: 2 },
      after: { b: 2, a: 1 },
      want: [],
    },
    {
      name: 'added, removed, changed',
      before: { a: 1, gone: 1, deep: { x: 1 } },
      after: { a: 2, come: 1, deep: { x: 2 } },
      want: ['/a changed', '/come added', '/deep/x changed', '/gone removed'],
    },
    {
      name: 'a row put in at the top is one row',
      before: { rows: [row('a'), row('b')] },
      after: { rows: [row('new'), row('a'), row('b')] },
      want: ['/rows/0 added'],
    },
    {
      name: 'a row taken out of the middle is one row',
      before: { rows: [row('a'), row('b'), row('c')] },
      after: { rows: [row('a'), row('c')] },
      want: ['/rows/1 removed'],
    },
    {
      name: 'a cell of a row',
      before: { rows: [row('a'), row('b')] },
      after: { rows: [row('a'), row('b', 2)] },
      want: ['/rows/1/qty changed'],
    },
    {
      name: 'lists of scalars are one value',
      before: { l: ['a'] },
      after: { l: ['a', 'b'] },
      want: ['/l changed'],
    },
  ]
  it.each(cases)('$name', ({ before, after, want }) => {
    expect(diff(before, after).map((c) => `${c.pointer} ${c.kind}`)).toEqual(want)
  })
})
