import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RowResult, SentRow } from '../api/batch'
import { ProblemError } from '../api/problem'
import { coerce } from '../form/paste'
import type { Doc, FormLayout, Schema } from '../schema/types'
import { cellText, columnsOf } from './columns'
import { Sender } from './sender'
import { BatchStore, errorsOf, planPaste, problemsAt } from './store'

const schema: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['number', 'points'],
  properties: {
    number: { type: 'string', title: '编号', pattern: '^\\d{10}$' },
    points: { type: 'number', title: '分', minimum: 0, maximum: 50 },
    kind: {
      type: 'string',
      title: '类别',
      oneOf: [
        { const: 'a', title: '甲' },
        { const: 'b', title: '乙' },
      ],
    },
    agreed: { type: 'boolean', title: '同意' },
    at: { type: 'string', title: '时间', format: 'date-time' },
    names: { type: 'array', title: '人员', items: { type: 'string' } },
    review: {
      type: 'object',
      title: '复核',
      additionalProperties: false,
      properties: { by: { type: 'string', title: '谁' }, done: { type: 'boolean', title: '完成' } },
    },
    rows: {
      type: 'array',
      title: '明细',
      items: { type: 'object', properties: { a: { type: 'string' } } },
    },
    total: { type: 'number', title: '合计', readOnly: true },
  },
}
const layout: FormLayout = {
  sections: [{ id: 'all', title: { zh: '全部' }, fields: Object.keys(schema.properties!) }],
}
const columns = columnsOf(schema, layout, 'zh')
const words = { yes: '是', no: '否' }

function begun(count = 3) {
  const store = new BatchStore(schema, 'zh')
  store.load(
    Array.from({ length: count }, (_, i) =>
      BatchStore.fresh(`k${i}`, `第${i}人`, { number: `000000000${i}`, points: 35 }),
    ),
  )
  return store
}

describe('columns', () => {
  it('are the plain fields, small objects spread, the rest to be opened', () => {
    expect(columns.map((c) => `${c.pointer} ${c.kind}`)).toEqual([
      '/number cell',
      '/points cell',
      '/kind cell',
      '/agreed cell',
      '/at cell',
      '/names cell',
      '/review/by cell',
      '/review/done cell',
      '/rows side',
      '/total computed',
    ])
  })

  it('show what typing it again gives back', () => {
    const values: Record<string, Doc[string]> = {
      '/points': 1.5,
      '/kind': 'b',
      '/agreed': false,
      '/at': '2026-11-24T09:05:00+08:00',
      '/names': ['甲', '乙'],
    }
    for (const { pointer, node } of columns.filter((c) => c.pointer in values)) {
      const value = values[pointer]!
      expect(coerce(cellText(node, value, 'zh', words), node)).toEqual(value)
    }
  })
})

