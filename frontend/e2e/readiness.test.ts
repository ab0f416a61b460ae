import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, shot, signedIn, violations } from './browser'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const opened = async (who: string) => {
  page = await signedIn(browser, who)
  await page.goto(`${address}/scores`)
  await page.getByRole('link', { name: '达标状态 三监区' }).click()
  await page.getByRole('heading', { level: 1, name: /达标状态/ }).waitFor()
}

describe('where an area stands', () => {
  it('the head of the area sees what is due and what it costs, and keeps a self-check', async () => {
    await opened('head of area')
    await page.getByRole('heading', { name: '即将到期，漏填要扣多少分' }).waitFor()
    await page.getByRole('button', { name: '保存一次自查' }).click()
    await page.getByText('已保存，附全部依据').waitFor()
    await page.getByRole('heading', { name: /^与 .+自查（.+分）相比$/ }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'readiness')
  })

  it('what an inspection would find is listed, with what to do about it', async () => {
    await page.getByRole('link', { name: '迎检自查' }).click()
    await page.getByRole('heading', { level: 1, name: /迎检自查/ }).waitFor()
    await page.getByText(/共查 \d+ 项/).waitFor()
    await page.locator('summary').first().press('Enter')
    expect(await violations(page)).toEqual([])
    await shot(page, 'self-check')
    await page.getByRole('link', { name: '达标状态', exact: true }).click()
    await page.getByRole('heading', { name: '即将到期，漏填要扣多少分' }).waitFor()
  })

  it('what would be is worked out, and nothing of it is kept', async () => {
    const kept = await page.locator('.score-total').innerText()
    const versions = page.getByLabel('按标准的版本')
    expect(await versions.locator('option:checked').innerText()).toMatch(/^现行/)
    const other = versions.locator('option:not([value=""])').first()
    await versions.selectOption((await other.getAttribute('value')) ?? '')
    await page.getByRole('button', { name: '推算' }).click()
    await page.getByText(/分变为/).waitFor()
    await versions.selectOption('')
    await page.locator('select[name="ledger"]').selectOption({ label: '点名' })
    await page.getByLabel('再加一条 再漏填').click()
    await page.locator('select[name="ledger"]').last().selectOption({ label: '值班日志' })
    const filed = page.locator('select[name="filed"]')
    await filed.selectOption({ label: '申诉控告与权利告知' })
    expect(await filed.locator('option', { hasText: '伙房' }).count()).toBe(0)
    await page.getByLabel('次数').first().fill('20')
    await page.getByLabel('达标线').fill('999.5')
    await page.getByRole('button', { name: '推算' }).click()
    await page.getByText(/分变为/).waitFor()
    await page.getByText('不达标').first().waitFor()
    await shot(page, 'readiness-suppose')
    await page.reload()
    await page.locator('.score-total').waitFor()
    expect(await page.locator('.score-total').innerText()).toBe(kept)
  })

  it('a kept score comes out the same again, to the byte', async () => {
    await page.locator('section[aria-labelledby="runs"] table a').last().click()
    await page.getByText(/逐字节相同/).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'run')
  })

  it('its paper bears a code that is answered for', async () => {
    const run = page.url()
    const href = await page.getByRole('link', { name: '评分表' }).getAttribute('href')
    const paper = await page.request.get(new URL(href ?? '', run).href)
    const code = /filename="?([0-9A-Z-]{19})\.pdf/.exec(
      paper.headers()['content-disposition'] ?? '',
    )
    await page.goto(new URL(`/verify/${code?.[1]}`, run).href)
    await page.getByText('属实：本评分表已留存').waitFor()
    await page.locator('#verify-file').setInputFiles({
      name: '评分表.pdf',
      mimeType: 'application/pdf',
      buffer: await paper.body(),
    })
    await page.getByText('一致：该文件就是归档的原件').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'verify-sheet')
    await page.goBack()
    await page.goBack()
  })

  it('what does not apply is asked for with its reason', async () => {
    await page.getByText('申请裁定').click()
    await page.getByLabel('指标或规则').selectOption('LD-01')
    await page.getByRole('textbox', { name: '理由' }).fill('老病残监区，无劳动')
    await page.getByRole('button', { name: '提交申请' }).click()
    await page.getByText('待裁定', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: /^同意/ }).count()).toBe(0)
    await page.context().close()
  })

  it('the bureau decides it, and the score follows', async () => {
    await opened('bureau accreditation office')
    await page.getByRole('button', { name: '同意 LD-01', exact: true }).first().click()
    await page.getByText('在用', { exact: true }).first().waitFor()
    await shot(page, 'readiness-ruled')
    await page.getByRole('link', { name: '扣分明细' }).click()
    await page.locator('summary', { hasText: '劳动改造' }).click()
    await page.locator('summary', { hasText: 'LD-01' }).getByText('不适用').waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('an area that no standard judges yet is listed, and says so calmly', async () => {
    await page.goto(`${address}/scores`)
    const row = page.getByRole('row', { name: /监狱医院.*尚无适用标准/ }).first()
    await row.getByRole('link', { name: '监狱医院' }).click()
    await page.getByRole('link', { name: '去考核标准' }).waitFor()
    await page.getByRole('link', { name: '达标状态' }).click()
    await page.getByText('尚无适用标准').waitFor()
    expect(await page.getByText(/报修编号/).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await shot(page, 'readiness-no-standard')
    await page.context().close()
  })
})
