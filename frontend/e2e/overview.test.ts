import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, shot, signedIn, violations } from './browser'

let browser: Browser
let page: Page
/** Where the board of the prison is. */
let board = ''

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

/** The figure of a row and a column, and how many rows what it opens has. */
async function opens(row: string, column: number) {
  await page.goto(`${address}/overview`)
  const link = page
    .getByRole('region', { name: '创建通过率' })
    .getByRole('row', { name: row })
    .first()
    .getByRole('cell')
    .nth(column)
    .getByRole('link')
  const figure = Number(await link.innerText())
  await link.click()
  const list = page.locator('section[aria-labelledby="units"]')
  await list.getByRole('heading').waitFor()
  const rows = figure === 0 ? 0 : await list.locator('tbody tr').count()
  return { figure, rows }
}

describe('what is seen', () => {
  it('the bureau sees rates, targets and the road, and each figure opens what it counts', async () => {
    page = await signedIn(browser, 'bureau accreditation office')
    await page.goto(`${address}/overview`)
    await page.getByRole('heading', { level: 1, name: '创建总览' }).waitFor()
    await page.getByRole('heading', { name: '目标与差距' }).waitFor()
    await page
      .getByRole('heading', { name: /五大改造与各项目均衡情况/ })
      .first()
      .waitFor()
    await page.locator('canvas').first().waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'overview')
    for (const row of ['监狱', '普通监区', '功能监区']) {
      for (const column of [0, 1, 3]) {
        const { figure, rows } = await opens(row, column)
        expect(rows, `${row} ${column}`).toBe(figure)
      }
    }
    expect(await violations(page)).toEqual([])
  })

  it('a prison opens from there, and an area from the prison', async () => {
    await page.goto(`${address}/overview?of=prison`)
    const list = page.locator('section[aria-labelledby="units"]')
    await list.getByRole('link').first().click()
    await page
      .getByRole('heading', { name: /扣分热力图/ })
      .first()
      .waitFor()
    await page.locator('canvas').first().waitFor()
    board = page.url()
    const whole = page.getByRole('region', { name: '监狱整体与科室' })
    await whole.getByRole('heading', { name: '科室得分' }).waitFor()
    await whole.getByText('监狱评分表').click()
    const losing = whole.getByText(/项失分$/).first()
    await losing.click()
    expect(await whole.locator('td details[open] li').count()).toBeGreaterThan(0)
    expect(await violations(page)).toEqual([])
    await shot(page, 'prison-overview')
    await page.locator('a[href$="/board"]').first().click()
    await page.getByRole('heading', { name: '隐患整改成效' }).waitFor()
    await page.locator('canvas').first().waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'area-board')
    await page.context().close()
  })

  it('an officer sees the own prison only, and no target of the province', async () => {
    page = await signedIn(browser, 'head of area')
    await page.goto(`${address}/overview`)
    await page.getByText('这里只计您可以查看的监狱').waitFor()
    expect(await page.getByRole('heading', { name: '目标与差距' }).count()).toBe(0)
    await page.goto(board)
    await page
      .getByRole('heading', { name: /扣分热力图/ })
      .first()
      .waitFor()
    expect(await page.getByRole('heading', { name: '监狱整体与科室' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })
})
