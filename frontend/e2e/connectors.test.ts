import { renameSync, writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'

interface Me {
  number: string
  postings: { prison?: string; area?: string }[]
}
interface Outcome {
  entry: { id: string; etag: number; digest: string; state: string }
}

const drop = process.env.TAIZHANG_DROP ?? ''
const header = '编号,版本,罪犯编号,姓名,监区,入监日期,离监日期\n'

let browser: Browser
let admin: Page
let officer: Page
let prison = ''
let area = ''
let number = ''

/** As another system does: written under another name, and renamed when it is whole. */
function lay(name: string, rows: string) {
  writeFileSync(`${drop}/${name}.part`, header + rows)
  renameSync(`${drop}/${name}.part`, `${drop}/${name}`)
}

beforeAll(async () => {
  browser = await launch()
  admin = await signedIn(browser, 'system administrator')
  officer = await signedIn(browser, 'officer')
  const me = (await api<Me>(officer, 'GET', '/session')).data
  prison = me.postings[0]?.prison ?? ''
  area = me.postings[0]?.area ?? ''
  number = me.number
})
afterAll(async () => {
  await browser?.close()
})

/** Begins a headcount that says 5 are expected, and opens it. */
async function headcount(): Promise<Outcome> {
  const body = { expected_count: 5 }
  const path = `/prisons/${prison}/entries`
  const made = await api<Outcome>(officer, 'POST', path, { ledger: 'headcount', area, body })
  expect(made.status).toBe(201)
  await officer.goto(`${address}/prisons/${prison}/entries/${made.data.entry.id}/edit`)
  await officer.locator('#field-expected_count').waitFor()
  return made.data
}

/** Asks for a run until the file has lain still for long enough to be taken. */
async function done(changed: string) {
  const said = admin.getByText(changed)
  for (let i = 0; i < 20 && (await said.count()) === 0; i++) {
    await admin.getByRole('button', { name: '立即运行' }).first().click()
    await said.waitFor({ timeout: 3000 }).catch(() => undefined)
  }
  expect(await said.count()).toBe(1)
}

describe('data from another system', () => {
  it('what cannot be mapped is shown with its reason, and nothing is put over the officer', async () => {
    await admin.goto(`${address}/connectors`)
    await admin.getByRole('rowheader', { name: '罪犯信息' }).waitFor()
    await admin.getByText('还没有运行过').waitFor()
    lay(
      'one.csv',
      'R1,1,0009000001,张三,A3,2025-01-01,\nR2,1,0009000002,李四,A3,昨天,\nR3,1,0009000003,王五,A9,2025-01-01,\n',
    )
    await done('读取 3 · 更新 1 · 未能接收 2')
    await admin.getByRole('button', { name: '查看' }).first().click()
    await admin.getByText('日期无法识别').waitFor()
    await admin.getByText('没有这个监区').waitFor()
    expect(await violations(admin)).toEqual([])
    await shot(admin, 'connectors')
    await headcount()
    await officer.getByText('手工填写').waitFor()
    expect(await officer.locator('#field-expected_count').isDisabled()).toBe(false)
  })

  it('mended at the source, the number is pinned and cannot be typed; a correction is shown', async () => {
    lay('two.csv', 'R2,2,0009000002,李四,A3,2025-01-02,\nR3,2,0009000003,王五,A4,2025-01-01,\n')
    await done('读取 2 · 更新 2 · 未能接收 0')
    await headcount()
    const expected = officer.locator('#field-expected_count')
    await officer.getByText('来自 罪犯信息系统').waitFor()
    expect(await expected.isDisabled()).toBe(true)
    const before = Number(await expected.inputValue())
    expect(before).toBeGreaterThan(5)
    expect(await violations(officer)).toEqual([])
    await shot(officer, 'sourced-field')
    lay('three.csv', 'R1,2,0009000001,张三,A4,2025-01-01,\n')
    await done('读取 1 · 更新 1 · 未能接收 0')
    await officer.reload()
    await officer.getByText('来源已更正').first().waitFor()
    expect(Number(await expected.inputValue())).toBe(before)
    await officer.getByRole('button', { name: '采用更正后的数据' }).click()
    await officer.getByText('来源已更正').first().waitFor({ state: 'detached' })
    expect(Number(await expected.inputValue())).toBe(before - 1)
  })

  it('news for a receiver that is not there is given up, and sent again by hand', async () => {
    // From here on the roll is not relied on, so that other journeys type their own.
    lay('four.csv', 'R4,1,12,张三,A3,2025-01-01,\n')
    await done('读取 1 · 更新 0 · 未能接收 1')
    const path = `/prisons/${prison}/entries`
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
    const body = {
      search_kind: 'cell',
      search_mode: 'planned',
      started_at: ago(2),
      ended_at: ago(1),
      places: ['301 监舍'],
      searchers: [number, '0001001'],
      findings_count: 0,
      property_restored: true,
      clips: [{ camera_code: 'A3-0102', from: ago(2), to: ago(1), locked: true }],
    }
    const ledger = 'cell-body-search'
    const made = await api<Outcome>(officer, 'POST', path, { ledger, area, body })
    const id = made.data.entry.id
    const match = { 'If-Match': `"${made.data.entry.etag}"` }
    const filed = await api<Outcome>(officer, 'POST', `${path}/${id}/submit`, {}, match)
    expect(filed.status, JSON.stringify(filed.data)).toBe(200)
    for (const who of ['duty leader', 'head of area']) {
      const page = await signedIn(browser, who)
      const judged = { digest: filed.data.entry.digest, comment: '' }
      const done = await api<Outcome>(page, 'POST', `${path}/${id}/approve`, judged)
      expect(done.status, JSON.stringify(done.data)).toBe(200)
      await page.context().close()
    }
    await admin.getByText('未送达，已停止').first().waitFor({ timeout: 60_000 })
    await admin.getByText('对方系统无法连接或超时').first().waitFor()
    expect(await violations(admin)).toEqual([])
    await shot(admin, 'outbox')
    await admin.getByRole('button', { name: '重新发送' }).first().click()
    await admin.getByText('已排队，将立即重新发送').waitFor()
  })

  it('who watches sees it and cannot act; it is paused and goes on', async () => {
    await admin.getByRole('button', { name: '暂停' }).first().click()
    await admin.getByText('已暂停').first().waitFor()
    await admin.getByRole('button', { name: '恢复' }).first().click()
    await admin.getByText('已暂停').waitFor({ state: 'detached' })
    const refused = await api(officer, 'GET', `/prisons/${prison}/connectors`)
    expect(refused.status).toBe(403)
  })
})
