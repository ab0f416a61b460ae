import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api, launch, launchIn, shot, signedIn, signIn, violations } from './browser'
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

/** Keys as a scanner sends them, 5 ms apart by their own time, however busy this machine is. */
async function scan(code: string) {
  const session = await page.context().newCDPSession(page)
  const began = Date.now() / 1000
  for (const [i, key] of [...code, 'Enter'].entries()) {
    const at = { key, timestamp: began + i * 0.005 }
    const text = key === 'Enter' ? '\r' : key
    await session.send('Input.dispatchKeyEvent', { type: 'keyDown', text, ...at })
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...at })
  }
  await session.detach()
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
    await page.getByRole('combobox', { name: '台账' }).selectOption({ label: '计分考核' })
    await sound('batch-choose')
    await page.getByRole('button', { name: '开始批量录入' }).click()
    await page.locator('.grid-input:focus').waitFor()
    count = Number(await page.locator('[role=grid]').getAttribute('aria-rowcount')) - 1
    expect(count).toBeGreaterThanOrEqual(60)
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

  it('keeps a file chosen while the server is away over a reload, and sends it by itself', async () => {
    const uploads = '**/api/v1/prisons/*/entries/*/uploads'
    await page.route(uploads, (route) => route.abort())
    const drop = () => page.getByRole('region', { name: '公示照片' })
    const row = () => drop().locator('.upload-row')
    await drop().locator('input[multiple]').setInputFiles(picture)
    await row().waitFor()
    await page.reload()
    await row().waitFor()
    await drop().getByText('已有 1 个').waitFor()
    await page.unroute(uploads)
    await drop().getByText('已有 2 个').waitFor({ timeout: 60_000 })
    await row().waitFor({ state: 'detached' })
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

  it('goes on without the network for the middle third: typed, given away, kept', async () => {
    await goTo('专项加分', 1)
    const third = Math.floor(count / 3)
    const type = async (points: number) => {
      await page.keyboard.type(String(points))
      await page.keyboard.press('Enter')
    }
    for (let i = 0; i < third; i++) await type(1 + (i % 5))
    await page.context().setOffline(true)
    for (let i = third; i < 2 * third; i++) await type(1 + (i % 5))
    await type(500)
    await page.getByText('1 处需要修改').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByText('没有错误').waitFor()
    await page.context().setOffline(false)
    for (let i = 2 * third; i < count; i++) await type(1 + (i % 5))
    await page.context().setOffline(true)
    await page.keyboard.press('Control+Enter')
    await page.getByText('暂时连不上服务器').waitFor()
    await page.getByText(`待发送 ${count} 行`).waitFor()
    await sound('batch-waiting')
  })

  it('sends by itself when the server answers again, with a result for each row', async () => {
    await page.context().setOffline(false)
    await page.getByText(`已提交 ${count} 行`).waitFor({ timeout: 240_000 })
    expect(await page.locator('.grid-row a').first().getAttribute('href')).toContain('/entries/')
    await sound('batch-filed')
    await page.getByRole('button', { name: '完成' }).click()
    await page.getByRole('heading', { level: 1, name: '我的记录' }).waitFor()
    // The month of sixty people takes less than five minutes (a limit, no measure: it takes a quarter minute).
    expect(Date.now() - started).toBeLessThan(300_000)
    console.log(`batch of ${count} rows: ${((Date.now() - started) / 1000).toFixed(1)} s`)
    // Nobody is left over for the month.
    await page.getByRole('link', { name: '批量录入' }).click()
    await page.getByRole('combobox', { name: '台账' }).selectOption({ label: '计分考核' })
    await page.getByRole('button', { name: '开始批量录入' }).click()
    await page.getByText(`另有 ${count} 行这一期已经填过`).waitFor()
    await page.context().close()
  })
})

describe('numbers by name in a batch', () => {
  it('finds who is meant while the name is typed, pasted names too, and does without the server', async () => {
    page = await signedIn(browser, 'officer')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const me = await api<{ number: string; postings: { prison?: string; area?: string }[] }>(
      page,
      'GET',
      '/session',
    )
    const { prison, area } = me.data.postings.find((p) => p.area)!
    const { data } = await api<{ people: { number: string; name: string }[] }>(
      page,
      'GET',
      `/prisons/${prison}/areas/${area}/lookups`,
    )
    const own = data.people.find((p) => p.number === me.data.number)!
    const other = data.people.find(
      (p) => p !== own && data.people.filter((o) => o.name === p.name).length === 1,
    )!
    await page.getByRole('link', { name: '批量录入' }).click()
    await page.getByRole('combobox', { name: '台账' }).selectOption({ label: '点名' })
    await page.getByRole('button', { name: '开始批量录入' }).click()
    await page.locator('.grid-input:focus').waitFor()
    // Who fills is there already, and called by name.
    await page
      .getByRole('gridcell', { name: `${own.name} ${own.number}` })
      .first()
      .waitFor()
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: '增加一行' }).click()
    await goTo('复核民警', 1)
    await page.keyboard.type(other.name)
    const offered = page.getByRole('option', { name: `${other.name} ${other.number}` })
    await offered.waitFor()
    await sound('batch-lookup')
    for (let i = 0; i < 20; i++) {
      if ((await offered.getAttribute('aria-selected')) === 'true') break
      await page.keyboard.press('ArrowDown')
    }
    await page.keyboard.press('Enter')
    const named = page.getByRole('gridcell', { name: `${other.name} ${other.number}` })
    await expect.poll(() => named.count()).toBe(1)
    await paste(other.name)
    await expect.poll(() => named.count()).toBe(2)
    await page.keyboard.press('ArrowDown')
    await paste('查无此人')
    await page.getByText('名单中没有“查无此人”').waitFor()
    await page.route('**/api/**', (route) => route.abort())
    await page.keyboard.type(other.number)
    await page.keyboard.press('Enter')
    await expect.poll(() => named.count()).toBe(3)
    await page.context().close()
  })
})

