import { readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expand } from '../src/schema/expand'
import type { Doc, FormLayout, Schema } from '../src/schema/types'
import { launch, shot, signedIn, violations } from './browser'
import { fillDocument, picture } from './fill'
import { checkedPack } from './zip'

const type = '../schemas/ledgers/cell-body-search/v1'
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const schema = expand(read<Schema>(`${type}/schema.json`))
const fields = read<FormLayout>(`${type}/form.json`).sections.flatMap((s) => s.fields)

/** A document with one finding, so that conditional fields and the photo are asked for. */
const found = readdirSync(`${type}/valid`)
  .map((file) => read<Doc>(`${type}/valid/${file}`))
  .find((doc) => doc.findings_count === 1)!

let browser: Browser
let officer: Page
let entry = ''

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
})

async function sound(page: Page, name: string) {
  await shot(page, name)
  expect(await violations(page), name).toEqual([])
}

/** Puts a picture on every evidence line that still lacks one. */
async function attach(page: Page) {
  for (;;) {
    const line = page
      .locator('.drop')
      .filter({ has: page.locator('.danger') })
      .first()
    if ((await line.count()) === 0) return
    const before = await page.locator('.gallery li').count()
    await line.locator('input[type=file][multiple]').setInputFiles(picture)
    await expect.poll(() => page.locator('.gallery li').count()).toBe(before + 1)
    await line.locator('.danger').waitFor({ state: 'detached' })
  }
}

/** Opens the proofs one after the other until that of the entry; the others close again. */
async function openProof(page: Page, path: string) {
  const rows = page.locator('.proof details:not(.finding)')
  await rows.first().waitFor()
  for (let i = 0; i < (await rows.count()); i++) {
    await rows.nth(i).locator('summary').click()
    const link = rows.nth(i).getByRole('link', { name: '打开全文' })
    await link.waitFor()
    if ((await link.getAttribute('href')) === path) return
    await rows.nth(i).locator('summary').click()
  }
  throw new Error(`the entry is not among the proofs: ${path}`)
}

