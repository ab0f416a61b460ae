import { readdirSync, readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EntryView, Me } from '../src/api/model'
import { expand } from '../src/schema/expand'
import type { Doc, FormLayout, Schema } from '../src/schema/types'
import { address, api, launch, password, screen, shot, signIn } from './browser'
import { fillDocument, lastHour, picture } from './fill'

const type = '../schemas/ledgers/cell-body-search/v1'
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const schema = expand(read<Schema>(`${type}/schema.json`))
const fields = read<FormLayout>(`${type}/form.json`).sections.flatMap((s) => s.fields)
const found = readdirSync(`${type}/valid`)
  .map((file) => read<Doc>(`${type}/valid/${file}`))
  .find((doc) => doc.findings_count === 1)!

let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
})
afterEach(async () => {
  await context?.close()
})

/** A new browser in which the officer is signed in, with all that filling needs kept; then the plug is out. */
async function away(prepare?: (context: BrowserContext) => Promise<unknown>) {
  context = await browser.newContext(screen)
  await prepare?.(context)
  page = await context.newPage()
  await signIn(page, 'officer')
  await page.waitForFunction(
    async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated',
  )
  await expect
    .poll(() => kept(page), { timeout: 60_000 })
    .toMatch(/anchor[\s\S]*ledgers\/cell-body-search\?version=1[\s\S]*lookups/)
  await context.setOffline(true)
}

/** Keys of everything that lies in the page's own database. */
function kept(on: Page): Promise<string> {
  return on.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const request = indexedDB.open('taizhang')
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const all = request.result.transaction('kept').objectStore('kept').getAllKeys()
          all.onsuccess = () => {
            request.result.close()
            resolve(all.result.map((key) => (key as string[]).join(' ')).join('\n'))
          }
        }
      }),
  )
}

async function begun(): Promise<string> {
  await page.getByRole('link', { name: '我的工作台' }).first().click()
  await page.getByRole('button', { name: '清监搜身', exact: true }).click()
  await page.waitForURL(/\/offline\/[\w-]{36}$/)
  await page.locator('.schema-form').waitFor()
  return page.url().split('/').at(-1)!
}

/** Queues a draft with so many findings. */
async function draft(count: number): Promise<string> {
  const id = await begun()
  await page.locator('#field-findings_count').fill(String(count))
  await page.getByRole('button', { name: '存为服务器草稿' }).click()
  await page.waitForURL(/\/offline$/)
  return id
}

/** Queues a whole entry with a photo for submission. */
async function whole(): Promise<string> {
  const id = await begun()
  await fillDocument(page, schema, fields, lastHour(found))
  await page.locator('.drop input[type=file][multiple]').first().setInputFiles(picture)
  await page.locator('.gallery li').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(/\/offline$/)
  return id
}

/** Lets the disk be full when told: Chromium itself takes half a minute to notice a quota made smaller. */
function fillable() {
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (...all) {
    if (localStorage.getItem('full')) throw new DOMException('no room', 'QuotaExceededError')
    return put.apply(this, all)
  }
}

const states = (on: Page, state: string) => on.getByText(state, { exact: true }).count()
/** Unless it has gone by itself meanwhile. */
const sendNow = (on: Page) =>
  on
    .getByRole('button', { name: '立即发送' })
    .click({ timeout: 3_000 })
    .catch(() => {})

async function there(id: string): Promise<{ status: number; data: EntryView }> {
  const me = (await api<Me>(page, 'GET', '/session')).data
  return api<EntryView>(page, 'GET', `/prisons/${me.postings[0]!.prison!}/entries/${id}`)
}

async function once(id: string, state: string) {
  const { data } = await there(id)
  expect(data.entry.state).toBe(state)
  const kinds = data.events.map((e) => e.kind)
  for (const kind of ['created', 'submitted', 'written_offline'])
    expect(kinds.filter((k) => k === kind).length, kind).toBeLessThanOrEqual(1)
  expect(data.evidence).toHaveLength(state === 'draft' ? 0 : 1)
  expect(data.branches).toEqual([])
}

