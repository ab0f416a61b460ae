import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntryPage, EntryView, Me } from '../src/api/model'
import { expand } from '../src/schema/expand'
import type { Doc, FormLayout, Schema } from '../src/schema/types'
import { address, api, launch, loginOf, password, shot, signedIn, violations } from './browser'
import { fillDocument, lastHour, picture } from './fill'

const type = '../schemas/ledgers/cell-body-search/v1'
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const schema = expand(read<Schema>(`${type}/schema.json`))
const fields = read<FormLayout>(`${type}/form.json`).sections.flatMap((s) => s.fields)
const found = readdirSync(`${type}/valid`)
  .map((file) => read<Doc>(`${type}/valid/${file}`))
  .find((doc) => doc.findings_count === 1)!

const profile = mkdtempSync(join(tmpdir(), 'profile-'))
let browser: Browser
let context: BrowserContext
let page: Page
let id = ''

/** A browser that keeps its profile, as that of an officer's computer. */
async function open(): Promise<Page> {
  const executablePath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  )
  context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    locale: 'zh-CN',
    viewport: { width: 1366, height: 768 },
  })
  const opened = context.pages()[0] ?? (await context.newPage())
  opened.setDefaultTimeout(30_000)
  return opened
}

/** Not by `ready`: asked too early, it is of a page that is replaced, and never comes. */
async function workerActive(on: Page) {
  await on.waitForFunction(async () => {
    const here = await navigator.serviceWorker.getRegistration()
    return here?.active?.state === 'activated'
  })
}

async function signIn(on: Page) {
  const { number } = await loginOf('officer')
  await on.locator('#number').fill(number)
  await on.keyboard.press('Tab')
  await on.keyboard.type(password)
  await on.keyboard.press('Enter')
}

/** Pulls the plug: every process of this profile, at once. */
function kill() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile)) {
        process.kill(Number(pid), 'SIGKILL')
      }
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Keys of everything that lies in the page's own database. */
function kept(on: Page): Promise<string[]> {
  return on.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const request = indexedDB.open('taizhang')
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const base = request.result
          const done = (keys: string[]) => {
            base.close()
            resolve(keys)
          }
          if (!base.objectStoreNames.contains('kept')) return done([])
          const all = base.transaction('kept').objectStore('kept').getAllKeys()
          all.onsuccess = () => done(all.result.map((key) => (key as string[]).join(' ')))
        }
      }),
  )
}

async function sound(on: Page, name: string) {
  await shot(on, name)
  expect(await violations(on), name).toEqual([])
}

const view = async (on: Page, prison: string, entry: string) =>
  (await api<EntryView>(on, 'GET', `/prisons/${prison}/entries/${entry}`)).data

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await context?.close().catch(() => {})
  kill()
  await browser?.close()
  rmSync(profile, { recursive: true, force: true })
})

