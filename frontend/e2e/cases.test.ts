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
  expect(await violations(page)).toEqual([])
}

const closed = () => page.context().close()

describe('the road to a title', () => {
  it('shows every case by its step, and one with its road and what it rests on', async () => {
    await opened('bureau accreditation office', '/accreditation', '创建申报')
    await shot(page, 'cases')
    await page.getByRole('link', { name: '甲监狱 · 五监区' }).first().click()
    await page.getByRole('list', { name: '创建流程' }).waitFor()
    await page.getByRole('heading', { name: '办理历史' }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'case')
    await closed()
  })

  it('tells the prison in numbers what its application still wants', async () => {
    await opened('prison accreditation office', '/accreditation', '创建申报')
    await page.getByRole('link', { name: '甲监狱 · 监狱整体' }).first().click()
    await page.getByRole('heading', { name: '申报：条件尚未具备' }).waitFor()
    await page.getByText('自查表还没有填完', { exact: true }).waitFor()
    await page.getByText('普通监区 2/5，达标需 3', { exact: true }).waitFor()
    await closed()
  })

  it('a title from before the system counts once a second person has confirmed it', async () => {
    await opened('bureau accreditation office', '/titles', '称号登记')
    await page.getByLabel('单位').selectOption({ label: '三监区' })
    await page.getByLabel('称号', { exact: true }).fill('规范化监区')
    await page.getByLabel('文号', { exact: true }).fill('演示〔2024〕2号')
    await page.getByLabel('命名日期').fill('2024-05-06')
    await page.getByLabel('授予机关').fill('省局党委会')
    await page.getByRole('button', { name: '登记历史称号' }).click()
    const entered = /三监区.*演示〔2024〕2号/
    await page.getByRole('row', { name: entered }).getByText('待确认').waitFor()
    expect(await page.getByRole('row', { name: entered }).getByRole('button').count()).toBe(0)
    await shot(page, 'titles-waiting')
    await closed()
    await opened('second bureau office', '/titles', '称号登记')
    await page.getByRole('row', { name: entered }).getByRole('button', { name: /^确认/ }).click()
    await page.getByRole('row', { name: /三监区.*演示〔2024〕2号.*有效/ }).waitFor()
    await shot(page, 'titles')
    await page.goto(`${address}/accreditation/screening`)
    await page.getByRole('row', { name: /甲监狱.*达标监狱/ }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'screening')
    await closed()
  })

  it('goes on from a title of before', async () => {
    await opened('bureau accreditation office', '/titles', '称号登记')
    await page
      .getByRole('row', { name: /一监区/ })
      .getByRole('button', { name: '转入回头看与复查' })
      .click()
    await page.getByRole('heading', { level: 1, name: '甲监狱 · 一监区 · 规范化监区' }).waitFor()
    await page.getByText(/^回头看 已超期/).waitFor()
    await page.getByText('有效', { exact: false }).first().waitFor()
    await shot(page, 'case-named')
    expect(await violations(page)).toEqual([])
    await closed()
  })
})
