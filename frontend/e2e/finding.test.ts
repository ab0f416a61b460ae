import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'
import { picture } from './fill'

interface Me {
  postings: { prison?: string; area?: string }[]
}
interface Made {
  entry: { id: string; etag: number }
}

const item = 'GJ-009901'
let browser: Browser
let officer: Page
let warden: Page
let kitchen: Page
let prison = ''
let area = ''

/** 2026-11-24T09:05:00+08:00, some hours ago. */
const ago = (hours: number) =>
  `${new Date(Date.now() + 8 * 3_600_000 - hours * 3_600_000).toISOString().slice(0, 19)}+08:00`

const example = (ledger: string, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`../schemas/ledgers/${ledger}/v1/valid/${name}.json`, 'utf8'))

/** Files an entry as the form would, without the typing: that is another journey. */
async function file(
  ledger: string,
  body: Record<string, unknown>,
  photographed = false,
): Promise<string> {
  const made = await api<Made>(officer, 'POST', `/prisons/${prison}/entries`, {
    ledger,
    area,
    body,
  })
  expect(made.status, JSON.stringify(made.data)).toBe(201)
  const at = `/prisons/${prison}/entries/${made.data.entry.id}`
  if (photographed) {
    await officer.goto(`${address}${at}/edit`)
    await officer
      .locator('.drop')
      .filter({ has: officer.locator('.danger') })
      .locator('input[type=file][multiple]')
      .setInputFiles(picture)
    await officer.locator('.gallery li').waitFor()
  }
  const now = await api<Made>(officer, 'GET', at)
  const filed = await api(
    officer,
    'POST',
    `${at}/submit`,
    { reason: '' },
    { 'If-Match': `"${now.data.entry.etag}"` },
  )
  expect(filed.status, JSON.stringify(filed.data)).toBe(200)
  return made.data.entry.id
}

async function sound(page: Page, name: string) {
  await shot(page, name)
  expect(await violations(page), name).toEqual([])
}

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  warden = await signedIn(browser, 'warden')
  kitchen = await signedIn(browser, 'kitchen officer')
  const me = await api<Me>(officer, 'GET', '/session')
  prison = me.data.postings[0]?.prison ?? ''
  area = me.data.postings[0]?.area ?? ''
})
afterAll(async () => {
  await browser?.close()
})

describe('what was written is found again', () => {
  it('by its words, from anywhere, by keyboard alone', async () => {
    await file('individual-talk', {
      ...example('individual-talk', '01-monthly'),
      talked_at: ago(3),
      place: 'living',
      summary:
        '家中老屋漏雨，挂念年迈祖母，已联系村委会核实并代为转达问候，情绪平稳，愿意继续劳动。',
    })
    await officer.keyboard.press('Control+k')
    await officer.getByRole('combobox', { name: '检索或前往' }).waitFor()
    await officer.keyboard.type('漏雨')
    await officer
      .getByRole('option', { name: /个别谈话教育.*老屋漏雨/ })
      .first()
      .waitFor()
    await sound(officer, 'command-box')
    await officer.keyboard.press('Enter')
    await officer.getByRole('heading', { level: 1, name: /个别谈话教育/ }).waitFor()
    // Full-width, a quoted phrase and a second word; what answers is marked.
    await officer.goto(`${address}/search`)
    await officer.getByRole('searchbox', { name: '检索词' }).fill('“年迈祖母”　生活区')
    await officer.keyboard.press('Enter')
    await expect
      .poll(() => officer.locator('.hits mark').allTextContents())
      .toEqual(expect.arrayContaining(['年迈祖母', '生活区']))
    await sound(officer, 'search')
    await officer.getByRole('searchbox', { name: '检索词' }).fill('没有这样的话语')
    await officer.keyboard.press('Enter')
    await officer.getByText('没有符合条件的条目').waitFor()
    await officer.getByRole('searchbox', { name: '检索词' }).fill('，。')
    await officer.keyboard.press('Enter')
    await officer.getByText('请输入要查找的字词').waitFor()
  })

  it('and not by those who may not read it', async () => {
    for (const [page, may] of [
      [warden, true],
      [kitchen, false],
    ] as const) {
      const found = await api<{ hits: unknown[] }>(
        page,
        'GET',
        `/prisons/${prison}/search?q=${encodeURIComponent('老屋漏雨')}`,
      )
      expect(found.data.hits.length > 0).toBe(may)
    }
  })

  it('a filter is kept, used again and deleted', async () => {
    await officer.goto(`${address}/search?q=${encodeURIComponent('谈话')}&state=submitted`)
    await officer.getByRole('button', { name: '保存当前筛选' }).click()
    await officer.getByRole('textbox', { name: '名称', exact: true }).fill('待批谈话')
    await officer.getByRole('checkbox', { name: '本单位可用' }).check()
    await officer.getByRole('button', { name: '保存', exact: true }).click()
    await officer.getByRole('button', { name: '待批谈话' }).waitFor()
    await officer.goto(`${address}/search`)
    await officer.getByRole('button', { name: '待批谈话' }).click()
    await officer.locator('.hits li').first().waitFor()
    await officer.getByRole('button', { name: '管理' }).click()
    await sound(officer, 'saved-filters')
    await officer.getByRole('button', { name: '删除筛选「待批谈话」' }).click()
    await officer.getByText('暂无').waitFor()
    await officer.goto(`${address}/ledgers/individual-talk?state=submitted`)
    await officer.getByRole('button', { name: '保存当前筛选' }).waitFor()
  })
})

describe('a subject is traced through all ledgers', () => {
  it('a tool that did not come back is a gap with the words why', async () => {
    const { returned_at, ...tool } = example('tool-hazmat', '01-tool-returned')
    expect(returned_at).toBeTruthy()
    const body = { ...tool, item_code: item, issued_at: ago(40), returned_qty: 0 }
    const shortage_action = '封闭现场查找，报告值班监区领导'
    const id = await file('tool-hazmat', { ...body, shortage_action }, true)
    await officer.goto(`${address}/prisons/${prison}/entries/${id}`)
    await officer.getByRole('link', { name: item }).click()
    await officer.getByRole('heading', { level: 1, name: '倒查链' }).waitFor()
    await officer.getByText('工具发放超过 24 小时，未见收回').first().waitFor()
    await sound(officer, 'trace-tool')
    await officer.locator('.trace-marks a').first().click()
    await officer.getByRole('heading', { level: 1, name: /劳动工具与危险物品/ }).waitFor()
    expect(officer.url()).toContain(id)
  })

  it('an inmate, from the search box', async () => {
    await officer.keyboard.press('Control+k')
    await officer.keyboard.type('0000000001')
    await officer.getByRole('option', { name: '倒查链 0000000001' }).waitFor()
    await officer.keyboard.press('Enter')
    await officer.getByRole('heading', { level: 2, name: '时间线' }).waitFor()
    await sound(officer, 'trace-inmate')
  })
})