describe('a batch', () => {
  it('keeps every other row as it is when one changes', () => {
    const store = begun()
    const before = store.rows
    store.apply([{ row: 'k1', pointer: '/points', value: 20 }])
    expect(store.rows[1]!.doc.points).toBe(20)
    expect(store.rows[0]).toBe(before[0])
    expect(store.rows[2]).toBe(before[2])
  })

  it('plans a paste, carries it out in one act and takes it back in one', () => {
    const store = begun(2)
    const at = { row: 1, column: 1 }
    const plan = planPaste(store, columns, at, [
      ['４０', '乙', '是'],
      ['41', '甲', 'x'],
    ])
    expect(plan.missing).toBe(1)
    expect(plan.changes.map((c) => `${c.row} ${c.pointer} ${c.value}`)).toEqual([
      'k1 /points 40',
      'k1 /kind b',
      'k1 /agreed true',
      '+2 /points 41',
      '+2 /kind a',
      '+2 /agreed x',
    ])
    const before = store.rows.map((r) => r.doc)
    store.paste(plan, { number: '' })
    expect(store.rows.map((r) => r.doc.points)).toEqual([35, 40, 41])
    store.undo()
    expect(store.rows.map((r) => r.doc)).toEqual(before)
    expect(store.undoable).toBe(false)
  })

  it('leaves computed and opened columns out of a paste, and what is the same', () => {
    const store = begun(1)
    const plan = planPaste(store, columns, { row: 0, column: 0 }, [
      ['0000000000', '36', '', '', '', '', '', '', '9', '9'],
    ])
    expect(plan.changes).toEqual([{ row: 'k0', pointer: '/points', value: 36 }])
  })

  it('is one undo while one cell is typed', () => {
    const store = begun()
    for (const value of [1, 12, 12.5])
      store.apply([{ row: 'k0', pointer: '/points', value }], 'cell 1')
    store.undo()
    expect(store.rows[0]!.doc.points).toBe(35)
  })

  it('says at the cell what is wrong, and lets a change clear what the server said', () => {
    const store = begun()
    store.apply([{ row: 'k0', pointer: '/points', value: 99 }])
    store.validate()
    expect(problemsAt(store.rows[0]!, '/points').map((p) => p.message)).toEqual(['不得大于 50'])
    store.heard(
      [
        {
          key: 'k1',
          status: 422,
          errors: [{ pointer: '/points', code: 'rule:x', message: '超出' }],
          warnings: [],
          document: { total: 7 },
        },
      ],
      new Map([['k1', store.rows[1]!.doc]]),
    )
    expect(errorsOf(store.rows[1]!).map((p) => p.message)).toEqual(['超出'])
    expect(store.value(store.rows[1]!, '/total')).toBe(7)
    store.apply([{ row: 'k1', pointer: '/points', value: 3 }])
    expect(errorsOf(store.rows[1]!)).toEqual([])
  })

  it('does not take an answer about a row that has changed since', () => {
    const store = begun()
    const asked = new Map([['k0', store.rows[0]!.doc]])
    store.apply([{ row: 'k0', pointer: '/points', value: 3 }])
    store.heard(
      [
        {
          key: 'k0',
          status: 422,
          errors: [{ pointer: '', code: 'rule:x', message: '旧' }],
          warnings: [],
        },
      ],
      asked,
    )
    expect(errorsOf(store.rows[0]!)).toEqual([])
  })
})

