import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'

interface Me {
  number: string
  postings: { prison?: string; area?: string }[]
}

let browser: Browser
let officer: Page
let areaHead: Page
let head: Page
let prison = ''
let area = ''

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  areaHead = await signedIn(browser, 'head of area')
  head = await signedIn(browser, 'head of custody')
  const me = await api<Me>(areaHead, 'GET', '/session')
  prison = me.data.postings[0]?.prison ?? ''
  area = me.data.postings[0]?.area ?? ''
})
afterAll(async () => {
  await browser?.close()
})

describe('the calendar of an area', () => {
  it('a cell of the heat map opens what it counts, by keyboard alone', async () => {
    await areaHead.goto(`${address}/completeness`)
    await areaHead.getByRole('heading', { name: '按日填报热力图' }).waitFor()
    await areaHead.getByRole('img', { name: '按日填报情况' }).waitFor()
    await shot(areaHead, 'calendar-heat')
    expect(await violations(areaHead)).toEqual([])
    await areaHead.getByRole('button', { name: '看表格' }).press('Enter')
    const cell = areaHead
      .getByRole('button', { name: /值班日志 \d{4}-\d{2}-\d{2} (已填|迟报|缺失)/ })
      .first()
    const name = (await cell.getAttribute('aria-label')) ?? ''
    await cell.press('Enter')
    const day = /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? ''
    await areaHead.getByRole('heading', { level: 3, name: new RegExp(day) }).waitFor()
    await areaHead.getByRole('cell', { name: `${day} 白班` }).waitFor()
    await shot(areaHead, 'calendar-cell')
    expect(await violations(areaHead)).toEqual([])
    // The other way round: one ledger in every area, and the month before.
    await areaHead.getByRole('combobox', { name: '显示' }).selectOption('area')
    await areaHead.getByRole('combobox', { name: '台账' }).selectOption('headcount')
    await areaHead.getByRole('table').filter({ hasText: '监区或台账' }).waitFor()
  })

  it('an excuse is asked for, granted by the owner, and shown on the day', async () => {
    await areaHead.goto(`${address}/reliefs`)
    await areaHead.getByRole('combobox', { name: '类别' }).selectOption('excuse')
    await areaHead.getByRole('combobox', { name: '台账' }).selectOption('duty-log')
    const day = await areaHead.getByLabel('起日').inputValue()
    await areaHead.getByLabel('理由').fill('全区停电检修，不留人值守')
    await areaHead.getByRole('button', { name: '提交', exact: true }).click()
    const row = areaHead.getByRole('row').filter({ hasText: '全区停电检修' }).first()
    await row.getByText('待办理').waitFor()
    await shot(areaHead, 'calendar-asked')
    expect(await violations(areaHead)).toEqual([])
    // Nobody grants their own; the owner's head does.
    expect(await row.getByRole('button', { name: /^同意/ }).count()).toBe(0)
    await head.goto(`${address}/reliefs`)
    const theirs = head.getByRole('row').filter({ hasText: '全区停电检修' }).first()
    await theirs.getByRole('button', { name: /^同意/ }).click()
    await theirs.getByText('已批准').waitFor()
    await shot(head, 'calendar-granted')
    expect(await violations(head)).toEqual([])
    const duties = await api<{ duties: { state: string }[] }>(
      areaHead,
      'GET',
      `/prisons/${prison}/duties?area=${area}&ledger=duty-log&day=${day}&unfilled=false`,
    )
    expect(duties.data.duties.map((d) => d.state)).toEqual(['excused', 'excused', 'excused'])
    // Taken back with a reason.
    await theirs.getByRole('button', { name: /^撤销/ }).click()
    await theirs.getByRole('textbox', { name: '理由' }).fill('已恢复供电')
    await theirs.getByRole('button', { name: '确定' }).click()
    await theirs.getByText('已撤销').waitFor()
  })

  it('the area head names who is on duty, typed and pasted; an officer reads it', async () => {
    const me = await api<Me>(officer, 'GET', '/session')
    await areaHead.goto(`${address}/rosters`)
    const first = areaHead.getByRole('textbox', { name: / 白班 民警/ }).first()
    await first.fill(me.data.number)
    const day = /\d{4}-\d{2}-\d{2}/.exec((await first.getAttribute('aria-label')) ?? '')?.[0] ?? ''
    await areaHead.getByText('粘贴导入').click()
    await areaHead.getByLabel('每行：日期').fill(`${day}\t夜班\t${me.data.number}\t带班领导`)
    await areaHead.getByRole('button', { name: '保存 2 个班次' }).click()
    await areaHead.getByText('排班已保存').waitFor()
    await areaHead.getByRole('button', { name: '保存 0 个班次' }).waitFor()
    await shot(areaHead, 'calendar-roster')
    expect(await violations(areaHead)).toEqual([])
    await officer.goto(`${address}/rosters`)
    await officer.getByRole('cell', { name: /★/ }).waitFor()
    expect(await officer.getByRole('textbox', { name: /班/ }).count()).toBe(0)
    expect(await violations(officer)).toEqual([])
  })

  it('a period behind the lock is refused with its cause, and the entry says why it is locked', async () => {
    const old = new Date(Date.now() - 400 * 86_400_000).toISOString()
    const refused = await api<{ code: string; who: { zh: string } }>(
      officer,
      'POST',
      `/prisons/${prison}/entries`,
      { ledger: 'duty-log', area, for: old },
    )
    expect([refused.status, refused.data.code]).toEqual([409, 'period_expired'])
    expect(refused.data.who.zh).toContain('归属部门')
    const page = await api<{ entries: { id: string }[] }>(
      officer,
      'GET',
      `/prisons/${prison}/entries?state=approved&limit=1`,
    )
    await officer.goto(`${address}/prisons/${prison}/entries/${page.data.entries[0]?.id}`)
    await officer.locator('[data-lock="in_force"]').waitFor()
    await shot(officer, 'calendar-locked')
    expect(await violations(officer)).toEqual([])
  })
})
