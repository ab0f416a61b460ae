import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'

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
const send = () => page.getByRole('button', { name: /提\s*交/ }).first()

describe('units work together', () => {
  it('the bureau records what it saw in an area and advised', async () => {
    await opened('bureau accreditation office', '/visits', '指导走访')
    await page.getByText('记录一次指导').click()
    await page.getByLabel('单位').selectOption({ index: 3 })
    await page.getByLabel('发现情况').fill('三处台账记录不全')
    await page.getByLabel('指导意见').fill('逐项补正并复查')
    await send().click()
    await page.getByText('逐项补正并复查').first().waitFor()
    await page.getByText('待答复', { exact: true }).first().waitFor()
    await page.locator('.ant-btn-loading').waitFor({ state: 'detached' })
    expect(await violations(page)).toEqual([])
    await shot(page, 'visits')
    await page.context().close()
  })

  it('the area sees it and answers, and cannot close it', async () => {
    await opened('head of area', '/visits', '指导走访')
    await page.getByText('逐项补正并复查').first().waitFor()
    await page.locator('summary', { hasText: '答复' }).first().click()
    await page.getByLabel('说明').first().fill('已补正三处')
    await send().click()
    await page.getByText('待销号', { exact: true }).first().waitFor()
    expect(await page.locator('summary', { hasText: '销号' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('the bureau closes it', async () => {
    await opened('bureau accreditation office', '/visits', '指导走访')
    await page.locator('summary', { hasText: '销号' }).first().click()
    await page.locator('details[open]').getByLabel('说明').fill('现场核实已补正')
    await page
      .locator('details[open]')
      .getByRole('button', { name: /提\s*交/ })
      .click()
    await page.getByText('已销号', { exact: true }).first().waitFor()
    await shot(page, 'visits-closed')
  })

  it('like units stand on one board, with what happened there beside', async () => {
    await page.goto(`${address}/boards`)
    await page.getByRole('columnheader', { name: '名次' }).waitFor()
    await page.getByText('只比较同类别').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'boards')
  })

  it('a training names who has not been trained on the version in force', async () => {
    await page.goto(`${address}/trainings`)
    await page.getByRole('heading', { name: '未按现行版本培训合格的人员' }).waitFor()
    await page.getByText('登记一次培训').click()
    await page.getByLabel('培训名称').fill('创建标准业务培训')
    await send().click()
    await page.getByRole('button', { name: '查看 创建标准业务培训' }).click()
    await page.getByRole('heading', { level: 2, name: '创建标准业务培训' }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'trainings')
  })

  it('who attended it is recorded with a mark, and is trained', async () => {
    const staff = page.getByRole('region', { name: '创建标准业务培训' })
    const row = staff.getByRole('row').nth(1)
    const name = (await row.getByRole('cell').first().innerText()).split(' ')[0] ?? ''
    await row.locator('summary', { hasText: '登记' }).click()
    await row.getByLabel('分数').fill('92.5')
    await row.getByLabel('证书编号').fill('样例证书 1')
    await row.getByRole('button', { name: /提\s*交/ }).click()
    const done = staff.getByRole('row', { name: new RegExp(name) })
    await done.getByText('92.5').waitFor()
    await done.getByText('合格', { exact: true }).first().waitFor()
    await shot(page, 'training-marked')
    await page.context().close()
  })

  it('a brand begins with its topic, and the next step is named', async () => {
    await opened('head of area', '/brands', '特色品牌')
    await page.locator('summary', { hasText: '选题立项' }).click()
    await page.getByLabel('品牌名称').fill('样例品牌')
    await page.getByLabel('文件名称').first().fill('选题报告')
    await page.getByLabel('内容').first().fill('选题理由')
    await send().click()
    await page.getByText('下一步：酝酿').first().waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'brands')
  })

  it('it takes its seven steps, the two that judge by the bureau', async () => {
    const bureau = await signedIn(browser, 'bureau accreditation office')
    await bureau.goto(`${address}/brands`)
    const takes = async (by: Page, step: string, next: string) => {
      await by.reload()
      const brand = by.getByRole('region', { name: '样例品牌' })
      await brand.locator('summary', { hasText: `办理：${step}` }).click()
      await brand.getByLabel('文件名称').fill(`${step}材料`)
      await brand.getByLabel('内容').fill(`${step}情况`)
      await brand.getByRole('button', { name: /提\s*交/ }).click()
      await brand.getByText(next).first().waitFor()
    }
    await takes(page, '酝酿', '下一步：申报')
    await takes(page, '申报', '下一步：审核')
    const mine = page.getByRole('region', { name: '样例品牌' })
    expect(await mine.locator('summary', { hasText: '办理' }).count()).toBe(0)
    await takes(bureau, '审核', '下一步：实施')
    await takes(page, '实施', '下一步：评价')
    await takes(bureau, '评价', '下一步：推广')
    await takes(page, '推广', '七步已完成')
    expect(await violations(page)).toEqual([])
    await shot(page, 'brand-finished')
    await bureau.context().close()
  })

  it('what came of it goes into the library, is adopted, and counts once somebody of neither side proved it', async () => {
    await page.goto(`${address}/practices`)
    await page.locator('summary', { hasText: '发布经验' }).click()
    await page.getByLabel('来自品牌').selectOption('样例品牌')
    await page.getByLabel('经验名称').fill('样例经验')
    await page.getByLabel('内容').first().fill('做法与成效')
    await send().click()
    const library = (of: Page) => of.getByRole('region', { name: '样例经验' })
    await library(page).getByText('经核实采用单位 0 个').waitFor()
    await page.context().close()

    await opened('prison accreditation office', '/practices', '经验库')
    await library(page).locator('summary', { hasText: '登记采用' }).click()
    await library(page).getByLabel('单位').selectOption({ index: 1 })
    await library(page).getByLabel('佐证').fill('采用后的台账')
    await library(page)
      .getByRole('button', { name: /提\s*交/ })
      .click()
    await library(page).getByText('待核实').waitFor()
    expect(await library(page).locator('summary', { hasText: '核实' }).count()).toBe(0)
    await page.context().close()

    await opened('bureau accreditation office', '/practices', '经验库')
    await library(page).locator('summary', { hasText: '核实' }).click()
    await library(page).getByLabel('说明').fill('现场看过，已采用')
    await library(page)
      .getByRole('button', { name: /提\s*交/ })
      .click()
    await library(page).getByText('经核实采用单位 1 个').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'practices')
  })

  it('a strong unit is paired with a weak one like it, and the help is logged', async () => {
    interface Place {
      prison: string
      area: string
    }
    const { data } = await api<{ places: Place[] }>(page, 'GET', '/boards/ordinary/residential')
    const value = (p?: Place) => `${p?.prison} ${p?.area}`
    const weak = value(data.places.at(-1))
    await page.goto(`${address}/pairs`)
    await page.locator('summary', { hasText: '结对' }).click()
    await page.locator('select[name=strong]').selectOption(weak)
    await page.locator('select[name=weak]').selectOption(value(data.places[0]))
    await page.getByLabel('目标').fill('三个月内过线')
    await send().click()
    await page.getByRole('alert').waitFor() // the weaker one helps nobody
    await page.locator('select[name=strong]').selectOption(value(data.places[0]))
    await page.locator('select[name=weak]').selectOption(weak)
    await send().click()
    const pair = () => page.getByRole('region').filter({ hasText: '三个月内过线' })
    await pair().getByText('结对时').waitFor()
    expect(await pair().locator('summary', { hasText: '记录帮扶' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await shot(page, 'pairs')
    await page.context().close()

    await opened('prison accreditation office', '/pairs', '结对帮扶')
    await pair().locator('summary', { hasText: '记录帮扶' }).click()
    await page.getByLabel('内容').first().fill('现场示范搜身记录')
    await send().click()
    await page.getByText('现场示范搜身记录').waitFor()
    await page.context().close()
  })
})
