import { describe, expect, it } from 'vitest'
import type { Trace } from '../api/retrieval'
import { layOut } from './lanes'
import { kindOf, kindOfEntry } from './subject'

const item = (ledger: string, from: string) =>
  ({
    entry: { id: `${ledger}${from}`, ledger },
    from,
    fields: [],
    steps: [],
  }) as unknown as Trace['items'][number]

const trace = (items: Trace['items'], marks: Trace['marks'] = []): Trace => ({
  subject: { kind: 'inmate', ref: '0000000001' },
  items,
  links: [],
  marks,
  hidden: false,
  truncated: false,
})

describe('lanes', () => {
  it('stand by ledger, dots by time, and those too close one below the other', () => {
    const { lanes, months } = layOut(
      trace([
        item('individual-talk', '2026-09-20T09:00:00+08:00'),
        item('tool-hazmat', '2026-10-10T09:00:00+08:00'),
        item('tool-hazmat', '2026-10-10T10:00:00+08:00'),
        item('individual-talk', '2026-11-20T09:00:00+08:00'),
      ]),
    )
    expect(lanes.map((l) => [l.ledger, l.rows])).toEqual([
      ['individual-talk', 1],
      ['tool-hazmat', 2],
    ])
    expect(lanes[0]!.dots.map((d) => d.x)).toEqual([2, 98])
    expect(months.map((m) => m.label)).toEqual(['2026-10', '2026-11'])
    expect(months.every((m) => m.x > 2 && m.x < 98)).toBe(true)
  })

  it('hold one entry, and none', () => {
    expect(layOut(trace([item('a', '2026-09-20T09:00:00+08:00')])).lanes[0]!.dots[0]!.x).toBe(2)
    expect(layOut(trace([])).lanes).toEqual([])
  })
})

describe('subjects', () => {
  it('are known by their shape', () => {
    expect(kindOf(' 0000000001 ')).toBe('inmate')
    expect(kindOf('GJ-000001')).toBe('tool')
    expect(kindOf('019aa000-0000-7000-8000-000000000021')).toBe('entry')
    expect(kindOf('打火机')).toBeUndefined()
    expect(kindOf('000000001')).toBeUndefined()
    expect(kindOfEntry('hazard-rectification')).toBe('hazard')
    expect(kindOfEntry('duty-log')).toBe('entry')
  })
})
