import { describe, expect, it } from 'vitest'
import { searchSchema as schema } from '../testing/search'
import { itemBranches, prune, shape } from './conditions'
import type { Doc, Schema } from './types'

describe('shape', () => {
  const cases: { name: string; doc: Doc; hidden: string[] }[] = [
    {
      name: 'an if that does not hold takes the else',
      doc: {},
      hidden: ['case_no', 'findings', 'handed_to_investigation', 'places'],
    },
    {
      name: 'a cell search asks for places',
      doc: { search_kind: 'cell' },
      hidden: ['case_no', 'findings', 'handed_to_investigation', 'same_sex_confirmed'],
    },
    {
      name: 'a prohibited item asks for the hand-over, and that for its number',
      doc: {
        search_kind: 'cell',
        findings_count: 1,
        findings: [{ item_class: 'prohibited' }],
        handed_to_investigation: true,
      },
      hidden: ['same_sex_confirmed'],
    },
  ]
  it.each(cases)('$name', ({ doc, hidden }) => {
    expect([...shape(schema, doc).hidden].sort()).toEqual(hidden)
  })

  it('lets a condition at the top ask inside an object', () => {
    const handover = schema.properties!.handover!
    for (const [keys_ok, hidden] of [
      [true, ['open_matters']],
      [false, []],
    ] as const) {
      const top = shape(schema, { handover: { keys_ok } })
      expect([...shape(handover, { keys_ok }, top.below('handover')).hidden]).toEqual(hidden)
    }
  })

  it('decides each row by itself', () => {
    const findings = schema.properties!.findings!
    const rows = itemBranches(shape(schema, {}).below('findings'))
    expect(shape(findings.items!, { disposal: 'seized' }, rows).hidden).toContain('receiver')
    expect(shape(findings.items!, { disposal: 'transferred' }, rows).hidden.size).toBe(0)
  })
})

describe('prune', () => {
  it('sends nothing hidden, computed, or empty, and follows the chain of conditions', () => {
    const doc: Doc = {
      search_kind: 'cell',
      places: ['301', ''],
      same_sex_confirmed: true,
      findings_count: 0,
      findings: [{ item_class: 'prohibited', disposal: 'seized', receiver: 'left over' }],
      handed_to_investigation: true,
      case_no: '1',
      handover: { keys_ok: true, open_matters: 'left over' },
      total: 3,
    }
    expect(prune(schema, doc)).toEqual({
      search_kind: 'cell',
      places: ['301'],
      findings_count: 0,
      handover: { keys_ok: true },
    })
  })

  it('lets conditions ask computed fields, and sends those not', () => {
    const node: Schema = {
      properties: { difference: { readOnly: true }, reason: {} },
      allOf: [
        {
          if: { properties: { difference: { exclusiveMinimum: 0 } }, required: ['difference'] },
          then: { required: ['reason'] },
        },
      ],
    }
    expect(prune(node, { reason: 'x', difference: 1 })).toEqual({ reason: 'x' })
    expect(prune(node, { reason: 'x', difference: 0 })).toEqual({})
  })

  it('keeps zero and false', () => {
    expect(prune(schema, { findings_count: 0, handover: { keys_ok: true } })).toEqual({
      findings_count: 0,
      handover: { keys_ok: true },
    })
  })
})