describe('without the network', () => {
  it('an officer fills an entry in, attaches a photo and queues it', async () => {
    page = await open()
    await page.goto(`${address}/`)
    await signIn(page)
    await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
    await workerActive(page)
    await expect
      .poll(async () => (await kept(page)).join('\n'), { timeout: 60_000 })
      .toMatch(/anchor[\s\S]*ledgers\/cell-body-search\?version=1[\s\S]*lookups/)
    await page.waitForFunction(async () => {
      const names = await caches.keys()
      return names.length > 0 && (await caches.match('/')) !== undefined
    })
    await context.setOffline(true)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
    await page.getByText('离线', { exact: true }).waitFor()
    await sound(page, 'offline-workbench')
    await page.getByRole('button', { name: '清监搜身', exact: true }).click()
    await page.waitForURL(/\/offline\/[\w-]{36}$/)
    id = page.url().split('/').at(-1)!
    await page.locator('.schema-form').waitFor()
    await fillDocument(page, schema, fields, lastHour(found))
    await page.locator('.drop input[type=file][multiple]').first().setInputFiles(picture)
    await page.locator('.gallery li').waitFor()
    await page.getByText('已保存在本机').waitFor()
    // A look-up answers from what is kept of the area.
    await sound(page, 'offline-edit')
    await page.keyboard.press('Control+Enter')
    await page.getByText('待发送', { exact: true }).waitFor()
    await sound(page, 'offline-queue')
  })

  it('the plug is pulled; started again it is sent, once, with the same digests', async () => {
    kill()
    await context.close().catch(() => {})
    page = await open()
    await page.goto(`${address}/`)
    await signIn(page)
    await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
    await page.goto(`${address}/offline`)
    await page.getByText('已送达', { exact: true }).waitFor()
    await sound(page, 'offline-delivered')
    const me = (await api<Me>(page, 'GET', '/session')).data
    const prison = me.postings[0]!.prison!
    const there = await view(page, prison, id)
    expect(there.entry.state).toBe('submitted')
    const sum = `sha256:${createHash('sha256').update(picture.buffer).digest('hex')}`
    expect(there.evidence.map((e) => e.sha256)).toEqual([sum])
    expect(there.events.filter((e) => e.kind === 'submitted')).toHaveLength(1)
    expect(there.events.find((e) => e.kind === 'written_offline')?.detail).toMatchObject({
      written: { verified: true },
    })
    const mine = `/prisons/${prison}/entries?mine=true&ledger=cell-body-search&state=draft`
    const drafts = (await api<EntryPage>(page, 'GET', mine)).data.entries
    expect(drafts.filter((e) => e.changed_at >= there.entry.created_at)).toEqual([])
    await page.getByRole('link', { name: '查看条目' }).click()
    await page.getByText(/离线填写：不早于/).waitFor()
    await sound(page, 'offline-entry')
  })

  it('signing out leaves nothing of the person on the computer', async () => {
    expect((await kept(page)).length).toBeGreaterThan(0)
    await page.getByRole('button', { name: '退出' }).click()
    await page.locator('#number').waitFor()
    await expect.poll(() => kept(page)).toEqual([])
  })
})

describe('one draft, changed without the network on two computers', () => {
  it('both versions are kept, and a person resolves', async () => {
    const [one, two] = [await signedIn(browser, 'officer'), await signedIn(browser, 'officer')]
    const me = (await api<Me>(one, 'GET', '/session')).data
    const { prison, area } = me.postings[0] as { prison: string; area: string }
    const made = await api<{ entry: { id: string } }>(one, 'POST', `/prisons/${prison}/entries`, {
      ledger: 'cell-body-search',
      area,
    })
    const entry = made.data.entry.id
    const path = `/prisons/${prison}/entries/${entry}`
    for (const [on, count] of [
      [one, '1'],
      [two, '2'],
    ] as const) {
      await on.goto(`${address}${path}/edit`)
      await on.locator('.schema-form').waitFor()
      await workerActive(on)
      await on.context().setOffline(true)
      await on.locator('#field-findings_count').fill(count)
      await on.getByText('已填内容保存在本机').waitFor()
    }
    for (const [on, state] of [
      [one, '已送达'],
      [two, '有两个版本'],
    ] as const) {
      await on.getByRole('link', { name: /离线继续填写/ }).click()
      await on.waitForURL(/\/offline\/[\w-]{36}$/)
      await on.getByRole('button', { name: '存为服务器草稿' }).click()
      await on.getByText('待发送', { exact: true }).waitFor()
      await on.context().setOffline(false)
      await on.getByRole('button', { name: '立即发送' }).click()
      await on.getByText(state, { exact: true }).waitFor()
    }
    await sound(two, 'offline-conflict')
    const both = await view(two, prison, entry)
    expect(both.draft?.body.findings_count).toBe(1)
    expect(both.branches.map((b) => b.body.findings_count)).toEqual([2])
    await two.getByRole('link', { name: '打开条目处理' }).click()
    await two.getByRole('button', { name: '继续填报' }).click()
    await two.getByLabel(/采用离线的“查获件数”/).check()
    await sound(two, 'offline-resolve')
    await two.getByRole('button', { name: '把所选 1 项并入草稿' }).click()
    // The page loads itself anew with the merged draft; closed while it does, it never ends.
    const count = two.locator('#field-findings_count')
    await expect.poll(() => count.inputValue()).toBe('2')
    const merged = await view(two, prison, entry)
    expect(merged.draft?.body.findings_count).toBe(2)
    expect(merged.branches).toEqual([])
    for (const on of [one, two]) await on.context().close()
  })
})

