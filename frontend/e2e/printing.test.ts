import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'

interface Listed {
  entries: { id: string; prison: string; ledger: string; in_force: number; day: string }[]
}

let browser: Browser
let officer: Page
let prison = ''
let area = ''
let code = ''
let form: Buffer

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  const me = await api<{ postings: { prison: string; area: string }[] }>(officer, 'GET', '/session')
  prison = me.data.postings[0]?.prison ?? ''
  area = me.data.postings[0]?.area ?? ''
})
afterAll(async () => {
  await browser?.close()
})

async function file(page: Page, href: string) {
  const answer = await page.context().request.get(new URL(href, address).href)
  expect(answer.status(), await answer.text().catch(() => '')).toBe(200)
  expect(answer.headers()['content-type']).toBe('application/pdf')
  return await answer.body()
}

describe('official forms', () => {
  it('an approved entry has its form, the same bytes every time, and a copy with a name', async () => {
    const list = await api<Listed>(
      officer,
      'GET',
      `/prisons/${prison}/entries?ledger=headcount&area=${area}&state=approved&limit=5`,
    )
    const entry = list.data.entries[0]!
    await officer.goto(`${address}/prisons/${prison}/entries/${entry.id}`)
    const link = officer.getByRole('link', { name: '正式表单', exact: true })
    await link.waitFor()
    const href = (await link.getAttribute('href')) ?? ''
    form = await file(officer, href)
    expect(form.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await file(officer, href)).equals(form)).toBe(true)
    const copied = officer.getByRole('link', { name: '复印件', exact: true })
    const copy = await file(officer, (await copied.getAttribute('href')) ?? '')
    expect(copy.equals(form)).toBe(false)
    await shot(officer, 'printing-entry')
    expect(await violations(officer)).toEqual([])
    const answer = await officer.context().request.get(new URL(href, address).href)
    code =
      /filename=([0-9A-Z-]+)\.pdf/.exec(answer.headers()['content-disposition'] ?? '')?.[1] ?? ''
    expect(code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
  })

  it('the code on the paper is verified, and the file compared', async () => {
    await officer.goto(`${address}/verify`)
    await officer.getByLabel('核验码', { exact: true }).fill(code.toLowerCase())
    await officer.keyboard.press('Enter')
    await officer.getByText('属实：本件已归档，现行有效。').waitFor()
    const input = officer
      .getByLabel('放入 PDF 文件比对', { exact: true })
      .and(officer.locator('input'))
    await input.setInputFiles({ name: 'form.pdf', mimeType: 'application/pdf', buffer: form })
    await officer.getByText('一致：该文件就是归档的原件。').waitFor()
    await shot(officer, 'printing-verify')
    expect(await violations(officer)).toEqual([])
    const other = Buffer.concat([form, Buffer.from(' ')])
    await input.setInputFiles({ name: 'form.pdf', mimeType: 'application/pdf', buffer: other })
    await officer.getByText(/^不一致/).waitFor()
    await officer
      .getByLabel('核验码', { exact: true })
      .fill(`${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`)
    await officer.keyboard.press('Enter')
    await officer.getByText('核验码有误').waitFor()
  })

  it('a ledger of the area is bound into a volume', async () => {
    await officer.goto(`${address}/ledgers/headcount`)
    const bind = officer.getByRole('button', { name: '装订成册' })
    await bind.waitFor()
    expect(await bind.isDisabled()).toBe(true)
    await officer.goto(
      `${address}/ledgers/headcount?area=${area}&from=2020-01-01&to=${new Date().toISOString().slice(0, 10)}`,
    )
    await bind.click()
    await officer.waitForURL('**/volumes')
    const open = officer.getByRole('link', { name: /打开卷册/ })
    await open.waitFor({ timeout: 60_000 })
    await shot(officer, 'printing-volumes')
    expect(await violations(officer)).toEqual([])
    const volume = await file(officer, (await open.getAttribute('href')) ?? '')
    expect(volume.length).toBeGreaterThan(form.length)
  })
})