describe('one entry, from the key press to the proof', () => {
  it('an officer fills it in and submits it by keyboard', async () => {
    officer = await signedIn(browser, 'officer')
    await sound(officer, 'workbench')
    await officer.getByRole('button', { name: '清监搜身', exact: true }).click()
    await officer.locator('.schema-form').waitFor()
    entry = new URL(officer.url()).pathname.replace(/\/edit$/, '')
    await officer.keyboard.press('Control+Enter')
    await officer.getByText('此项必填').first().waitFor()
    await sound(officer, 'edit-errors')
    await fillDocument(officer, schema, fields, found)
    await officer.getByText('草稿已保存').waitFor()
    await officer.locator('.drop .danger').first().waitFor()
    await attach(officer)
    await sound(officer, 'edit')
    await officer.keyboard.press('Control+Enter')
    await officer.getByRole('heading', { name: '清监搜身：已提交' }).waitFor()
    await officer.getByText('日志序号').waitFor()
    await sound(officer, 'receipt')
  })

  it('the duty leader returns it with a remark on a field', async () => {
    const page = await signedIn(browser, 'duty leader')
    await page.goto(new URL('/inbox', page.url()).href)
    await page.locator('.inbox-detail .document').first().waitFor()
    await sound(page, 'inbox')
    await page.goto(new URL(entry, page.url()).href)
    await page.getByLabel('审批意见').fill('请核对查获件数')
    await page.getByRole('button', { name: '退回' }).click()
    await page.locator('main .status.returned').first().waitFor()
    await sound(page, 'entry-returned')
    await page.context().close()
  })

  it('it comes back, and its chain approves it', async () => {
    await officer.goto(new URL(entry, officer.url()).href)
    await officer.getByRole('button', { name: '修改后重报' }).click()
    await officer.getByText('审批意见：请核对查获件数').waitFor()
    await officer.getByLabel('查获件数').focus()
    await officer.keyboard.press('Control+Enter')
    await officer.getByRole('heading', { name: '清监搜身：已提交' }).waitFor()
    for (const role of ['duty leader', 'head of area', 'head of custody']) {
      const page = await signedIn(browser, role)
      await page.goto(new URL(entry, page.url()).href)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const approve = page.getByRole('button', { name: '通过' })
      await page.locator('.chain').waitFor()
      if ((await approve.count()) > 0) {
        await page.keyboard.press('a')
        await approve.waitFor({ state: 'detached' })
      }
      await page.context().close()
    }
    await officer.goto(new URL(entry, officer.url()).href)
    await officer.locator('main .page-title .status.approved').first().waitFor()
    await sound(officer, 'entry-approved')
    await officer.goto(new URL(`${entry}/print`, officer.url()).href)
    await officer.getByRole('heading', { level: 1, name: '清监搜身' }).waitFor()
    await sound(officer, 'print')
  })

  it('the area head sees the score, the inspector the proof and the pack', async () => {
    const head = await signedIn(browser, 'head of area')
    await head.goto(new URL('/scores', head.url()).href)
    await head.locator('main table a').first().click()
    await head.locator('.score-total').waitFor()
    await head.locator('canvas').first().waitFor()
    const indicator = head.locator('.score-tree details details').filter({ hasText: 'JG-04' })
    await head
      .locator('.score-tree > details')
      .filter({ hasText: 'JG-04' })
      .locator('summary')
      .first()
      .click()
    await indicator.locator('summary').first().click()
    await indicator.locator(`a[href="${entry}"]`).waitFor()
    await sound(head, 'score')
    const area = new URL(head.url()).pathname.replace(/\/score$/, '')
    await head.context().close()

    const inspector = await signedIn(browser, 'inspector')
    await inspector.goto(new URL(`${area}/proof`, inspector.url()).href)
    await inspector.locator('.proof-list a').filter({ hasText: 'JG-04' }).click()
    await openProof(inspector, entry)
    await inspector.locator('.gallery .thumb').first().click()
    await inspector.locator('dialog.preview').waitFor()
    await sound(inspector, 'proof-preview')
    await inspector.keyboard.press('Escape')
    await inspector.getByLabel('调取事由').fill('年度检查')
    const downloading = inspector.waitForEvent('download')
    await inspector.getByRole('button', { name: '下载证据包' }).click()
    const pack = await downloading
    expect(pack.suggestedFilename()).toMatch(/\.zip$/)
    const files = checkedPack(await pack.path())
    const id = entry.split('/').at(-1)!
    expect(files.filter((f) => f.includes(id)).length).toBeGreaterThan(1)
    await inspector.getByText('记录现场发现的问题').click()
    await inspector.getByLabel('问题描述').fill('巡查时发现工具未编号')
    await inspector.getByRole('button', { name: '记录', exact: true }).click()
    await inspector.getByRole('heading', { name: '现场发现的问题' }).waitFor()
    await sound(inspector, 'proof')
    for (const [path, title] of [
      ['/completeness', '填报情况'],
      ['/log', '存证日志'],
    ] as const) {
      await inspector.goto(new URL(path, inspector.url()).href)
      await inspector.getByRole('heading', { level: 1, name: title }).waitFor()
      await expect.poll(() => inspector.locator('main .state[aria-busy=true]').count()).toBe(0)
      await inspector.locator('main section').first().waitFor()
      await sound(inspector, path.slice(1))
    }
    await inspector.context().close()
  })

  it('every other screen is sound', async () => {
    for (const [path, title] of [
      ['/mine', '我的记录'],
      ['/ledgers', '台账目录'],
      ['/ledgers/cell-body-search', '清监搜身'],
      ['/scores', '考核得分'],
      ['/sessions', '登录管理'],
    ] as const) {
      await officer.goto(new URL(path, officer.url()).href)
      await officer.getByRole('heading', { level: 1, name: title }).waitFor()
      await officer.locator('main .state[aria-busy=true]').waitFor({ state: 'detached' })
      await sound(officer, path.slice(1).replaceAll('/', '-'))
    }
    await officer.getByRole('button', { name: 'English' }).click()
    await officer.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
    await sound(officer, 'english')
  })

  it('a session ends everywhere at once', async () => {
    await officer.getByRole('button', { name: 'Sign out everywhere' }).click()
    await officer.locator('#number').waitFor()
    await sound(officer, 'sign-in')
    await officer.goto(new URL('/mine', officer.url()).href)
    await officer.locator('#number').waitFor()
  })
})
