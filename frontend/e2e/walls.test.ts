import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Doc } from '../src/schema/types'
import { address, api, launch, logins, password, shot, signedIn, violations } from './browser'
import { lastHour } from './fill'

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const type = '../schemas/ledgers/cell-body-search/v1/valid'

function justNow(file: string, filler: string): Doc {
  return { ...lastHour(read<Doc>(`${type}/${file}`)), searchers: [filler, '0000002'] }
}

interface Me {
  number: string
  postings: { role: string; prison?: string; area?: string }[]
}
interface Made {
  entry: { id: string; etag: number }
}

let browser: Browser
let officer: Page
let prison = ''
let area = ''
let number = ''

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  const { data } = await api<Me>(officer, 'GET', '/session')
  number = data.number
  ;({ prison = '', area = '' } = data.postings[0]!)
})
afterAll(async () => {
  await browser?.close()
})

/** A draft of a search, filled in. */
async function drafted(file = '01-cell-nothing.json'): Promise<Made['entry']> {
  const made = await api<Made>(officer, 'POST', `/prisons/${prison}/entries`, {
    ledger: 'cell-body-search',
    area,
  })
  expect(made.status).toBe(201)
  const { id, etag } = made.data.entry
  const saved = await api<Made>(
    officer,
    'PUT',
    `/prisons/${prison}/entries/${id}/draft?version=1`,
    justNow(file, number),
    {
      'If-Match': `"${etag}"`,
    },
  )
  expect(saved.status).toBe(200)
  return saved.data.entry
}

async function submitted(): Promise<string> {
  const { id, etag } = await drafted()
  const path = `/prisons/${prison}/entries/${id}`
  const sent = await api<Made>(officer, 'POST', `${path}/submit`, {}, { 'If-Match': `"${etag}"` })
  expect(sent, JSON.stringify(sent.data)).toMatchObject({ status: 200 })
  return path
}

