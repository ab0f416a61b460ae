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
  await page.goto(`${address}${path}`)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

describe('a prison plans its year', () => {
  it('the plan stands beside what was reached, and the leader agrees to what waits', async () => {
    await opened('warden', '/plans', '创建计划')
    await page.getByRole('heading', { name: /年创建计划（第 2 版）/ }).waitFor()
    await page.locator('canvas').first().waitFor()
    const waits = page.getByRole('region', { name: /等待监狱领导审定/ })
    expect(await violations(page)).toEqual([])
    await shot(page, 'plan')
    await waits.locator('summary', { hasText: /^同意$/ }).click()
    await waits
      .getByRole('button', { name: /提\s*交/ })
      .first()
      .click()
    await page.getByRole('heading', { name: /年创建计划（第 3 版）/ }).waitFor()
    await page.context().close()
  })

  it('the bureau sees every prison against its plan', async () => {
    await opened('bureau accreditation office', '/overview', '创建总览')
    const against = page.getByRole('region', { name: /年度计划与实际/ })
    await against.locator('canvas').waitFor()
    await against.scrollIntoViewIfNeeded()
    expect(await violations(page)).toEqual([])
    await shot(page, 'plans-against')
    await against.getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: '创建计划' }).waitFor()
    await page.context().close()
  })

  it('who answers is handed over, and gaps are told', async () => {
    await opened('head of area', '/responsibilities', '责任分工')
    await page
      .getByText(/无人负责 \d+\/\d+/)
      .first()
      .waitFor()
    await page.locator('summary', { hasText: '指标' }).first().click()
    expect(await violations(page)).toEqual([])
    await shot(page, 'responsibilities')
    await page.context().close()
    await opened('bureau accreditation office', '/accreditation', '创建申报')
    await page
      .getByRole('link', { name: /五监区/ })
      .first()
      .click()
    const here = page.locator('ol.road li.here')
    await here.getByText(/责任人/).waitFor()
    await shot(page, 'case-answers')
    await page.context().close()
  })

  it('the bureau plans visits of a focus unit, and one that was not made is told', async () => {
    await opened('bureau accreditation office', '/accreditation/screening', '筛查排序')
    const focus = page.getByRole('region', { name: '重点指导单位' })
    await focus.getByText('逾期未走访').first().waitFor()
    await focus.locator('summary', { hasText: '计划一次走访' }).click()
    await focus.getByLabel('指导主题').fill('消防设施复核')
    await focus
      .locator('details[open]')
      .getByRole('button', { name: /提\s*交/ })
      .click()
    await focus.getByRole('cell', { name: '消防设施复核' }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'focus')
    await page.goto(`${address}/accreditation/calendar`)
    await page.getByText(/指导走访：消防设施复核/).waitFor()
    await page.goto(`${address}/visits`)
    await page.getByRole('heading', { name: '计划的走访' }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'visits-planned')
    await page.context().close()
  })
})
