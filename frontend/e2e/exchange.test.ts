import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'
import { gb18030, parts } from './xlsx'

interface Me {
  number: string
  postings: { prison?: string; area?: string }[]
}

let browser: Browser
let officer: Page
let numbers: string[] = []
let key = ''

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  const me = (await api<Me>(officer, 'GET', '/session')).data
  const people = await api<{ people: { number: string }[] }>(
    officer,
    'GET',
    `/prisons/${me.postings[0]?.prison}/people?q=0`,
  )
  numbers = [me.number, people.data.people.find((p) => p.number !== me.number)?.number ?? '']
})
afterAll(async () => {
  await browser?.close()
})

async function saved(name: string): Promise<string> {
  const waiting = officer.waitForEvent('download')
  await officer.getByRole('link', { name }).first().click()
  return (await waiting).path()
}

const stamp = (hoursAgo: number) =>
  new Date(Date.now() + 8 * 3_600_000 - hoursAgo * 3_600_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ')

const quoted = (s: string) => `"${s.replaceAll('"', '""')}"`

/** A search as a line of a CSV, by the titles an officer reads. */
function line(place: string, kind: string, label = ''): Record<string, string> {
  const iso = (h: number) => `${stamp(h).replace(' ', 'T')}:00+08:00`
  return {
    检查类别: kind,
    检查方式: '计划检查',
    开始时间: stamp(3),
    结束时间: stamp(2),
    检查部位: place,
    检查民警: numbers.join('、'),
    违规违禁物品件数: '０',
    物品已复位: '是',
    录像: JSON.stringify([{ camera_code: 'A3-0102', from: iso(3), to: iso(2), locked: true }]),
    行标识: label,
  }
}

/** Writes lines under the titles of the empty file, which are asked of the server. */
function csv(titles: string[], lines: Record<string, string>[]): string {
  const bare = (s: string) => s.replace(/\*$/, '').replace(/（.*）$/, '')
  const used = titles.filter((t) => bare(t) in fieldOf)
  const head = [...used, '行标识'].join(',')
  const rows = lines.map((l) =>
    [...used.map((t) => quoted(l[fieldOf[bare(t)]!] ?? '')), quoted(l.行标识 ?? '')].join(','),
  )
  return `${[head, ...rows].join('\r\n')}\r\n`
}

/** Titles of the schema as they are, to the words used above. */
const fieldOf: Record<string, string> = {}

async function send(name: string, buffer: Buffer, good: number) {
  await officer.goto(`${address}/exchange?ledger=cell-body-search`)
  await officer
    .getByLabel(/把填好的文件拖到这里/)
    .setInputFiles({ name, mimeType: 'text/csv', buffer })
  await officer.getByRole('heading', { level: 1, name }).waitFor()
  await officer.getByText('已校验', { exact: true }).waitFor({ timeout: 30_000 })
  if (good > 0) {
    await officer.getByRole('button', { name: `写入 ${good} 行` }).waitFor()
  }
}

let titles: string[] = []

describe('entries in and out by the file', () => {
  it('an empty file has the columns, the choices and what each means', async () => {
    await officer.getByRole('link', { name: '导入导出' }).click()
    await officer.getByRole('combobox', { name: '台账' }).first().selectOption('cell-body-search')
    await officer.getByText(/须附佐证/).waitFor()
    const book = parts(await saved('Excel 工作簿'))
    const all = Object.values(book).join('')
    expect(all).toContain('检查类别')
    expect(all).toContain('dataValidation')
    expect(all).toContain('填写说明')
    expect(all).toContain('联合清查')
    const text = new TextDecoder('gb18030').decode(readFileSync(await saved('GB18030')))
    titles = text.trim().split(',')
    const type = await api<{
      schema: { properties: Record<string, { title: string }> }
    }>(officer, 'GET', '/ledgers/cell-body-search')
    const words: Record<string, string> = {
      search_kind: '检查类别',
      search_mode: '检查方式',
      started_at: '开始时间',
      ended_at: '结束时间',
      places: '检查部位',
      searchers: '检查民警',
      findings_count: '违规违禁物品件数',
      property_restored: '物品已复位',
      clips: '录像',
    }
    for (const [name, word] of Object.entries(words))
      fieldOf[type.data.schema.properties[name]!.title] = word
    await shot(officer, 'exchange')
    expect(await violations(officer)).toEqual([])
  })

  it('a GB18030 file is checked, its good rows written, its bad one marked', async () => {
    const lines = [line('201 监舍', '清监'), line('202 监舍', '清监'), line('203 监舍', '牢房')]
    await send('清监.csv', gb18030(csv(titles, lines)), 2)
    await officer.getByText('CSV（GB18030）').waitFor()
    await officer.getByText(/“牢房”不在可选项中/).waitFor()
    await shot(officer, 'exchange-checked')
    expect(await violations(officer)).toEqual([])
    await officer.getByRole('button', { name: '写入 2 行' }).click()
    await officer.getByText('已完成', { exact: true }).waitFor({ timeout: 30_000 })
    const book = parts(await saved('下载更正表'))
    const all = Object.values(book).join('')
    expect(all).toContain('不在可选项中')
    expect(all).toContain('203 监舍')
    expect(all).not.toContain('201 监舍')
    expect(Object.keys(book).some((n) => n.includes('comments'))).toBe(true)
    expect(all).toContain('FFC7CE')
    key = /[0-9a-f]{32}\/3/.exec(all)?.[0] ?? ''
    expect(key).not.toBe('')
  })

  it('the corrected row is written once, however often it is sent', async () => {
    const mended = csv(titles, [line('203 监舍', '清监', key)])
    await send('更正.csv', Buffer.from(`\uFEFF${mended}`), 1)
    await officer.getByText('CSV（UTF-8-BOM）').waitFor()
    await officer.getByRole('button', { name: '写入 1 行' }).click()
    await officer.getByText('已完成', { exact: true }).waitFor({ timeout: 30_000 })
    await send('更正再传.csv', Buffer.from(mended), 0)
    await officer.getByRole('cell', { name: '已导入过，跳过' }).waitFor()
    expect(await officer.getByRole('button', { name: /写入/ }).count()).toBe(0)
    await shot(officer, 'exchange-skipped')
    expect(await violations(officer)).toEqual([])
  })

  it('what was filed comes out again as a workbook', async () => {
    await officer.goto(`${address}/ledgers/cell-body-search`)
    await officer.getByRole('heading', { level: 1, name: '清监搜身' }).waitFor()
    await officer.getByRole('link', { name: '导入导出' }).last().click()
    await officer
      .getByRole('button', { name: '导 出' })
      .or(officer.getByRole('button', { name: '导出' }))
      .click()
    await officer
      .getByRole('link', { name: '下载', exact: true })
      .first()
      .waitFor({ timeout: 30_000 })
    const all = Object.values(parts(await saved('下载'))).join('')
    for (const place of ['201 监舍', '202 监舍', '203 监舍']) expect(all).toContain(place)
    expect(all).not.toContain('<f>')
    await shot(officer, 'exchange-exported')
    expect(await violations(officer)).toEqual([])
  })
})
