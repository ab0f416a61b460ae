import { describe, expect, it } from 'vitest'
import { searchSchema } from '../testing/search'
import { formatValue, labelOf, nodeAt } from './labels'

describe('labels', () => {
  it('puts pointers into words', () => {
    expect(labelOf(searchSchema, '/findings/1/item_name', 'zh')).toBe('查获物品 2 · 名称')
    expect(labelOf(searchSchema, '/search_kind', 'en')).toBe('Kind of search')
    expect(labelOf(searchSchema, '/searchers/0', 'zh')).toBe('检查民警 1')
  })

  it.each([
    ['/search_kind', 'cell', '清监'],
    ['/handed_to_investigation', false, '否'],
    ['/places', ['301', '302'], '301、302'],
    ['/findings_count', undefined, '—'],
  ] as const)('formats %s %j', (pointer, value, want) => {
    expect(formatValue(nodeAt(searchSchema, pointer), value as never, 'zh')).toBe(want)
  })

  it('puts the name to a number that is looked up, alone or in a list', () => {
    const police = { 'x-ui': { lookup: 'police' } }
    const who = (kind: string, number: string) =>
      kind === 'police' && number === '0000001' ? '张三' : undefined
    expect(formatValue(police, '0000001', 'zh', who)).toBe('张三（0000001）')
    expect(formatValue(police, '0000009', 'zh', who)).toBe('0000009')
    const both = ['0000001', '0000009']
    expect(formatValue({ ...police, type: 'array', items: {} }, both, 'zh', who)).toBe(
      '张三（0000001）、0000009',
    )
    expect(formatValue({ type: 'array', items: police }, both, 'en', who)).toBe(
      '张三 (0000001), 0000009',
    )
    expect(formatValue({}, '0000001', 'zh', who)).toBe('0000001')
  })

  it('shows times in +08:00 and units behind numbers', () => {
    expect(formatValue({ format: 'date-time' }, '2026-11-24T01:00:00Z', 'zh')).toBe(
      '2026-11-24 09:00',
    )
    expect(formatValue({ 'x-unit': { zh: '人', en: 'persons' } }, 3, 'en')).toBe('3 persons')
  })
})
