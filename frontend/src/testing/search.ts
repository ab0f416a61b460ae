import type { Schema } from '../schema/types'

/** A small type with every kind of condition: at the top, in rows, from the top into an object. */
export const searchSchema: Schema = {
  type: 'object',
  additionalProperties: false,
  title: '清监搜身',
  required: ['search_kind', 'searchers', 'findings_count', 'handover'],
  properties: {
    search_kind: {
      title: '检查类别',
      'x-en': 'Kind of search',
      type: 'string',
      oneOf: [
        { const: 'cell', title: '清监', 'x-en': 'Cell search' },
        { const: 'body', title: '搜身', 'x-en': 'Body search' },
      ],
    },
    places: {
      title: '检查部位',
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, maxLength: 40 },
    },
    same_sex_confirmed: { title: '同性别民警检查', type: 'boolean', const: true },
    searchers: {
      title: '检查民警',
      type: 'array',
      minItems: 2,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^\\d{7}$',
        'x-message': { pattern: { zh: '警号应为 7 位数字', en: 'Seven digits' } },
      },
    },
    findings_count: { title: '查获件数', type: 'integer', minimum: 0, maximum: 500 },
    findings: {
      title: '查获物品',
      type: 'array',
      maxItems: 500,
      'x-ui': { widget: 'rows' },
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['item_class', 'item_name', 'disposal'],
        properties: {
          item_class: {
            title: '类别',
            type: 'string',
            oneOf: [
              { const: 'prohibited', title: '违禁品' },
              { const: 'irregular', title: '违规品' },
            ],
          },
          item_name: { title: '名称', type: 'string', minLength: 1, maxLength: 40 },
          disposal: {
            title: '处置',
            type: 'string',
            oneOf: [
              { const: 'seized', title: '收缴' },
              { const: 'transferred', title: '移交' },
            ],
          },
          receiver: { title: '接收单位', type: 'string', minLength: 1, maxLength: 40 },
        },
        allOf: [
          {
            if: { properties: { disposal: { const: 'transferred' } }, required: ['disposal'] },
            then: { required: ['receiver'] },
          },
        ],
      },
    },
    handed_to_investigation: { title: '移送侦查', type: 'boolean' },
    case_no: { title: '移送文号', type: 'string', minLength: 1, maxLength: 30 },
    handover: {
      title: '交接',
      type: 'object',
      additionalProperties: false,
      required: ['keys_ok'],
      properties: {
        keys_ok: { title: '钥匙无误', type: 'boolean' },
        open_matters: { title: '未了事项', type: 'string', minLength: 1, maxLength: 500 },
      },
    },
    total: { title: '合计', type: 'number', readOnly: true },
  },
  allOf: [
    {
      if: { properties: { search_kind: { const: 'cell' } }, required: ['search_kind'] },
      then: { required: ['places'] },
      else: { required: ['same_sex_confirmed'] },
    },
    {
      if: {
        properties: { findings_count: { exclusiveMinimum: 0 } },
        required: ['findings_count'],
      },
      then: { required: ['findings'], properties: { findings: { minItems: 1 } } },
    },
    {
      if: {
        properties: {
          findings: {
            contains: {
              properties: { item_class: { const: 'prohibited' } },
              required: ['item_class'],
            },
          },
        },
        required: ['findings'],
      },
      then: { required: ['handed_to_investigation'] },
    },
    {
      if: {
        properties: { handed_to_investigation: { const: true } },
        required: ['handed_to_investigation'],
      },
      then: { required: ['case_no'] },
    },
    {
      if: {
        properties: {
          handover: { properties: { keys_ok: { const: false } }, required: ['keys_ok'] },
        },
        required: ['handover'],
      },
      then: { properties: { handover: { required: ['open_matters'] } } },
    },
  ],
}
