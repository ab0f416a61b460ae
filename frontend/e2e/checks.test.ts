import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, loginOf, screen, shot, signedIn, signIn, violations } from './browser'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const opened = async (who: string) => {
  page = await signedIn(browser, who)
  await page.goto(`${address}/checks`)
  await page.getByRole('heading', { level: 1, name: '考核' }).waitFor()
}

/** The smallest picture there is. */
const photograph = {
  name: '现场.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
}

/** The check under way of the shown area. */
const underWay = async () => {
  await page
    .locator('tr', { hasText: '片区联检' })
    .getByRole('link', { name: '三监区' })
    .first()
    .click()
  await page.getByRole('heading', { level: 1, name: '三监区 · 片区联检' }).waitFor()
}

describe('a check', () => {
  it('is opened by the bureau with a team that has nobody of the prison', async () => {
    await opened('bureau accreditation office')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: '组织考核' }).click()
    await page.getByLabel('考核类别').selectOption({ label: '模拟考核' })
    await page.getByLabel('单位').selectOption({ label: '监狱整体' })
    await page.getByLabel('事由').fill('创建前模拟')
    await page.getByRole('checkbox', { name: /组员 检查员甲/ }).check()
    await page.getByRole('radio', { name: /组长 检查员甲/ }).check()
    await shot(page, 'check-open')
    await page.getByRole('button', { name: '组织考核' }).last().click()
    await page.getByRole('heading', { level: 1, name: '甲监狱 · 模拟考核' }).waitFor()
    await page.getByText('进行中', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: '取消考核' }).click()
    await page.getByLabel('理由').fill('改期')
    await page.getByRole('button', { name: '取消考核' }).click()
    await page.getByText('已取消', { exact: true }).first().waitFor()
    await page.context().close()
  })

  it('begins with what the last one left open', async () => {
    await opened('inspector')
    await underWay()
    await page.getByRole('heading', { name: /上次模拟考核整改：已核验 1\/2（50%）/ }).waitFor()
    await shot(page, 'check')
    expect(await violations(page)).toEqual([])
  })

  it('a finding stands under a line of the pinned standard, and advice costs nothing', async () => {
    await page.getByLabel('标准条款').selectOption('YJ-02.missing')
    await page.getByLabel('次数').fill('2')
    await page.getByLabel('现场查看').check()
    await page.getByLabel('发现的事实').fill('缺谈话室、储藏室各一间')
    await page.getByTestId('photos').setInputFiles(photograph)
    await page.getByLabel('结论').fill('不符合标准')
    await page.getByRole('button', { name: '记录问题' }).click()
    await page.getByText('缺谈话室、储藏室各一间', { exact: true }).waitFor()
    const shown = page.getByRole('link', { name: '照片 1' }).getByRole('img')
    await shown.waitFor()
    expect(
      await shown.evaluate((i: HTMLImageElement) => i.decode().then(() => i.naturalWidth)),
    ).toBe(1)
    // The sheet is asked for anew beside the findings: both are there when the button rests.
    const rests = () => page.locator('.ant-btn-loading').waitFor({ state: 'detached' })
    await rests()
    const score = await page.locator('.score-total').innerText()
    await page.getByLabel('标准条款').selectOption('')
    await page.getByLabel('现场查看').check()
    await page.getByLabel('建议内容').fill('增设指示标识')
    await page.getByLabel('结论').fill('可以改进')
    await page.getByRole('button', { name: '记录问题' }).click()
    await page.getByText('增设指示标识', { exact: true }).waitFor()
    await rests()
    expect(await page.locator('.score-total').innerText()).toBe(score)
    await page.context().close()
  })

  it('goes from line to line with a phone', async () => {
    const phone = await browser.newContext({ ...screen, viewport: { width: 390, height: 844 } })
    page = await phone.newPage()
    await signIn(page, 'inspector')
    await page.goto(`${address}/checks`)
    await underWay()
    await page.getByRole('link', { name: '现场检查路线' }).click()
    await page.getByRole('heading', { level: 1, name: '三监区 · 现场检查路线' }).waitFor()
    await page.getByLabel('检查方式').selectOption({ label: '现场' })
    const route = new URL(page.url()).pathname
    const progress = () => page.locator('.route-bar [role=status]').innerText()
    const before = await progress()
    await shot(page, 'check-route')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: '下一项未查看' }).click()
    const id = decodeURIComponent(new URL(page.url()).hash.slice(1))
    const line = page.locator(`[id="${id}"]`)
    await line.getByLabel('地点').fill('三监区二楼')
    await line.getByTestId('camera').setInputFiles(photograph)
    await line.getByRole('img', { name: '照片 1' }).waitFor()
    await shot(page, 'check-route-line')
    expect(await violations(page)).toEqual([])
    await line.getByRole('button', { name: /^相符/ }).click()
    await line.getByText(/检查员.*，记录/).waitFor()
    await line.getByRole('link', { name: '照片 1' }).waitFor()
    expect(await progress()).not.toBe(before)
    // What somebody photographed is seen as it was taken.
    const href = await line.getByRole('link', { name: '照片 1' }).getAttribute('href')
    const picture = await page.request.get(`${address}${href}`)
    expect(picture.headers()['content-type']).toBe('image/png')
    expect((await picture.body()).equals(photograph.buffer)).toBe(true)
    // From the line to the entry that proves it: at most three clicks.
    const proof = page.getByRole('article', { name: /^现场清点不符/ })
    await proof.getByRole('button', { name: /^详情/ }).click()
    await proof.locator('.basis a').first().click()
    await page.waitForURL(/\/entries\//)
    // The address names the line; nothing is met where a finding stands.
    await page.goto(`${address}${route}#JG-04.found`)
    const proved = page.locator('[id="JG-04.found"]')
    await proved.getByText('3 号监舍发现自制挂钩一个').waitFor()
    expect(await proved.getByRole('button', { name: /^相符/ }).count()).toBe(0)
    // Away from the server: what was said stays on the device, and goes when it answers.
    await page.getByRole('button', { name: '下一项未查看' }).click()
    const next = page.locator(`[id="${decodeURIComponent(new URL(page.url()).hash.slice(1))}"]`)
    await phone.setOffline(true)
    await next.getByRole('button', { name: /^相符/ }).click()
    await page.getByText(/1 项未送达，已保存在本机/).waitFor()
    await shot(page, 'check-route-away')
    await phone.setOffline(false)
    await page.getByText(/项未送达，已保存/).waitFor({ state: 'detached' })
    await next.getByText(/检查员.*，记录/).waitFor()
    // The form of a finding opens at the line; the desktop shows the same page.
    await next.getByRole('button', { name: /^记问题/ }).click()
    await next.getByLabel('发现的事实').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'check-route-finding')
    await page.setViewportSize(screen.viewport)
    await shot(page, 'check-route-desktop')
    await phone.close()
  })

  it('lots are drawn with a word of the unit, marked, and proved', async () => {
    await opened('inspector')
    await underWay()
    const draws = page.getByRole('region', { name: '随机抽取' })
    await draws.getByRole('button', { name: /^抽\s*取$/ }).click()
    await draws.getByLabel('抽取数量').fill('3')
    await draws.getByLabel('现场报的字词').fill('二十七')
    await draws.getByRole('button', { name: /^抽\s*取$/ }).click()
    const one = draws.getByRole('article', { name: '第 1 次抽取' })
    await one.getByRole('listitem').nth(2).waitFor()
    expect(await one.getByRole('listitem').count()).toBe(3)
    await one.getByRole('button', { name: '错' }).first().click()
    await one.getByText(/错 1 · 未记 2/).waitFor()
    await one.getByText('复核这次抽取').click()
    const href = await one.getByRole('link', { name: 'roster.txt' }).getAttribute('href')
    const roster = await page.request.get(`${address}${href}`)
    expect((await roster.text()).split('\n').length).toBeGreaterThan(3)
    await one.getByText(/openssl dgst -sha256/).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'check-draw')
    await page.context().close()
  })

  it('the unit answers, and its dissent stands on the sheet', async () => {
    await opened('head of area')
    await underWay()
    await page
      .getByRole('button', { name: /^单位回复/ })
      .nth(1)
      .click()
    await page.getByLabel('态度').selectOption({ label: '有异议' })
    await page.getByLabel('回复内容').fill('谈话室正在改造')
    await page.getByRole('button', { name: '单位回复', exact: true }).click()
    await page.getByText('谈话室正在改造').waitFor()
    expect(await page.getByRole('button', { name: '确认考核表' }).count()).toBe(0)
    await page.context().close()
  })

  it('the leader confirms the sheet, and every deduction opens an item', async () => {
    await opened('inspector')
    await underWay()
    await page.getByRole('button', { name: '确认考核表' }).click()
    const due = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel('整改期限').fill(due)
    await page.getByRole('button', { name: '确认考核表' }).click()
    await page.getByText('已确认，申诉期').first().waitFor()
    await page.locator('#check-items').waitFor()
    expect(await page.locator('section[aria-labelledby=check-items] tbody tr').count()).toBe(2)
    expect(await page.getByLabel('标准条款').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('an appeal holds it open, and somebody else decides', async () => {
    await opened('head of area')
    await underWay()
    await page.getByRole('button', { name: /^申诉/ }).first().click()
    await page.getByLabel('理由').fill('挂钩系工具台账内物品')
    await page.getByRole('button', { name: '申诉', exact: true }).click()
    await page.getByText('挂钩系工具台账内物品').waitFor()
    await page.context().close()
    await opened('bureau accreditation office')
    await underWay()
    await page.getByRole('button', { name: '办结考核' }).click()
    await page.getByRole('button', { name: '办结考核' }).click()
    await page.getByText('还有申诉未裁定，考核不能办结').waitFor()
    await page.getByRole('button', { name: /^裁定申诉/ }).click()
    await page.locator('select[name=verdict]').selectOption({ label: '撤销' })
    await page.getByLabel('理由').fill('经查属实，撤销')
    await page.getByRole('button', { name: '裁定申诉', exact: true }).click()
    await page.getByText('经查属实，撤销').first().waitFor()
    await shot(page, 'check-appeal')
    await page.context().close()
  })

  it('what is to be put right is assigned, done and verified by three', async () => {
    const { number } = await loginOf('officer, area 3')
    const rectifications = async (who: string) => {
      page = await signedIn(browser, who)
      await page.goto(`${address}/rectifications`)
      await page.getByRole('heading', { level: 1, name: '整改' }).waitFor()
    }
    await rectifications('head of area')
    await page.getByRole('button', { name: /^指定责任人.*谈话室/ }).click()
    await page.getByLabel('责任人警号').fill(number.slice(0, 6))
    await page.getByRole('button', { name: '查找' }).click()
    await page.locator(`datalist option[value="${number}"]`).waitFor({ state: 'attached' })
    await page.getByLabel('责任人警号').fill(number)
    await page.getByLabel('原因分析').fill('用房调整后未恢复')
    await page.getByLabel('整改措施').fill('恢复两间用房')
    await page.getByRole('button', { name: '指定责任人', exact: true }).click()
    await page.getByText('恢复两间用房').waitFor()
    await shot(page, 'rectifications')
    expect(await violations(page)).toEqual([])
    await page.context().close()
    await rectifications('officer, area 3')
    await page.getByRole('button', { name: /^报告完成.*谈话室/ }).click()
    await page.getByLabel('完成情况').fill('两间已恢复')
    await page.getByRole('button', { name: '报告完成', exact: true }).click()
    await page.getByText('待核验').waitFor()
    expect(await page.getByRole('button', { name: /^核验通过/ }).count()).toBe(0)
    await page.context().close()
    await rectifications('prison accreditation office')
    await page.getByRole('button', { name: /^核验通过.*谈话室/ }).click()
    await page.getByLabel('核验情况').fill('现场查看属实')
    await page.getByRole('button', { name: '核验通过', exact: true }).click()
    await page.getByText('已办理').waitFor()
    await page.getByLabel('包括已核验的').check()
    await page.getByText('现场查看属实').waitFor()
    await page.context().close()
  })
})
