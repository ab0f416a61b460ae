import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Doc } from '../src/schema/types'
import { address, api, launch, password, shot, signedIn, violations } from './browser'
import { lastHour } from './fill'

const sample = '../schemas/ledgers/cell-body-search/v1/valid/01-cell-nothing.json'

interface Made {
  entry: { id: string; etag: number; digest: string; state: string }
}
interface Person {
  number: string
  name: string
}

let browser: Browser
let officer: Page
let leader: Page
let prison = ''
let area = ''
let number = ''

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  const { data } = await api<{
    number: string
    postings: { prison?: string; area?: string }[]
  }>(officer, 'GET', '/session')
  number = data.number
  ;({ prison = '', area = '' } = data.postings[0]!)
  leader = await signedIn(browser, 'duty leader')
})
afterAll(async () => {
  await browser?.close()
})

/** A search of the last hour, submitted; its address. */
async function submitted(): Promise<string> {
  const doc = JSON.parse(readFileSync(sample, 'utf8')) as Doc
  const body = { ...lastHour(doc), searchers: [number, '0000002'] }
  const made = await api<Made>(officer, 'POST', `/prisons/${prison}/entries`, {
    ledger: 'cell-body-search',
    area,
  })
  const path = `/prisons/${prison}/entries/${made.data.entry.id}`
  const match = (etag: number) => ({ 'If-Match': `"${etag}"` })
  const etag = made.data.entry.etag
  const saved = await api<Made>(officer, 'PUT', `${path}/draft?version=1`, body, match(etag))
  const sent = await api<Made>(officer, 'POST', `${path}/submit`, {}, match(saved.data.entry.etag))
  expect(sent, JSON.stringify(sent.data)).toMatchObject({ status: 200 })
  return path
}

