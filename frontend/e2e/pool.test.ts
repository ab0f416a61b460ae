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
}
/** The day so many days from the one that the page shows as today. */
const dayFrom = async (n: number) => {
  const min = (await page.getByLabel('这一天可抽调').getAttribute('min')) ?? ''
  return new Date(Date.parse(`${min}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)
}
const rows = () => page.getByRole('region', { name: '人员' }).locator('tbody tr')

describe('the pool of inspectors', () => {
  it('is reached from the checks, and says whose turn it is and who is free', async () => {
    await opened('bureau accreditation office', '/checks', '考核')
    await page.getByRole('link', { name: '抽调人员库' }).click()
    await page.getByRole('heading', { level: 1, name: '抽调人员库' }).waitFor()
    await page.getByRole('img', { name: '各监狱抽调人次与平均值' }).waitFor()
    await page.getByRole('row', { name: /检查员辰.*参加业务培训/ }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'pool')
    const all = await rows().count()
    await page.getByLabel('擅长领域').selectOption({ label: '硬件设施' })
    await page.getByRole('status').getByText('2 人').waitFor()
    await page.getByLabel('这一天可抽调').fill(await dayFrom(0))
    await page.getByRole('status').getByText('1 人').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await shot(page, 'pool-narrow')
    await page.getByLabel('擅长领域').selectOption('')
    await page.getByLabel('这一天可抽调').fill('')
    await page.getByRole('status').getByText(`${all} 人`).waitFor()
    await page.context().close()
  })

  it('a prison keeps its own people, by the keyboard alone', async () => {
    await opened('prison accreditation office', '/inspectors', '抽调人员库')
    await page
      .getByRole('row', { name: /甲监狱/ })
      .first()
      .waitFor()
    expect(await page.getByRole('row', { name: /检查员/ }).count()).toBe(0)
    const day = await dayFrom(1)
    await rows().first().getByRole('link').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '考核经历' }).waitFor()
    await page.getByRole('button', { name: /^登记擅长领域/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('checkbox', { name: '文化改造' }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: '登记擅长领域', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /文化改造/ }).waitFor()
    await page.getByRole('button', { name: /^登记不在岗/ }).click()
    await page.getByLabel('起日').fill(day)
    await page.getByLabel('止日').fill(day)
    await page.getByLabel('原因').fill('年休假')
    await page.getByRole('button', { name: '登记不在岗', exact: true }).click()
    await page.locator('tr', { hasText: `${day} 至 ${day}年休假` }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'inspector')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.getByRole('button', { name: `撤销 ${day} – ${day}` }).click()
    await page.getByLabel('原因').fill('改期')
    await page.getByRole('button', { name: /^撤\s*销$/ }).click()
    await page.getByText('已撤销：改期').waitFor()
    await page.context().close()
  })

  it('a team is told what it lacks, and has nobody who is away', async () => {
    await opened('bureau accreditation office', '/checks', '考核')
    await page.getByRole('button', { name: '组织考核' }).click()
    await page.getByLabel('考核类别').selectOption({ label: '模拟考核' })
    expect(await page.getByRole('checkbox', { name: /组员 检查员辰/ }).isDisabled()).toBe(true)
    await page.getByText(/不在岗至 \d{4}-\d\d-\d\d/).waitFor()
    await page.getByRole('checkbox', { name: /组员 检查员丑/ }).check()
    const hint = page.getByRole('status').getByText(/考核组中没有人擅长/)
    await hint.waitFor()
    expect(await hint.innerText()).toMatch(/刑罚执行.*硬件设施/)
    expect(await hint.innerText()).not.toMatch(/教育改造/)
    await page.getByLabel('擅长领域').selectOption({ label: '刑罚执行' })
    await page.getByRole('checkbox', { name: /组员 检查员甲/ }).check()
    await page.waitForFunction(
      () => !/刑罚执行/.test(document.querySelector('fieldset [role=status]')?.textContent ?? ''),
    )
    expect(await violations(page)).toEqual([])
    await shot(page, 'check-team')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await shot(page, 'check-team-narrow')
    await page.context().close()
  })
})
