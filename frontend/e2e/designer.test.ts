import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Doc, Schema } from '../src/schema/types'
import { address, launch, shot, signedIn, violations } from './browser'
import { fillDocument } from './fill'

const folder = '../schemas/ledgers/letter-parcel/v1'
const read = (name: string) => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))

let browser: Browser
let head: Page

beforeAll(async () => {
  browser = await launch()
  head = await signedIn(browser, 'head of custody')
})
afterAll(async () => {
  await browser?.close()
})

const tab = (name: string) => head.getByRole('tab', { name, exact: true }).click()

describe('an owner draws a new version', () => {
  it('fields: a section, a table with rows, bounds of a field', async () => {
    await head.goto(`${address}/catalogue/propose?ledger=letter-parcel`)
    await head.getByRole('button', { name: '设置 罪犯', exact: true }).click()
    const panel = head.getByRole('region', { name: '设置 罪犯' })
    await panel.getByLabel('填写说明').fill('收件或寄件的罪犯')
    await head.getByLabel('分节名称', { exact: true }).fill('退回情况')
    await head.getByRole('button', { name: '增加分节' }).click()
    const added = head.locator('.new-field')
    await added.getByLabel('字段代码').fill('sent_back')
    await added.getByLabel('中文名').fill('退回物品')
    await added.getByLabel('英文名').fill('Things sent back')
    await added.getByRole('combobox', { name: '类型' }).selectOption('rows')
    await added.getByRole('combobox', { name: '分节' }).selectOption({ label: '退回情况' })
    await added.getByRole('button', { name: '增加字段' }).click()
    await head.getByRole('button', { name: '设置 退回物品' }).click()
    const member = head.locator('.new-member')
    await member.getByLabel('字段代码').fill('what')
    await member.getByLabel('中文名').fill('物品')
    await member.getByLabel('英文名').fill('Thing')
    await member.getByLabel('必填').check()
    await member.getByRole('button', { name: '增加字段' }).click()
    await head.getByLabel('中文名 what').waitFor()
    await shot(head, 'designer-fields')
    expect(await violations(head)).toEqual([])
  })

  it('conditions: what is sent back is asked for when something is withheld', async () => {
    await tab('条件')
    await head.getByRole('button', { name: '增加条件' }).click()
    const last = head.locator('.conditions li').last()
    await last.getByRole('combobox', { name: '判断的字段' }).selectOption('result')
    await last.getByRole('combobox', { name: '比较方式' }).selectOption('is')
    await last.getByRole('combobox', { name: '取值' }).selectOption('withheld')
    await last.getByRole('combobox', { name: '则填写' }).click()
    await head.keyboard.type('退回物品')
    await head.keyboard.press('Enter')
    await head.keyboard.press('Escape')
    await shot(head, 'designer-conditions')
    expect(await violations(head)).toEqual([])
  })

  it('rules: a half expression is named where it stands, a whole one speaks on the form', async () => {
    await tab('规则与统计')
    const rules = head.getByRole('region', { name: '校验规则' })
    await rules.getByRole('button', { name: '增加一行 校验规则' }).click()
    const rule = rules.locator('li').last()
    await rule.getByLabel('代码').fill('own_family')
    await rule.getByLabel('字段', { exact: true }).selectOption('/counterpart_kind')
    await rule.getByLabel('应成立的式子').fill("doc.counterpart_kind != 'family' ||")
    await rule.getByLabel('不成立时的提示').fill('亲属来信请核对关系')
    await rule.getByLabel('英文提示').fill('Check how they are related')
    await rule.getByLabel('程度').selectOption('warning')
    expect(await violations(head)).toEqual([])
    await tab('预览与试填')
    const verdict = head.getByRole('complementary', { name: '服务器判定' })
    await verdict.getByText(/ledger\.json\/rules\/\d+/).waitFor()
    await tab('规则与统计')
    await rule.getByLabel('应成立的式子').fill("doc.counterpart_kind != 'family'")
    await shot(head, 'designer-rules')
    await tab('管理规定')
    await head.getByLabel('期末后限时（小时）').waitFor()
    await shot(head, 'designer-facts')
    expect(await violations(head)).toEqual([])
  })

  it('preview: filled as an officer would, judged by the server, kept as samples', async () => {
    await tab('预览与试填')
    const verdict = head.getByRole('complementary', { name: '服务器判定' })
    await verdict.getByText(/处不能提交/).waitFor()
    await verdict.getByLabel('样例名称').fill('空白')
    await verdict.getByRole('button', { name: '存为应退回的样例' }).click()
    const schema = read('schema') as Schema
    const names = (read('form').sections as { fields: string[] }[]).flatMap((s) => s.fields)
    await fillDocument(head, schema, names, read('valid/01-letter-out') as Doc)
    await verdict.getByText('这样填写可以提交').waitFor()
    await head.locator('.as-officer').getByText('亲属来信请核对关系').waitFor()
    await verdict.getByLabel('样例名称').fill('寄出家信')
    await verdict.getByRole('button', { name: '存为应通过的样例' }).click()
    const rows = verdict.getByRole('row')
    await expect.poll(() => rows.count()).toBe(2)
    expect(await rows.nth(0).textContent()).toContain('不通过')
    await expect
      .poll(async () => (await rows.nth(1).textContent())?.replace(/\s/g, ''))
      .toContain('应通过通过')
    await shot(head, 'designer-preview')
    expect(await violations(head)).toEqual([])
  })

  it('the three files are what was drawn', async () => {
    await tab('三个文件')
    const text = await head.getByRole('textbox', { name: 'schema.json' }).inputValue()
    const schema = JSON.parse(text) as Schema
    expect(schema.properties?.sent_back?.items?.required).toEqual(['what'])
    expect(schema.allOf?.at(-1)).toEqual({
      if: { properties: { result: { const: 'withheld' } }, required: ['result'] },
      then: { required: ['sent_back'] },
    })
    expect(await head.getByRole('textbox', { name: 'form.json' }).inputValue()).toContain(
      '"sent_back"',
    )
    expect(await violations(head)).toEqual([])
  })
})
