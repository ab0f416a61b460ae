import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, shot, signedIn, violations } from './browser'
import { picture } from './fill'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
})

async function sound(name: string) {
  await shot(page, name)
  expect(await violations(page), name).toEqual([])
}

/** As Ctrl+V of what a spreadsheet put on the clipboard. */
async function paste(text: string) {
  await page.evaluate((t) => navigator.clipboard.writeText(t), text)
  await page.keyboard.press('Control+v')
}

/** The column's place in the grid, by its title. */
async function goTo(title: string, row: number) {
  await page.keyboard.press('Control+Home')
  const input = page.locator('.grid-input')
  for (let i = 0; i < 40; i++) {
    const label = (await input.getAttribute('aria-label')) ?? ''
    if (label.startsWith(title)) break
    await page.keyboard.press('ArrowRight')
  }
  for (let i = 1; i < row; i++) await page.keyboard.press('ArrowDown')
  expect(await input.getAttribute('aria-label')).toContain(title)
}

describe('a month of points for everybody of the area', () => {
  const started = Date.now()
  let count = 0

  it('begins with a row for each, prefilled', async () => {
    page = await signedIn(browser, 'officer')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('link', { name: '批量录入' }).click()
    await page.getByLabel('台账').selectOption({ label: '计分考核' })
    await sound('batch-choose')
    await page.getByRole('button', { name: '开始批量录入' }).click()
    await page.locator('.grid-input:focus').waitFor()
    count = Number(await page.locator('[role=grid]').getAttribute('aria-rowcount')) - 1
    expect(count).toBeGreaterThan(1)
    await expect
      .poll(() => page.locator('.grid-row').first().locator('.grid-cell').allTextContents())
      .toContain('35')
    for (const line of ['监区工作小组会议记录', '公示照片']) {
      const drop = page.getByRole('region', { name: line })
      await drop.locator('input[multiple]').setInputFiles(picture)
      await drop.getByText('已有 1 个').waitFor()
    }
    await sound('batch')
  })

  it('takes a column from a spreadsheet, shows it first, and one undo takes it back', async () => {
    await page.locator('.grid-input').focus()
    await goTo('公示起始日', 1)
    const days = Array.from({ length: count }, (_, i) => (i === 1 ? '不详' : '2026/11/2'))
    await paste(`${days.join('\r\n')}\r\n`)
    await page.getByRole('dialog').waitFor()
    await sound('batch-paste')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('1 处需要修改').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText(`${count} 处需要修改`).waitFor()
    await paste(`${days.join('\r\n')}\r\n`)
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('1 处需要修改').waitFor()
  })

  it('shows the error with its words, and takes what is typed', async () => {
    await page.keyboard.press('F8')
    await expect
      .poll(() => page.locator('.grid-input').getAttribute('aria-label'))
      .toContain('公示起始日，第 2 行')
    await page.locator('#grid-notes .danger').waitFor()
    await sound('batch-error')
    await page.keyboard.type('2026-11-02')
    await page.keyboard.press('Enter')
    await page.getByText('没有错误').waitFor()
    // The server computed what each month comes to.
    await goTo('当月考核分', 1)
    await page.getByRole('gridcell', { name: '100' }).first().waitFor()
  })

  it('goes on while requests fail: typed, given away, kept', async () => {
    await page.route('**/api/**', (route) => route.abort())
    await goTo('专项加分', 1)
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await page.keyboard.type('500')
    await page.keyboard.press('Enter')
    await page.getByText('1 处需要修改').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText('没有错误').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText('暂时连不上服务器').waitFor()
    await page.getByText(`待发送 ${count} 行`).waitFor()
    await sound('batch-waiting')
  })

  it('sends by itself when the server answers again, with a result for each row', async () => {
    await page.unroute('**/api/**')
    await page.getByText(`已提交 ${count} 行`).waitFor()
    expect(await page.locator('.grid-row a').first().getAttribute('href')).toContain('/entries/')
    await sound('batch-filed')
    await page.getByRole('button', { name: '完成' }).click()
    await page.getByRole('heading', { level: 1, name: '我的记录' }).waitFor()
    console.log(`batch of ${count} rows: ${((Date.now() - started) / 1000).toFixed(1)} s`)
    // Nobody is left over for the month.
    await page.getByRole('link', { name: '批量录入' }).click()
    await page.getByLabel('台账').selectOption({ label: '计分考核' })
    await page.getByRole('button', { name: '开始批量录入' }).click()
    await page.getByText(`另有 ${count} 行这一期已经填过`).waitFor()
    await page.context().close()
  })
})
