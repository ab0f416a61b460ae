import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { blank, changed, type Files, nextVersion, withField, withoutField } from './design'
import { Sides } from './Sides'

const field = { code: 'drill_min', zh: '时长', en: 'Duration', required: true, options: '' }
const first = withField(
  blank('drill', 'dept_custody', '演练', 'Drill'),
  { ...field, type: 'integer' },
  [],
)
const second: Files = nextVersion(
  withField(changed(first, ['drill_min'], { maximum: 240, 'x-unit': { zh: '分钟' } }), {
    ...field,
    code: 'visitors',
    zh: '观摩单位',
    required: false,
    type: 'choice',
    options: 'a=甲=A',
  }),
  'dept_custody',
)
function show(before: Files, after: Files) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Sides before={before} after={after} />
    </QueryClientProvider>,
  )
}
const cells = (row: HTMLElement) =>
  within(row)
    .getAllByRole('cell')
    .map((c) => c.textContent)
const part = (name: string) => screen.getByRole('rowheader', { name }).closest('tbody')!

it('shows what a field was and is, and what is added', () => {
  show(first, second)
  const rows = within(part('时长 有改动')).getAllByRole('row').map(cells)
  expect(rows).toContainEqual(['最大值', '100000', '240'])
  expect(rows).toContainEqual(['单位', '', '分钟'])
  expect(rows).toHaveLength(2)
  const added = within(part('观摩单位 新增')).getAllByRole('row').map(cells)
  expect(added).toContainEqual(['选项', '', '甲 / A（a）'])
  expect(screen.getByRole('table', { name: '版面顺序' }).textContent).toContain('时长 → 观摩单位')
})

it('shows what is gone, conditions, rules, measures and the chain', () => {
  const rule = (expr: string) => [{ id: 'r', expr, message: { zh: '请核对' } }]
  const old: Files = {
    ...second,
    schema: {
      ...second.schema,
      allOf: [
        {
          if: { properties: { drill_min: { minimum: 60 } }, required: ['drill_min'] },
          then: { required: ['visitors'] },
        },
      ],
    },
    definition: { ...second.definition, rules: rule('a'), measures: [{ id: 'm', when: 'x' }] },
  }
  const now = withoutField(old, ['visitors'])
  const after: Files = {
    ...now,
    definition: {
      ...now.definition,
      rules: rule('b'),
      measures: [{ id: 'm', when: 'y' }],
      chain: [{ id: 'new', title: { zh: '复核' }, mode: 'vote' }],
    },
  }
  show(old, after)
  part('观摩单位 停用')
  part('时长 不小于 60 → 观摩单位 停用')
  expect(within(part('r 有改动')).getAllByRole('row').map(cells)).toEqual([['计算式', 'a', 'b']])
  expect(within(part('m 有改动')).getAllByRole('row').map(cells)).toEqual([['计数条件', 'x', 'y']])
  const step = within(part('复核 新增')).getAllByRole('row').map(cells)
  expect(step).toContainEqual(['方式', '', '票决'])
})

it('says that two are the same, and shows the whole when asked', () => {
  show(first, first)
  screen.getByText('两个版本内容相同')
  fireEvent.click(screen.getByRole('checkbox'))
  part('时长 未变')
})
