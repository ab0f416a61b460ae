import { describe, expect, it } from 'vitest'
import { parsePeople, parseRows, typedOf } from './roster'

const shifts = [
  { id: 'day', title: { zh: '白班', en: 'day' }, starts: '08:00', hours: 8 },
  { id: 'night', title: { zh: '夜班', en: 'night' }, starts: '00:00', hours: 8 },
]

describe('rosters', () => {
  it('reads what was copied from a spreadsheet, and gives back what does not read', () => {
    const { rows, unread } = parseRows(
      [
        '2026-11-25\t白班\t0000001\t带班领导',
        '2026-11-25\t白班\t0000002',
        '2026-11-25,night,0000003,民警',
        '11月25日\t白班\t0000004',
        '2026-11-25\t早班\t0000004',
        '2026-11-25\t白班\t张三',
        '',
      ].join('\n'),
      shifts,
      '带班领导',
    )
    expect(rows).toEqual({
      '2026-11-25 day': { leader: '0000001', officer: '0000002' },
      '2026-11-25 night': { leader: '', officer: '0000003' },
    })
    expect(unread).toHaveLength(3)
  })

  it('keeps who is typed through both ways', () => {
    const people = [
      { number: '0000001', post: 'leader' as const },
      { number: '0000002', post: 'officer' as const },
      { number: '0000003', post: 'officer' as const },
    ]
    const typed = typedOf([{ area: 'a', day: 'd', shift: 's', version: 1, people }])
    expect(parsePeople(typed['d s'])).toEqual(people)
    expect(parsePeople({ leader: ' 0000001，', officer: '0000002、0000003' })).toEqual(people)
    expect(parsePeople(undefined)).toEqual([])
  })
})
