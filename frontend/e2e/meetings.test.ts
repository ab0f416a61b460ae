import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, shot, signedIn, violations } from './browser'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const opened = async (who: string, path: string, title: string) => {
  page = await signedIn(browser, who)
  await page.goto(`${address}${path}`)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  expect(await violations(page)).toEqual([])
}

const closed = () => page.context().close()
const meeting = '规范化创建专题会议'

describe('a deliberation', () => {
  it('is called by the secretary, who keeps the members', async () => {
    await opened('review committee secretary', '/meetings', '审议会议')
    await page.getByRole('row', { name: /省厅创建考核评审委员会.*审议成员子.*甲监狱/ }).waitFor()
    await shot(page, 'meetings')
    await page.getByLabel('会议', { exact: true }).fill('第1次评审会')
    await page.getByRole('button', { name: '召集会议' }).click()
    await page.getByRole('heading', { level: 1, name: '第1次评审会' }).waitFor()
    await page.getByText('议程上还没有事项').waitFor()
    expect(await violations(page)).toEqual([])
    await closed()
  })

  it('keeps out who comes from the prison, and refuses what the votes do not bear', async () => {
    await opened('party committee secretary', '/meetings', '审议会议')
    await page.getByRole('link', { name: meeting }).click()
    const item = page.getByRole('region', { name: /第 1 项：甲监狱 · 四监区/ })
    await item.getByText('系统回避：来自申报监狱').waitFor()
    expect(await item.getByLabel('审议成员子到会').count()).toBe(0)
    await item.getByText('应到 2 人（回避 1 人不计），须到 2 人，实到 0 人').waitFor()
    // With the keyboard alone.
    await item.getByLabel('审议成员壬到会').focus()
    await page.keyboard.press('Space')
    await item.getByText('实到 1 人').waitFor()
    await item.getByLabel('审议成员癸到会').focus()
    await page.keyboard.press('Space')
    await item.getByText('已达法定人数').waitFor()
    await item.getByLabel('审议成员癸的表决').selectOption({ label: '不同意' })
    await item.getByText('由党委秘书庚代为登记').waitFor()
    await item.getByLabel('审议意见').fill('经审议，同意命名')
    await item.getByRole('button', { name: '记录结果' }).click()
    await item.getByText('还有 1 名到会成员没有表决').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'meeting-open')
    await closed()
  })

  it('has each member vote in person, on the cases of their agenda only', async () => {
    await opened('member of both committees', '/meetings', '审议会议')
    await page.getByRole('link', { name: meeting }).click()
    const item = page.getByRole('region', { name: /第 1 项/ })
    expect(await item.getByRole('button', { name: '记录结果' }).count()).toBe(0)
    await item.getByLabel('审议成员壬的表决').selectOption({ label: '同意' })
    await item.getByText('本人表决').waitFor()
    await page.goto(`${address}/accreditation`)
    await page.getByRole('link', { name: '甲监狱 · 四监区' }).waitFor()
    expect(await page.getByRole('link', { name: '甲监狱 · 五监区' }).count()).toBe(0)
    await closed()
  })

  it('is frozen with its minutes, and stands on the case', async () => {
    await opened('party committee secretary', '/meetings', '审议会议')
    await page.getByRole('link', { name: meeting }).click()
    const item = page.getByRole('region', { name: /第 1 项/ })
    await item.getByLabel('审议成员癸的表决').selectOption({ label: '弃权' })
    await item.getByText('同意 1、不同意 0、弃权 1、未表决 0').waitFor()
    await item.getByLabel('审议意见').fill('经审议，同意命名')
    await item.getByRole('button', { name: '记录结果' }).click()
    await item.getByText('经审议，同意命名').waitFor()
    await item.getByLabel('上传纪要').setInputFiles({
      name: '会议纪要.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    })
    await item.getByRole('link', { name: '会议纪要：会议纪要.pdf' }).waitFor()
    await item.getByRole('button', { name: '定稿' }).click()
    await item.getByText(/^sha256:[0-9a-f]{64}$/).waitFor()
    expect(await item.getByRole('button').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await shot(page, 'meeting-frozen')
    await item.getByRole('link', { name: '查看申报' }).click()
    await page.getByRole('heading', { name: '审议', exact: true }).waitFor()
    await page.getByText(/省局党委会 · 同意 经审议，同意命名/).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'case-deliberated')
    await closed()
  })
})