describe('sending', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const entry = (id: string) => ({ id }) as RowResult['entry']
  const filed = (r: SentRow): RowResult => ({
    key: r.key,
    status: 201,
    entry: entry(`e${r.key}`),
    errors: [],
    warnings: [],
  })

  it('files what is sound, keeps the rest with its errors, and sends nothing else', async () => {
    const store = begun()
    store.apply([{ row: 'k1', pointer: '/points', value: 99 }])
    const sent: string[] = []
    const sender = new Sender(
      store,
      async (rows) => {
        sent.push(...rows.map((r) => r.key))
        return rows.map((r) =>
          r.key === 'k2'
            ? {
                key: r.key,
                status: 422,
                errors: [{ pointer: '/number', code: 'rule:once', message: '已有' }],
                warnings: [],
                message: '须修改',
              }
            : filed(r),
        )
      },
      async () => true,
    )
    expect(store.give()).toBe(2)
    await sender.run()
    expect(sent).toEqual(['k0', 'k2'])
    expect(store.rows.map((r) => r.state)).toEqual(['filed', 'editing', 'editing'])
    expect(store.rows[0]!.entry).toBe('ek0')
    expect(errorsOf(store.rows[2]!).map((p) => p.message)).toEqual(['已有'])
  })

  it('marks a row whose shared field was filed with another value than was typed, and nothing else of it', async () => {
    const store = begun(2)
    const stands = { pointer: '/total', code: 'shared_stands', message: '以来源的值 100 为准' }
    const rule = { pointer: '/total', code: 'rule:high', message: '偏高' }
    const answer = async (rows: SentRow[]) =>
      rows.map((r) => ({ ...filed(r), warnings: r.key === 'k0' ? [stands, rule] : [rule] }))
    store.give()
    await new Sender(store, answer, async () => true).run()
    const at = store.rows.map((row) => problemsAt(row, '/total').map((p) => [p.code, p.level]))
    expect(at).toEqual([[['shared_stands', 'warning']], []])
    expect(store.rows.flatMap(errorsOf)).toEqual([])
  })

  it('divides what the grid took among the rows, to the last second, and again where one comes back', async () => {
    const store = begun(3)
    const sent: (SentRow['effort'] | undefined)[] = []
    const answer = vi.fn(async (rows: SentRow[]) => {
      sent.push(...rows.map((r) => r.effort))
      return rows.map((r) =>
        r.key === 'k2' && sent.length <= 3
          ? { key: r.key, status: 422, errors: [], warnings: [], message: '再看看' }
          : filed(r),
      )
    })
    const sender = new Sender(store, answer, async () => true)
    expect(store.give({ seconds: 100, keystrokes: 7 })).toBe(3)
    await sender.run()
    expect(sent.map((e) => e?.seconds)).toEqual([33, 33, 34])
    expect(sent.map((e) => e?.keystrokes)).toEqual([2, 2, 3])
    store.give({ seconds: 5, keystrokes: 1 })
    await sender.run()
    expect(sent[3]).toEqual({ seconds: 39, keystrokes: 4 })
  })

  it('sends the same again until the server answers, and nothing can be changed meanwhile', async () => {
    const store = begun()
    const bodies: string[] = []
    let down = 2
    const kept = vi.fn(async () => true)
    const sender = new Sender(
      store,
      async (rows) => {
        bodies.push(JSON.stringify(rows))
        if (down-- > 0) throw new ProblemError(0, 'unreachable', '')
        return rows.map(filed)
      },
      kept,
    )
    store.give()
    await sender.run()
    expect(kept).toHaveBeenCalled()
    expect(sender.unreachable).toBe(true)
    store.apply([{ row: 'k0', pointer: '/points', value: 1 }])
    expect(store.rows[0]!.doc.points).toBe(35)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(bodies).toHaveLength(3)
    expect(new Set(bodies).size).toBe(1)
    expect(store.rows.every((r) => r.state === 'filed')).toBe(true)
    expect(sender.unreachable).toBe(false)
  })

  it('sends a row of unknown outcome again, and takes all back that are refused together', async () => {
    const store = begun(2)
    let tries = 0
    const sender = new Sender(
      store,
      async (rows) => {
        tries++
        if (tries === 1)
          return [filed(rows[0]!), { key: rows[1]!.key, status: 503, errors: [], warnings: [] }]
        throw new ProblemError(403, 'forbidden', '没有权限')
      },
      async () => true,
    )
    store.give()
    await sender.run()
    expect(store.rows.map((r) => r.state)).toEqual(['filed', 'waiting'])
    await vi.advanceTimersByTimeAsync(4000)
    expect(store.rows[1]).toMatchObject({ state: 'editing', failure: '没有权限' })
  })
})

describe('shared fields', () => {
  const pin = (value: number, offered = false) => ({
    field: '/points',
    ledger: 'l',
    of: [],
    value,
    taken_at: '2026-11-25T02:00:00Z',
    offered,
  })
  const told = (store: BatchStore, pins: RowResult['pins']) =>
    store.heard(
      [{ key: 'k0', status: 200, document: {}, errors: [], warnings: [], pins }],
      new Map([['k0', store.row('k0')!.doc]]),
    )
  const points = columns.findIndex((c) => c.pointer === '/points')

  it('stand as the source says, whatever is typed, cleared or pasted over them', () => {
    const store = begun()
    told(store, [pin(12)])
    expect(store.row('k0')?.doc.points).toBe(12)
    store.apply([{ row: 'k0', pointer: '/points', value: 40 }])
    store.apply([{ row: 'k0', pointer: '/points', value: undefined }])
    expect(store.row('k0')?.doc.points).toBe(12)
    const plan = planPaste(store, columns, { row: 0, column: points }, [['40'], ['41']])
    expect(plan.changes.map((c) => c.row)).toEqual(['k1'])
    expect(plan.pinned).toBe(1)
    store.paste(plan, {})
    expect(store.rows.map((r) => r.doc.points)).toEqual([12, 41, 35])
  })

  it('go with the source, are free without one, and are no act that undo takes back', () => {
    const store = begun()
    told(store, [pin(12)])
    expect(store.undoable).toBe(false)
    expect(store.unasked.size).toBe(3)
    told(store, [pin(13)])
    expect(store.row('k0')?.doc.points).toBe(13)
    told(store, [])
    expect(store.row('k0')?.doc.points).toBeUndefined()
    store.apply([{ row: 'k0', pointer: '/points', value: 40 }])
    told(store, [pin(13, true)])
    expect(store.row('k0')?.doc.points).toBe(40)
  })
})