describe('the outbox', () => {
  it('sends the rest where the server fails at one in the middle, and says so', async () => {
    await away()
    const ids = [await draft(1), await draft(2), await draft(3)]
    await expect.poll(() => states(page, '待发送')).toBe(3)
    const failing = `**/entries/${ids[1]}/draft*`
    await context.route(failing, (route) =>
      route.fulfill({
        status: 500,
        headers: { 'Content-Type': 'application/problem+json', 'X-Request-Id': 'made-up' },
        body: JSON.stringify({ code: 'internal', title: '服务器出错' }),
      }),
    )
    await context.setOffline(false)
    await sendNow(page)
    await expect.poll(() => states(page, '已送达')).toBe(2)
    await sendNow(page)
    await page.getByText('有内容发送时出错，仍保存在本机，稍后会自动再试').waitFor()
    expect(await states(page, '待发送')).toBe(1)
    await shot(page, 'outbox-failing')
    await context.unroute(failing)
    await sendNow(page)
    await expect.poll(() => states(page, '已送达')).toBe(3)
    for (const [at, id] of ids.entries())
      expect((await there(id)).data.draft?.body.findings_count).toBe(at + 1)
  })

  it('makes one entry though the answer to each of its steps is lost', async () => {
    await away()
    const id = await whole()
    const lost = new Set<string>()
    await context.route(/\/api\/v1\/prisons\/.*\/(entries|uploads)/, async (route) => {
      const request = route.request()
      const step = `${request.method()} ${new URL(request.url()).pathname}`
      if (request.method() === 'GET' || lost.has(step)) return route.continue()
      lost.add(step)
      await route.fetch()
      await route.abort()
    })
    await context.setOffline(false)
    await expect
      .poll(
        async () => {
          if ((await states(page, '待发送')) > 0) await sendNow(page)
          return states(page, '已送达')
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(1)
    await context.unrouteAll()
    // Begun, saved, the photo begun, asked for and sent, submitted.
    expect(lost.size).toBe(6)
    await once(id, 'submitted')
  })

  it.each([
    ['with locks', undefined],
    [
      'where the browser has no locks, as over plain HTTP',
      (context: BrowserContext) =>
        context.addInitScript(() =>
          Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined }),
        ),
    ],
  ])('two windows that send at once make one entry, %s', async (_, prepare) => {
    await away(prepare)
    const ids = [await draft(1), await whole()]
    const other = await context.newPage()
    await other.goto(`${address}/offline`)
    await expect.poll(() => states(other, '待发送')).toBe(2)
    const made: string[] = []
    context.on('request', (r) => {
      if (r.method() === 'POST' && r.url().endsWith('/entries')) made.push(r.postDataJSON().id)
    })
    await context.setOffline(false)
    await Promise.all([sendNow(page), sendNow(other)])
    for (const on of [page, other]) await expect.poll(() => states(on, '已送达')).toBe(2)
    if (!prepare) expect(made).toEqual(ids)
    await once(ids[0]!, 'draft')
    await once(ids[1]!, 'submitted')
  })

  it('neither sends nor shows anything as another person, and does once its own signs in again', async () => {
    await away()
    const id = await draft(4)
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByRole('button', { name: '登录并继续' }).waitFor({ timeout: 60_000 })
    const sent: string[] = []
    context.on('request', (r) => {
      if (`${r.url()} ${r.postData() ?? ''}`.includes(id)) sent.push(`${r.method()} ${r.url()}`)
    })
    const other = await context.newPage()
    await signIn(other, 'kitchen officer')
    await other.goto(`${address}/offline`)
    await other.getByText('这台电脑上没有', { exact: false }).first().waitFor()
    expect(await states(other, '待发送')).toBe(0)
    // Without a screen every window has the focus, and none ever gets it.
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await page.getByText('不能以他人名义保存', { exact: false }).waitFor()
    await shot(page, 'outbox-another')
    await other.goto(`${address}/offline/${id}`)
    await other.getByText('这台电脑上没有这份草稿，可能已经送达或删除').waitFor()
    expect(sent.filter((s) => s.includes('/api/'))).toEqual([])
    await other.getByRole('button', { name: '退出' }).click()
    await other.locator('#number').waitFor()
    await other.close()
    expect(await kept(page)).toContain(`work ${id}`)
    await page.reload()
    await signIn(page, 'officer')
    await page.goto(`${address}/offline`)
    await expect.poll(() => states(page, '已送达')).toBe(1)
    const { data } = await there(id)
    expect(data.draft?.body.findings_count).toBe(4)
    const me = (await api<Me>(page, 'GET', '/session')).data
    expect(data.entry.author).toBe(me.person)
  })

  it('sends once the same person has signed in again, where the login ended meanwhile', async () => {
    await away()
    const id = await draft(5)
    await context.clearCookies()
    await context.setOffline(false)
    await page.getByRole('button', { name: '登录并继续' }).waitFor({ timeout: 60_000 })
    expect(await kept(page)).toContain(`work ${id}`)
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await expect.poll(() => states(page, '已送达')).toBe(1)
    await once(id, 'draft')
  })

  it('sends from a disk that is full, and says so where nothing more can be kept', async () => {
    await away((c) => c.addInitScript(fillable))
    const ids = [await draft(6), await draft(7)]
    const noRoom = '没能保存到本机：浏览器不允许或空间已满'
    const said = async () => {
      const toast = page.locator('.toast', { hasText: noRoom })
      await toast.waitFor()
      await toast.waitFor({ state: 'detached' })
    }
    await page.evaluate(() => localStorage.setItem('full', 'yes'))
    await page.getByRole('link', { name: '我的工作台' }).first().click()
    await page.getByRole('button', { name: '清监搜身', exact: true }).click()
    await said()
    await page.evaluate(() => localStorage.removeItem('full'))
    const id = await begun()
    await page.evaluate(() => localStorage.setItem('full', 'yes'))
    await page.locator('#field-findings_count').fill('8')
    await said()
    await page.getByRole('button', { name: '存为服务器草稿' }).click()
    await said()
    expect(page.url()).toContain(id)
    await expect(page.locator('#field-findings_count').inputValue()).resolves.toBe('8')
    expect(await states(page, noRoom)).toBe(1)
    await shot(page, 'outbox-full')
    const other = await context.newPage()
    await other.goto(`${address}/offline`)
    await context.setOffline(false)
    await sendNow(other)
    await expect.poll(() => states(other, '待发送')).toBe(0)
    for (const one of ids) await once(one, 'draft')
    await page.evaluate(() => localStorage.removeItem('full'))
    await other.close()
    await page.getByRole('button', { name: '存为服务器草稿' }).click()
    await page.waitForURL(/\/offline$/)
    await expect.poll(async () => (await there(id)).data?.draft?.body.findings_count).toBe(8)
  })
})