describe('the walls, as people meet them', () => {
  it('nobody is offered to approve an entry of their own', async () => {
    const entry = await submitted()
    await officer.goto(`${address}${entry}`)
    await officer.locator('.chain').waitFor()
    expect(await officer.getByRole('button', { name: '通过' }).count()).toBe(0)
    expect(await officer.getByRole('button', { name: '退回' }).count()).toBe(0)
  })

  it('to an officer of another area the entry is not there', async () => {
    const entry = await submitted()
    const { data } = await api<{ people: { number: string }[] }>(
      officer,
      'GET',
      `/prisons/${prison}/people?q=`,
    )
    const known = (await logins()).map((l) => l.number)
    const context = await browser.newContext({ locale: 'zh-CN' })
    const page = await context.newPage()
    let found = false
    for (const { number } of data.people.filter((p) => !known.includes(p.number))) {
      const answer = await context.request.post(`${address}/api/v1/session`, {
        data: { number, password },
      })
      if (!answer.ok()) continue
      const me = (await answer.json()) as Me
      found = me.postings.some((p) => p.role === 'officer' && p.area !== area)
      if (found) break
    }
    expect(found, 'an officer of another area').toBe(true)
    await page.goto(`${address}${entry}`)
    await page.getByText('没有找到').first().waitFor()
    const answer = await context.request.get(`${address}/api/v1${entry}`)
    expect(answer.status()).toBe(404)
    await shot(page, 'not-found')
    expect(await violations(page)).toEqual([])
    await context.close()
  })

  it('a leader approves many in one act, those that want a look one by one', async () => {
    const back = await submitted()
    for (let i = 0; i < 3; i++) await submitted()
    const leader = await signedIn(browser, 'duty leader')
    // One comes a second time, and so wants a look.
    const { data } = await api<{ entry: { digest: string; etag: number } }>(leader, 'GET', back)
    await api(leader, 'POST', `${back}/return`, { digest: data.entry.digest, comment: '请核对' })
    const returned = await api<Made>(officer, 'GET', back)
    const revise = await api<Made>(officer, 'POST', `${back}/revise`, undefined, {
      'If-Match': `"${returned.data.entry.etag}"`,
    })
    const again = await api(
      officer,
      'POST',
      `${back}/submit`,
      {},
      {
        'If-Match': `"${revise.data.entry.etag}"`,
      },
    )
    expect(again.status).toBe(200)

    await leader.goto(`${address}/inbox?ledger=cell-body-search`)
    await leader.locator('.inbox-list li').first().waitFor()
    const id = back.split('/').at(-1)
    const looked = leader.locator(`#inbox-${id} input[type=checkbox]`)
    expect(await looked.isDisabled()).toBe(true)
    await leader.locator('.inbox-bulk input[type=checkbox]').check()
    await shot(leader, 'inbox-bulk')
    await leader.locator('.inbox-bulk button').click()
    await leader
      .getByText(/已通过/)
      .first()
      .waitFor()
    await leader.locator(`#inbox-${id}`).waitFor()
    await expect
      .poll(() => leader.locator('.inbox-list li input[type=checkbox]:not(:disabled)').count())
      .toBe(0)
    await leader.context().close()
  })

  it('two windows on one draft meet honestly', async () => {
    const { id } = await drafted()
    const path = `/prisons/${prison}/entries/${id}`
    const other = await officer.context().newPage()
    for (const page of [officer, other]) {
      await page.goto(`${address}${path}/edit`)
      await page.locator('.schema-form').waitFor()
    }
    await officer.getByLabel('查获件数').fill('1')
    await officer.keyboard.press('Control+s')
    await officer.getByText('草稿已保存').waitFor()
    await other.getByLabel('查获件数').fill('2')
    await other.keyboard.press('Control+s')
    const conflict = other.locator('[role=alert]').filter({ has: other.locator('button') })
    await conflict.locator('.changes li').first().waitFor()
    await shot(other, 'conflict')
    expect(await violations(other)).toEqual([])
    await conflict.getByRole('button').first().click()
    await other.getByText('草稿已保存').waitFor()
    const { data } = await api<{ draft: { body: Doc } }>(other, 'GET', path)
    expect(data.draft.body.findings_count).toBe(2)
    await other.close()
  })

  it('a login that ends under the hands is begun again in place, and nothing is lost', async () => {
    const { id } = await drafted()
    const page = await signedIn(browser, 'officer')
    await page.goto(`${address}/prisons/${prison}/entries/${id}/edit`)
    await page.locator('.schema-form').waitFor()
    // Typed, and not saved yet: a save follows a second after the last key.
    await page.locator('#field-findings_count').fill('7')
    expect((await api(page, 'DELETE', '/sessions')).status).toBe(204)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('登录已失效').first().waitFor()
    await shot(page, 'sign-in-again')
    expect(await violations(page)).toEqual([])
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.locator('#field-findings_count').inputValue()).toBe('7')
    const path = `/prisons/${prison}/entries/${id}`
    const saved = async () =>
      (await api<{ draft: { body: Doc } }>(page, 'GET', path)).data.draft.body.findings_count
    await expect.poll(saved).toBe(7)
    await page.context().close()
    // All of the officer's logins ended with that one.
    await officer.context().close()
    officer = await signedIn(browser, 'officer')
  })

  it('an upload is paused and goes on where it stopped', async () => {
    const { id } = await drafted('02-cell-one-item.json')
    await officer.goto(`${address}/prisons/${prison}/entries/${id}/edit`)
    await officer.locator('.drop').first().waitFor()
    // A slow line: two parts pass, the third not before the pause.
    let parts = 0
    let goOn = () => {}
    const paused = new Promise<void>((done) => {
      goOn = done
    })
    await officer.route('**/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH' && ++parts > 2) await paused
      await route.continue().catch(() => undefined)
    })
    const large = Buffer.concat([
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mOQ8p9DEmIY1TCqYfhqAABAcQUQ+EHl5wAAAABJRU5ErkJggg==',
        'base64',
      ),
      Buffer.alloc(4 << 20, 7),
    ])
    await officer
      .locator('.drop input[type=file][multiple]')
      .first()
      .setInputFiles({ name: '大图.png', mimeType: 'image/png', buffer: large })
    await expect.poll(() => parts).toBeGreaterThan(1)
    await officer.getByRole('button', { name: '暂停' }).click()
    await officer.getByRole('button', { name: '继续' }).waitFor()
    goOn()
    const sent = parts
    await officer.getByRole('button', { name: '继续' }).click()
    await expect.poll(() => officer.locator('.gallery li').count()).toBe(1)
    // Four whole parts and a rest: not begun anew after the pause.
    expect(parts - sent).toBeLessThan(6)
    await officer.unroute('**/uploads/*')
  })
})