describe('beginning as last time', () => {
  it('keeps a form as template, and fills the next one from it without its times', async () => {
    page = await signedIn(browser, 'officer')
    await page.getByRole('button', { name: '清监搜身', exact: true }).click()
    await page.locator('.schema-form').waitFor()
    // Who fills and when the shift began are there already.
    await page.locator('.ant-select-selection-item', { hasText: '0001025' }).waitFor()
    expect(await page.locator('#field-started_at').inputValue()).not.toBe('')
    await page.locator('#field-findings_count').fill('0')
    const kind = page.locator('[id="field-search_mode"]')
    await kind.locator('input').first().check()
    await page.getByRole('button', { name: '存为模板' }).click()
    await page.getByLabel('模板名称').fill('夜间清监')
    await page.keyboard.press('Enter')
    await page.getByText('已存为模板').waitFor()
    await sound('template')

    await page.getByRole('link', { name: '我的工作台' }).click()
    await page.getByRole('button', { name: '清监搜身', exact: true }).click()
    await page.locator('.schema-form').waitFor()
    expect(await kind.locator('input:checked').count()).toBe(0)
    await page.getByLabel('常用模板').selectOption({ label: '夜间清监' })
    await page.getByRole('button', { name: '选用' }).click()
    await page.getByText('已按 夜间清监 填入').waitFor()
    expect(await kind.locator('input:checked').count()).toBe(1)
    expect(await page.locator('#field-findings_count').inputValue()).toBe('')
    await page.getByRole('button', { name: '删除模板' }).click()
    await page.getByLabel('常用模板').waitFor({ state: 'detached' })
  })

  it('takes the codes of a scanner, and goes on to the next field without submitting', async () => {
    await page.getByRole('link', { name: '我的工作台' }).click()
    await page.getByRole('button', { name: '个别谈话教育', exact: true }).click()
    await page.locator('#field-inmate_ref').focus()
    await scan('ID=0000103002')
    expect(await page.locator('#field-inmate_ref').inputValue()).toBe('0000103002')
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.id))
      .toBe('field-control_level')
    expect(page.url()).toContain('/edit')
    await page.context().close()
  })
})

/** The main process of the browser that was started on this folder, by nobody else. */
function processOf(folder: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      if (
        words.includes(`--user-data-dir=${folder}`) &&
        !words.some((w) => w.startsWith('--type='))
      ) {
        return Number(pid)
      }
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error(`no browser on ${folder}`)
}

describe('a browser that is killed', () => {
  it('loses nothing older than two seconds, of a form and of a batch', async () => {
    const folder = mkdtempSync(`${tmpdir()}/taizhang-browser-`)
    try {
      let context = await launchIn(folder)
      page = context.pages()[0]!
      await signIn(page, 'officer')
      await page.getByRole('button', { name: '清监搜身', exact: true }).click()
      await page.locator('.schema-form').waitFor()
      const form = page.url()
      await page.getByText('草稿已保存').waitFor()
      // The server answers and keeps nothing: this computer alone knows. (One that does not answer at all
      // hands the draft over to the offline drafts, whose journey is another.)
      await page.route('**/draft?*', (route) =>
        route.fulfill({
          status: 503,
          headers: { 'Content-Type': 'application/problem+json', 'X-Request-Id': 'kept-here' },
          body: JSON.stringify({ code: 'database_unavailable', title: '数据库暂时不可用' }),
        }),
      )
      const grid = await context.newPage()
      await grid.goto(new URL('/batch', form).href)
      await grid.getByRole('combobox', { name: '台账' }).selectOption({ label: '个别谈话教育' })
      await grid.getByRole('button', { name: '开始批量录入' }).click()
      await grid.locator('.grid-input:focus').waitFor()
      const batch = grid.url()
      await page.bringToFront()
      await page.locator('#field-findings_count').focus()
      await page.keyboard.type('37')
      await grid.bringToFront()
      await grid.locator('.grid-input').focus()
      await grid.keyboard.type('0000109999')
      // Not a wait for something: it is what is promised, and half of it is to spare.
      await grid.waitForTimeout(2000)
      process.kill(processOf(folder), 'SIGKILL')
      await context.close().catch(() => undefined)

      context = await launchIn(folder)
      page = context.pages()[0]!
      await signIn(page, 'officer')
      await page.goto(form)
      await page.getByText('本机有更新的内容').waitFor()
      await sound('left-here')
      await page.getByRole('button', { name: '采用本机内容' }).click()
      expect(await page.locator('#field-findings_count').inputValue()).toBe('37')
      await page.getByText('草稿已保存').waitFor()
      await page.goto(batch)
      await page.getByText('已恢复本机保存的内容').waitFor()
      await page.getByRole('gridcell', { name: '0000109999' }).waitFor()
      await context.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
