import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, shot, signedIn, violations } from './browser'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const opened = async (who: string, path: string, title: string) => {
  page = await signedIn(browser, who)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`${address}${path}`)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  expect(await violations(page)).toEqual([])
}
const office = 'bureau accreditation office'
const custody = 'head of the custody line at the bureau'

describe('the annual bulletin and the opinions of departments', () => {
  it('writes itself, and marks what is otherwise in the next issue', async () => {
    await opened(office, '/bulletins', '年度预验收公告')
    await page.getByText('没有可发布的内容，或与上一期相比没有变化').waitFor()
    await page.getByText('更改批次').first().click()
    const form = page.locator('details[open]')
    const closes = await form.getByLabel('申报截止').inputValue()
    await form.getByLabel('验收止日').fill(`${Number(closes.slice(0, 4)) + 1}-03-31`)
    await form.getByRole('button', { name: /提\s*交/ }).click()
    await page.getByText('变更', { exact: true }).first().waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'bulletin-draft')
    const issues = await page.getByRole('link', { name: /年度公告第 \d+ 期/ }).count()
    await page.getByRole('button', { name: `发布第 ${issues + 1} 期` }).click()
    await page.getByRole('link', { name: `年度公告第 ${issues + 1} 期` }).click()
    await page.getByText('变更', { exact: true }).first().waitFor()
    await page.getByText(/^原为 规范化监区/).waitFor()
    await page.getByText('甲监狱 五监区').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'bulletin')
    await page.context().close()
  })

  it('is acknowledged by a department', async () => {
    await opened(custody, '/bulletins', '年度预验收公告')
    expect(await page.getByText('更改批次').count()).toBe(0)
    await page
      .getByRole('link', { name: /年度公告第 \d+ 期/ })
      .first()
      .click()
    await page.getByRole('button', { name: /^代表.*签收$/ }).click()
    await page.getByRole('button', { name: /签收$/ }).waitFor({ state: 'detached' })
    await page.getByText(/^狱政管理处：.*签收/).waitFor()
    await page.context().close()
  })

  it('gives its opinion on what its line shows', async () => {
    await opened(custody, '/opinions', '处室意见')
    await shot(page, 'opinions')
    await page.getByRole('link', { name: '提出意见' }).first().click()
    await page.getByRole('heading', { name: /^本线情况/ }).waitFor()
    await page.getByText(/本线指标行共扣/).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'opinion-form')
    await page.locator('main select').first().selectOption('delay')
    await page.getByLabel(/^理由/).fill('本线问题尚未整改完毕')
    await page.getByRole('button', { name: '提出意见' }).click()
    await page.getByText(/提出：延迟/).waitFor()
    await page.getByText('本线问题尚未整改完毕').waitFor()
    await page.getByText(/本线指标行共扣/).waitFor()
    await page.context().close()
  })

  it('has one liaison, tasks that nobody typed, and a calendar', async () => {
    await opened(custody, '/liaisons', '联络人')
    await page.getByText('指定联络人').first().click()
    await page
      .locator('details[open]')
      .getByRole('button', { name: /提\s*交/ })
      .click()
    await page.getByText('交接联络人').waitFor()
    await shot(page, 'liaisons')
    await page.getByRole('link', { name: '处室任务' }).click()
    await page.getByRole('row', { name: /签收年度公告.*已办/ }).waitFor()
    await page
      .getByRole('row', { name: /提出处室意见.*已办/ })
      .first()
      .waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'department-tasks')
    await page.getByRole('link', { name: '创建日历' }).click()
    await page.getByText(/批验收窗口/).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'accreditation-calendar')
    await page.context().close()
  })
})