describe('a ledger with shared fields, filled without the network', () => {
  it('arrives as it was typed, keeps its proven time, and says what its sources say instead', async () => {
    const on = await signedIn(browser, 'officer')
    const me = (await api<Me>(on, 'GET', '/session')).data
    const { prison, area } = me.postings[0] as { prison: string; area: string }
    const heads = `/prisons/${prison}/entries?ledger=headcount&area=${area}&state=approved&limit=50`
    const counts = (await api<EntryPage>(on, 'GET', heads)).data.entries
    const last = counts.find((e) => e.occurred_at)!
    const counted = (await view(on, prison, last.id)).revisions.at(-1)!.document as Doc
    // A shift that ended with this count: long before it is sent.
    const ended = Date.parse(last.occurred_at!)
    const at = (ms: number) => new Date(ms).toISOString()
    await on.waitForFunction(async () => (await caches.match('/')) !== undefined)
    await expect
      .poll(async () => (await kept(on)).join('\n'), { timeout: 60_000 })
      .toMatch(/anchor[\s\S]*ledgers\/duty-log\?version=1/)
    await on.context().setOffline(true)
    await on.reload()
    await on.getByText('离线', { exact: true }).waitFor()
    await on.getByRole('button', { name: '值班日志', exact: true }).click()
    await on.waitForURL(/\/offline\/[\w-]{36}$/)
    const entry = on.url().split('/').at(-1)!
    await on
      .getByText(/联网发送时取自.*点名/)
      .first()
      .waitFor()
    const log = read<Doc>('../schemas/ledgers/duty-log/v1/valid/01-day.json')
    const typed = {
      ...log,
      shift_start: at(ended - 3600_000),
      shift_end: at(ended),
      inmate_count: 1999,
    }
    const logged = '../schemas/ledgers/duty-log/v1'
    const names = read<FormLayout>(`${logged}/form.json`).sections.flatMap((s) => s.fields)
    await fillDocument(on, expand(read<Schema>(`${logged}/schema.json`)), names, typed)
    await on.locator('.drop input[type=file][multiple]').first().setInputFiles(picture)
    await on.locator('.gallery li').waitFor()
    await sound(on, 'offline-shared')
    await on.keyboard.press('Control+Enter')
    await on.getByText('待发送', { exact: true }).waitFor()
    await on.context().setOffline(false)
    await on.getByRole('button', { name: '立即发送' }).click()
    await on.getByText('已送达', { exact: true }).waitFor()
    const said = on.getByRole('note').filter({ hasText: '以来源的值为准' })
    await said.getByText('1999 人').waitFor()
    await said.getByText(`${counted.actual_count} 人`).waitFor()
    await on.getByRole('link', { name: /与所填不同，请核对/ }).waitFor()
    await sound(on, 'offline-overruled')
    const there = await view(on, prison, entry)
    expect(there.entry.state).toBe('submitted')
    expect(there.revisions.at(-1)!.document).toMatchObject({ inmate_count: counted.actual_count })
    expect(there.events.find((e) => e.kind === 'written_offline')?.detail).toMatchObject({
      written: { verified: true },
    })
    await on.getByRole('button', { name: '知道了' }).click()
    await expect.poll(() => on.getByRole('link', { name: /与所填不同/ }).count()).toBe(0)
    await on.context().close()
  })
})
