import { describe, expect, it } from 'vitest'
import { searchSchema } from '../testing/search'
import { expand } from './expand'
import type { Doc } from './types'
import { DocumentValidator } from './validate'

const good: Doc = {
  search_kind: 'cell',
  places: ['301'],
  searchers: ['0000001', '0000002'],
  findings_count: 0,
  handover: { keys_ok: true },
}

function codes(doc: Doc): string[] {
  return new DocumentValidator(searchSchema)
    .problems(doc, 'zh')
    .map((p) => `${p.pointer} ${p.code}`)
    .sort()
}

describe('DocumentValidator', () => {
  const cases: { name: string; change: Doc; want: string[] }[] = [
    { name: 'a good document', change: {}, want: [] },
    {
      name: 'a choice that is none',
      change: { search_kind: 'x' },
      want: ['/same_sex_confirmed required', '/search_kind enum'],
    },
    { name: 'an unknown member', change: { 'a/b': 1 }, want: ['/a~1b additionalProperties'] },
    {
      name: 'a pattern in a list',
      change: { searchers: ['1', '0000002'] },
      want: ['/searchers/0 pattern'],
    },
    {
      name: 'the same twice',
      change: { searchers: ['0000001', '0000001'] },
      want: ['/searchers uniqueItems'],
    },
    {
      name: 'a missing conditional list',
      change: { findings_count: 1 },
      want: ['/findings required'],
    },
    {
      name: 'a branch below',
      change: { handover: { keys_ok: false } },
      want: ['/handover/open_matters required'],
    },
    {
      name: 'a row',
      change: {
        findings_count: 1,
        findings: [{ item_class: 'irregular', item_name: '', disposal: 'transferred' }],
      },
      want: ['/findings/0/item_name minLength', '/findings/0/receiver required'],
    },
    {
      name: 'a fraction',
      change: { findings_count: 0.5 },
      want: ['/findings required', '/findings_count type'],
    },
  ]
  it.each(cases)('$name', ({ change, want }) => expect(codes({ ...good, ...change })).toEqual(want))

  it('speaks with the words of the field, then those of the keyword', () => {
    const v = new DocumentValidator(searchSchema)
    const doc = { ...good, searchers: ['1', '0000002'], findings_count: -1 }
    expect(
      v
        .problems(doc, 'zh')
        .map((p) => p.message)
        .sort(),
    ).toEqual(['不得小于 0', '警号应为 7 位数字'])
    expect(v.problems(doc, 'en').map((p) => p.message)).toContain('Seven digits')
  })
})

describe('expand', () => {
  it('writes references out, the place of use going first', () => {
    const police = { type: 'string', pattern: '^\\d{7}$', title: '警号' } as const
    const out = expand({
      $defs: { police },
      properties: { leader: { $ref: '#/$defs/police', title: '带班领导' } },
    })
    expect(out).toEqual({ properties: { leader: { ...police, title: '带班领导' } } })
  })

  it('refuses recursion', () => {
    const loop = { $defs: { a: { items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' }
    expect(() => expand(loop)).toThrow('unresolvable')
  })
})