/** Signs somebody in who is not among the demonstration's logins. */
async function signedInAs(number: string): Promise<Page> {
  const context = await browser.newContext({
    locale: 'zh-CN',
    viewport: { width: 1366, height: 768 },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(`${address}/`)
  await page.locator('#number:focus').waitFor()
  await page.keyboard.type(number)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
  return page
}

describe('approval by several', () => {
  it('a decision is passed on, once, and the other is told', async () => {
    const path = await submitted()
    await leader.goto(`${address}${path}`)
    await leader.getByRole('button', { name: '转签' }).click()
    const choice = leader.locator('#sign-person')
    await choice.locator('option').first().waitFor({ state: 'attached' })
    const other = await choice.inputValue()
    await leader.locator('#sign-reason').fill('外出押解，请代为办理')
    await shot(leader, 'approval-transfer')
    expect(await violations(leader)).toEqual([])
    await leader.getByRole('button', { name: '确定' }).click()
    await leader.locator('.chain .now').getByText('待办：').waitFor()
    expect(await leader.getByRole('button', { name: '通过' }).count()).toBe(0)
    await leader.getByText('外出押解，请代为办理').first().waitFor()

    const second = await signedInAs(other)
    await second.getByRole('button', { name: '通知 1' }).click()
    await second.locator('.notices').waitFor()
    await shot(second, 'approval-notices')
    expect(await violations(second)).toEqual([])
    await second.locator('.notices a').first().click()
    await second.getByRole('button', { name: '通过' }).click()
    await second.locator('.chain .done').waitFor()
    await second.context().close()
  })

  it('somebody who was added signs first', async () => {
    const path = await submitted()
    const head = await signedIn(browser, 'head of area 3')
    const { data: me } = await api<Person>(head, 'GET', '/session')
    await leader.goto(`${address}${path}`)
    await leader.getByRole('button', { name: '加签' }).click()
    await leader.locator('#sign-person').fill(me.number)
    await leader.locator('#sign-reason').fill('涉及重点部位，请先审')
    await leader.getByRole('button', { name: '确定' }).click()
    await leader.locator('.chain .now').getByText(`待办：${me.name}`).waitFor()
    expect(await leader.getByRole('button', { name: '通过' }).count()).toBe(0)
    await shot(leader, 'approval-added')
    await head.goto(`${address}${path}`)
    await head.getByRole('button', { name: '通过' }).click()
    await head.locator('.chain .now').getByText(`已办：${me.name}`).waitFor()
    await leader.reload()
    await leader.getByRole('button', { name: '通过' }).click()
    await leader.locator('.chain .done').waitFor()
    await head.context().close()
  })

  it('a deputy decides in the name of the holder, from today to the last day', async () => {
    const path = await submitted()
    const { data: leads } = await api<Person>(leader, 'GET', '/session')
    const deputy = String(Number(number) + 1).padStart(7, '0')
    await leader.goto(`${address}/delegations`)
    await leader.locator('#delegation-deputy').fill(deputy)
    const day = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10)
    await leader.locator('#delegation-until').fill(day)
    await leader.locator('#delegation-reason').fill('参加培训')
    await leader.getByRole('button', { name: '委托', exact: true }).click()
    await leader.getByText('生效中').waitFor()
    await shot(leader, 'delegations')
    expect(await violations(leader)).toEqual([])

    const page = await signedInAs(deputy)
    const { data: me } = await api<Person>(page, 'GET', '/session')
    await page.goto(`${address}/inbox?ledger=cell-body-search`)
    await page.locator(`#inbox-${path.split('/').at(-1)} button`).click()
    await page.getByText(`${me.name} 代 ${leads.name}`).first().waitFor()
    await shot(page, 'inbox-deputy')
    expect(await violations(page)).toEqual([])
    await page.goto(`${address}${path}`)
    await page.getByRole('button', { name: '通过' }).click()
    await page.locator('.chain .done').getByText(`${me.name} 代 ${leads.name}`).waitFor()

    // Ended, it is over at once.
    await leader.getByRole('button', { name: '终止' }).click()
    await leader.getByText('已结束').waitFor()
    const next = await submitted()
    await page.goto(`${address}${next}`)
    await page.locator('.chain').waitFor()
    expect(await page.getByRole('button', { name: '通过' }).count()).toBe(0)
    await page.context().close()
  })

  it('a void is asked for by one and decided by another', async () => {
    const path = await submitted()
    const head = await signedIn(browser, 'head of area 3')
    for (const decider of [leader, head]) {
      const { data } = await api<Made>(officer, 'GET', path)
      const verdict = { digest: data.entry.digest, comment: '', remarks: [] }
      expect(await api(decider, 'POST', `${path}/approve`, verdict)).toMatchObject({ status: 200 })
    }
    await officer.goto(`${address}${path}`)
    await officer.getByRole('button', { name: '申请作废' }).click()
    await officer.getByLabel('作废理由').fill('重复填报')
    await officer.getByRole('button', { name: '申请作废' }).click()
    await officer.getByRole('heading', { name: '作废待批' }).waitFor()
    await officer.getByText('待批期间仍然有效').first().waitFor()
    expect(await officer.getByRole('button', { name: '同意作废' }).count()).toBe(0)
    await shot(officer, 'void-asked')
    expect(await violations(officer)).toEqual([])

    const custody = await signedIn(browser, 'head of custody')
    await custody.goto(`${address}/inbox?ledger=cell-body-search`)
    await custody.locator(`#inbox-${path.split('/').at(-1)} button`).click()
    await custody.getByText('重复填报').first().waitFor()
    await shot(custody, 'inbox-void')
    expect(await violations(custody)).toEqual([])
    await custody.getByLabel('决定理由').fill('经核实重复填报')
    await custody.getByRole('button', { name: '同意作废' }).click()
    await custody.getByText('已作废').first().waitFor()
    await officer.reload()
    await officer.getByText('经核实重复填报').first().waitFor()
    await custody.context().close()
    await head.context().close()
  })
})
