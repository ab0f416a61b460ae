import { describe, expect, it } from 'vitest'
import type { Schema } from '../schema/types'
import { coerce, layBlock, parseCells } from './paste'
import { fromLocal, toLocal } from './time'

describe('parseCells', () => {
  it.each([
    [
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"line 1\nline 2"\t"say ""yes"""', [['line 1\nline 2', 'say "yes"']]],
    [
      'a\t\n\tb',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
  ])('%j', (clip, want) => expect(parseCells(clip)).toEqual(want))
})

describe('layBlock', () => {
  const table: Schema = {
    maxItems: 3,
    items: {
      properties: { a: { type: 'string' }, sum: { type: 'number', readOnly: true }, b: {} },
    },
  }
  const lay = (clip: string, row = 0, column = 0) =>
    layBlock(parseCells(clip), '/rows', table, { row, column })

  it('lays rows one after another, whatever lines are blank', () => {
    expect(lay('x\n\n\ny\n', 1)).toEqual({
      values: [
        ['/rows/1/a', 'x'],
        ['/rows/2/a', 'y'],
      ],
      over: { rows: 0, columns: 0 },
      skipped: 0,
    })
  })

  it('counts what the table fills itself, and leaves no hole for a line of nothing else', () => {
    expect(lay('\t5\t\nx\t6\tz')).toEqual({
      values: [
        ['/rows/0/a', 'x'],
        ['/rows/0/b', 'z'],
      ],
      over: { rows: 0, columns: 0 },
      skipped: 2,
    })
  })

  it.each([
    ['w\nx\ny\nz', 0, 0, { rows: 1, columns: 0 }],
    ['x\ny', 2, 0, { rows: 1, columns: 0 }],
    ['x\ty', 0, 2, { rows: 0, columns: 1 }],
  ])('takes nothing of %j where there is no room', (clip, row, column, over) => {
    expect(lay(clip, row, column)).toEqual({ values: [], over, skipped: 0 })
  })
})

describe('coerce', () => {
  const choice: Schema = { oneOf: [{ const: 'cell', title: '清监', 'x-en': 'Cell' }] }
  it.each<[string, Schema, unknown]>([
    ['１２', { type: 'integer' }, 12],
    ['1.5', { type: 'number' }, 1.5],
    ['many', { type: 'integer' }, 'many'],
    ['是', { type: 'boolean' }, true],
    ['否', { type: 'boolean' }, false],
    ['清监', choice, 'cell'],
    ['Cell', choice, 'cell'],
    ['2026/11/3', { type: 'string', format: 'date' }, '2026-11-03'],
    ['2026年11月3日', { type: 'string', format: 'date' }, '2026-11-03'],
    ['2026-11-03 9:05', { type: 'string', format: 'date-time' }, '2026-11-03T09:05:00+08:00'],
    ['2026-11-03 9:05:30', { type: 'string', format: 'date-time' }, '2026-11-03T09:05:30+08:00'],
    [
      '０００００01、0000002',
      { type: 'array', items: { type: 'string', pattern: '\\d' } },
      ['0000001', '0000002'],
    ],
    ['  ', { type: 'string' }, undefined],
  ])('%j as %j', (typed, node, want) => expect(coerce(typed, node)).toEqual(want))
})

describe('time', () => {
  it('shows and keeps +08:00', () => {
    expect(toLocal('2026-11-24T01:05:00Z')).toBe('2026-11-24T09:05')
    expect(toLocal('2026-11-24T09:05:07+08:00')).toBe('2026-11-24T09:05:07')
    expect(toLocal('soon')).toBe('')
    expect(fromLocal('2026-11-24T09:05')).toBe('2026-11-24T09:05:00+08:00')
    expect(fromLocal('')).toBeUndefined()
  })
})
