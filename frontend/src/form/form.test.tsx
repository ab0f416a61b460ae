import { act, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { Doc, FormLayout } from '../schema/types'
import { searchSchema } from '../testing/search'
import type { FormServices } from './context'
import { focusField, SchemaForm } from './SchemaForm'
import { FormStore } from './store'

const layout: FormLayout = {
  sections: [
    {
      id: 'all',
      title: { zh: '检查情况', en: 'Search' },
      fields: Object.keys(searchSchema.properties!),
    },
  ],
}

function open(doc: Doc = {}, services: Partial<FormServices> = {}) {
  const store = new FormStore(searchSchema, doc, 'zh')
  const all: FormServices = { lookup: async () => [], files: [], readOnly: false, ...services }
  render(<SchemaForm store={store} layout={layout} services={all} />)
  return { store, user: userEvent.setup() }
}

describe('SchemaForm', () => {
  it('shows a conditional field only while its branch holds, and keeps it out of what is sent', async () => {
    const { store, user } = open({ search_kind: 'cell', places: ['301'] })
    expect(screen.getByText('检查部位')).toBeInTheDocument()
    expect(screen.queryByText('查获物品')).toBeNull()
    await user.type(screen.getByLabelText(/查获件数/), '1')
    expect(screen.getByText('查获物品')).toBeInTheDocument()
    act(() => store.set('/search_kind', 'body'))
    expect(screen.queryByText('检查部位')).toBeNull()
    expect(store.toSend()).toEqual({ search_kind: 'body', findings_count: 1 })
  })

  it('says what is wrong once the field is left, in the words of the schema', async () => {
    const { user } = open({ findings_count: 0 })
    const count = screen.getByLabelText(/查获件数/)
    await user.clear(count)
    await user.type(count, '-1')
    expect(screen.queryByText('不得小于 0')).toBeNull()
    await user.tab()
    expect(screen.getByText('不得小于 0')).toBeInTheDocument()
    expect(count).toHaveAttribute('aria-invalid', 'true')
    expect(count.getAttribute('aria-describedby')).toBe('field-findings_count-notes')
  })

  it('keeps unfinished numbers as typed', async () => {
    const { store, user } = open()
    const count = screen.getByLabelText(/查获件数/)
    await user.type(count, '1.')
    expect(count).toHaveValue('1.')
    await user.type(count, '5')
    expect(store.value('/findings_count')).toBe(1.5)
  })

  it('distinguishes no from not answered', async () => {
    const { store, user } = open()
    const group = screen.getByRole('radiogroup', { name: /钥匙无误/ })
    expect(store.value('/handover')).toBeUndefined()
    await user.click(within(group).getByLabelText('否'))
    expect(store.value('/handover')).toEqual({ keys_ok: false })
    expect(screen.getByLabelText(/未了事项/)).toBeInTheDocument()
  })

  it('adds rows by key and keeps the others when one is removed', async () => {
    const { store, user } = open({
      findings_count: 2,
      findings: [{ item_name: 'a' }, { item_name: 'b' }],
    })
    await user.click(screen.getByLabelText('名称，第 2 行'))
    await user.keyboard('{Alt>}n{/Alt}')
    await user.type(screen.getByLabelText('名称，第 3 行'), 'c')
    await user.click(screen.getByLabelText('删除第 2 行'))
    expect(store.rows('/findings')).toEqual([{ item_name: 'a' }, { item_name: 'c' }])
    expect(screen.getByLabelText('名称，第 2 行')).toHaveValue('c')
  })

  it('takes a block of cells from a spreadsheet', () => {
    const { store } = open({ findings_count: 1, findings: [{}] })
    fireEvent.paste(screen.getByLabelText('名称，第 1 行'), {
      clipboardData: { getData: () => '刀片\t收缴\n手机\t移交\n' },
    })
    expect(store.rows('/findings')).toEqual([
      { item_name: '刀片', disposal: 'seized' },
      { item_name: '手机', disposal: 'transferred' },
    ])
  })

  it('takes nothing of a block with more rows or columns than the table, and says so', () => {
    const { store } = open({ findings_count: 1, findings: [{ item_name: 'a' }] })
    const paste = (text: string) =>
      fireEvent.paste(screen.getByLabelText('名称，第 1 行'), {
        clipboardData: { getData: () => text },
      })
    paste(Array.from({ length: 503 }, (_, i) => `物品${i}\t收缴`).join('\n'))
    expect(screen.getByRole('alert')).toHaveTextContent('本表最多 500 行，粘贴的内容多出 3 行')
    paste('刀片\t收缴\t保管室\t多余\n')
    expect(screen.getByRole('alert')).toHaveTextContent('比表格多 1 列')
    expect(store.rows('/findings')).toEqual([{ item_name: 'a' }])
    paste('刀片\t收缴\t\n')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(store.rows('/findings')).toEqual([{ item_name: '刀片', disposal: 'seized' }])
  })

  it('leaves no hole for a blank line of the block', () => {
    const { store } = open({ findings_count: 1, findings: [{}] })
    fireEvent.paste(screen.getByLabelText('名称，第 1 行'), {
      clipboardData: { getData: () => '刀片\t收缴\n\t\n\n手机\t移交\n' },
    })
    expect(store.rows('/findings')).toEqual([
      { item_name: '刀片', disposal: 'seized' },
      { item_name: '手机', disposal: 'transferred' },
    ])
  })

  it('shows the rules of the server and computed values, and lets a change clear them', async () => {
    const { store, user } = open({ findings_count: 3 })
    act(() =>
      store.heard(
        [{ pointer: '/findings_count', code: 'rule:length', message: '件数与明细不符' }],
        {
          total: 7,
        },
      ),
    )
    expect(screen.getByText('件数与明细不符')).toBeInTheDocument()
    expect(screen.getByLabelText(/合计/)).toHaveValue('7')
    expect(screen.getByLabelText(/合计/)).toBeDisabled()
    expect(store.toSend()).not.toHaveProperty('total')
    await user.type(screen.getByLabelText(/查获件数/), '0')
    expect(screen.queryByText('件数与明细不符')).toBeNull()
  })

  it('shows remarks beside their fields', () => {
    const { store } = open()
    act(() => store.setRemarks(new Map([['/findings_count', '与录像不符']])))
    expect(screen.getByText('审批意见：与录像不符')).toBeInTheDocument()
  })

  it('focuses the first wrong field, or what holds it', () => {
    Element.prototype.scrollIntoView = vi.fn()
    const { store } = open()
    act(() => store.reveal())
    expect(store.wrong()).toContain('/findings_count')
    focusField(['/nowhere', '/findings_count/0'])
    expect(screen.getByLabelText(/查获件数/)).toHaveFocus()
  })
})
