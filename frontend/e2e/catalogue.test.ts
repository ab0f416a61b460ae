import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, shot, signedIn, violations } from './browser'

interface Me {
  postings: { prison?: string; area?: string }[]
}
interface Made {
  entry: { id: string; version: number }
}

let browser: Browser
let head: Page
let bureau: Page
let officer: Page
let prison = ''

beforeAll(async () => {
  browser = await launch()
  officer = await signedIn(browser, 'officer')
  head = await signedIn(browser, 'head of custody')
  bureau = await signedIn(browser, 'bureau accreditation office')
})
afterAll(async () => {
  await browser?.close()
})

/** Of the forty drafts, those that the new version cannot take. */
const held = 6

/** The maximum of 时长 in the comparison, before and after. */
async function limitRead(page: Page) {
  const row = page.getByRole('row').filter({ hasText: '时长 有改动' }).filter({ hasText: '最大值' })
  await row.waitFor()
  expect((await row.locator('del, ins').allTextContents()).join(' → ')).toBe('480 → 240')
}

describe('the catalogue changes while people fill', () => {
  it('an owner adds an optional field and retires another; forty drafts do as the dry run said', async () => {
    const me = await api<Me>(officer, 'GET', '/session')
    prison = me.data.postings[0]?.prison ?? ''
    const area = me.data.postings[0]?.area
    const drafts: string[] = []
    for (let i = 0; i < 40; i++) {
      const body = {
        plan_code: `PLAN-${i}`,
        announced: true,
        duration_min: i < held ? 300 : 60,
      }
      const made = await api<Made>(officer, 'POST', `/prisons/${prison}/entries`, {
        ledger: 'emergency-drill',
        area,
        body,
      })
      expect(made.status, JSON.stringify(made.data)).toBe(201)
      drafts.push(made.data.entry.id)
    }
    await head.goto(`${address}/catalogue`)
    await head.getByRole('button', { name: '提出调整' }).click()
    await head.getByRole('combobox', { name: '台账', exact: true }).selectOption('emergency-drill')
    await head.getByLabel('理由', { exact: true }).fill('试行一年后的调整')
    await head.getByRole('button', { name: '停用 是否预先告知' }).click()
    await head.getByRole('button', { name: '设置 时长' }).click()
    await head.getByLabel('最大值').fill('240')
    const added = head.locator('.new-field')
    await added.getByLabel('字段代码').fill('visitors_seen')
    await added.getByLabel('中文名').fill('观摩单位数量')
    await added.getByLabel('英文名').fill('Units that watched')
    await added.getByRole('combobox', { name: '类型' }).selectOption('integer')
    await added.getByRole('button', { name: '增加字段' }).click()
    // Without the gate's answers it would be refused, and the dry run says so.
    await head.getByRole('button', { name: '预演' }).click()
    await head.getByText('未通过的把关项').waitFor()
    await head.getByLabel('G1 法律法规或制度依据').fill('监狱突发事件应急预案规定')
    await head.getByLabel('G2 执法证据或安全需要').fill('监管安全演练的效果')
    await head.getByLabel('G3 为何现有台账不能承载').fill('现有台账没有观摩情况')
    await head.getByLabel('G4 每条分钟数').fill('1')
    await head.getByLabel('G4 每月条数').fill('1')
    await head.getByRole('combobox', { name: 'G4 在哪个台账节省' }).selectOption('duty-log')
    await head.getByLabel('G4 每月节省分钟').fill('1')
    await head.getByLabel('G4 如何节省').fill('值班日志不再抄写演练情况')
    const review = new Date(Date.now() + 180 * 86_400_000).toISOString().slice(0, 10)
    await head.getByLabel('G5 复核日期').fill(review)
    // Drafts that would stay behind are agreed to, knowingly.
    await head.getByLabel('同意受影响的草稿留在原版本').check()
    await head.getByRole('button', { name: '预演' }).click()
    await head.getByText('未通过的把关项').waitFor({ state: 'detached' })
    const said = head.getByText(`份转到新版本，${held} 份留在原版本`)
    await said.waitFor()
    // Other journeys may have left drafts of their own.
    const moved = /(\d+) 份转到/.exec((await said.textContent()) ?? '')?.[1]
    expect(Number(moved)).toBeGreaterThanOrEqual(40 - held)
    await shot(head, 'catalogue-propose')
    expect(await violations(head)).toEqual([])
    await head.getByRole('button', { name: '提交提案' }).click()
    await head.getByRole('heading', { name: /应急演练/ }).waitFor()
    expect(await head.getByRole('button', { name: '同意' }).count()).toBe(0)

    await bureau.goto(head.url())
    // Who decides reads the five answers and what changes, not only how much.
    const answers = bureau.getByRole('region', { name: '新增把关' })
    await answers.waitFor()
    const read = (await answers.textContent()) ?? ''
    for (const said of [
      'G1 法律法规或制度依据监狱突发事件应急预案规定',
      'G2 执法证据或安全需要监管安全演练的效果',
      'G3 为何现有台账不能承载现有台账没有观摩情况',
      'G4 每月节省分钟1',
      'G4 如何节省值班日志不再抄写演练情况',
      `G5 复核日期（一年内）${review}`,
    ]) {
      expect(read).toContain(said)
    }
    await limitRead(bureau)
    await bureau.getByRole('rowheader', { name: '是否预先告知 停用' }).waitFor()
    await bureau.getByRole('button', { name: '显示表单' }).click()
    await bureau.locator('.as-officer').getByText('观摩单位数量').waitFor()
    await shot(bureau, 'catalogue-decide')
    expect(await violations(bureau)).toEqual([])
    await bureau.getByRole('button', { name: '同意', exact: true }).click()
    await bureau.getByText('已生效').waitFor()
    await shot(bureau, 'catalogue-executed')
    expect(await violations(bureau)).toEqual([])

    const at = async (id: string) =>
      (await api<Made>(officer, 'GET', `/prisons/${prison}/entries/${id}`)).data.entry.version
    const versions = drafts.map((_, i) => (i < held ? 1 : 2))
    await expect.poll(async () => await Promise.all(drafts.map(at))).toEqual(versions)
    // The officer goes on with the new form, and with the old one where that is what was said.
    const open = (id: string | undefined) =>
      officer.goto(`${address}/prisons/${prison}/entries/${id}/edit`)
    await open(drafts[held])
    await officer.getByText('观摩单位数量').waitFor()
    // What it has no place for is said, and asked for no more.
    await officer.getByText('新版本没有下列项目').waitFor()
    expect(await officer.getByText('是否预先告知').count()).toBe(1)
    await open(drafts[0])
    await officer.getByText('是否预先告知').first().waitFor()
    expect(await officer.getByText('观摩单位数量').count()).toBe(0)
  })

  it('anybody who opens the ledger sees its two versions side by side', async () => {
    await officer.goto(`${address}/ledgers/emergency-drill`)
    await officer.getByRole('link', { name: '版本对照' }).click()
    await limitRead(officer)
    await officer.getByRole('rowheader', { name: '观摩单位数量 新增' }).waitFor()
    await shot(officer, 'catalogue-versions')
    expect(await violations(officer)).toEqual([])
    await officer.getByRole('combobox', { name: '对照版本' }).selectOption('1')
    await officer.getByText('两个版本内容相同').waitFor()
  })

  it('a new ledger that asks for what there is, is refused with the overlap shown', async () => {
    await head.goto(`${address}/catalogue/propose?kind=add`)
    await head.getByLabel('新台账编号').fill('interim-book')
    await head.getByLabel('中文名', { exact: true }).first().fill('临时措施登记簿')
    await head.getByLabel('英文名', { exact: true }).first().fill('Interim measures')
    await head.getByLabel('理由', { exact: true }).fill('检查时要看')
    const added = head.locator('.new-field')
    await added.getByLabel('字段代码').fill('interim_measure')
    await added.getByLabel('中文名').fill('临时措施')
    await added.getByLabel('英文名').fill('Interim measure')
    await added.getByRole('button', { name: '增加字段' }).click()
    await head.getByRole('button', { name: '预演' }).click()
    await head.locator('.overlaps li').first().waitFor()
    await head.getByRole('button', { name: '提交提案' }).click()
    await head.getByText('不予通过').first().waitFor()
    await shot(head, 'catalogue-refused')
    expect(await head.locator('.overlaps li').count()).toBeGreaterThan(0)
    expect(await violations(head)).toEqual([])
  })

  it('the bureau proposes to retire a ledger, may not decide it itself, and takes it back', async () => {
    await bureau.goto(`${address}/catalogue/propose?kind=delete&ledger=police-training`)
    await bureau.getByLabel('理由', { exact: true }).fill('学时改由训练系统记录')
    await bureau.getByLabel('告知填报人（中文）').fill('训练学时请到训练系统登记')
    await bureau.getByLabel('告知填报人（英文）').fill('Training hours go to the training system')
    await bureau.getByRole('button', { name: '预演' }).click()
    await bureau.getByRole('heading', { name: '预演结果' }).waitFor()
    await bureau.getByRole('button', { name: '提交提案' }).click()
    await bureau.getByRole('heading', { name: /队伍训练/ }).waitFor()
    // Who proposed decides nothing: it waits for another of the office.
    expect(await bureau.getByRole('button', { name: '同意', exact: true }).count()).toBe(0)
    await shot(bureau, 'catalogue-delete')
    await bureau.getByRole('button', { name: '撤回提案' }).click()
    await bureau.getByText('已撤回').waitFor()
    expect(await violations(bureau)).toEqual([])
  })

  it('an officer asks where the bed-check book went', async () => {
    await officer.goto(`${address}/consolidation`)
    const search = officer.getByRole('searchbox')
    await search.fill('查铺登记簿')
    await officer.getByText('1 本', { exact: true }).waitFor()
    const row = officer.getByRole('row').filter({ hasText: 'PL-06' })
    expect(await row.textContent()).toContain('继续填报')
    await row.getByRole('link', { name: '点名' }).waitFor()
    await search.fill('')
    await officer.locator('canvas').waitFor()
    await shot(officer, 'consolidation')
    expect(await violations(officer)).toEqual([])
  })
})

describe('who stands behind the ledgers, and what becomes of their paper', () => {
  it('the matrix is reached from the catalogue, and its figures open what they count', async () => {
    await head.goto(`${address}/ledgers`)
    await head.getByRole('link', { name: '责任矩阵' }).click()
    await head.getByRole('heading', { level: 1, name: '责任矩阵' }).waitFor()
    const duty = head.getByRole('row').filter({ hasText: '值班日志' })
    await duty.waitFor()
    expect(await duty.textContent()).toContain('主')
    // By keyboard: the figure of vacant posts, and the table that is wider than the page.
    await head.getByRole('link', { name: /^审批环节空岗 \d+$/ }).focus()
    await head.keyboard.press('Enter')
    await head.getByRole('heading', { level: 3, name: '审批环节空岗' }).waitFor()
    await head.getByRole('cell', { name: '罪犯伙房' }).first().waitFor()
    expect(await violations(head)).toEqual([])
    await shot(head, 'matrix')
    await head.getByLabel('只看').selectOption('gap')
    await head.getByRole('region', { name: '台账与单位对照' }).last().focus()
    await head.keyboard.press('ArrowRight')
    await shot(head, 'matrix-gaps')
    expect(await violations(head)).toEqual([])
  })

  it('the head of an area declares, the owning department confirms', async () => {
    const area = await signedIn(browser, 'head of area')
    await area.goto(`${address}/consolidation`)
    await area.getByRole('link', { name: '纸质停用' }).click()
    await area.getByRole('heading', { level: 1, name: '纸质停用' }).waitFor()
    await area.locator('summary', { hasText: '申报纸质台账变更' }).click()
    await area.getByLabel('申报为').selectOption('dual')
    await area.getByLabel(/^理由/).fill('终端已配齐，先行双轨')
    await area.getByRole('checkbox', { name: /^安全隐患排查整治/ }).check()
    await shot(area, 'paper-declare')
    expect(await violations(area)).toEqual([])
    await area.getByRole('button', { name: '提交申报' }).click()
    const waiting = area.getByRole('region', { name: '待归属部门确认' })
    await waiting.getByRole('cell', { name: '终端已配齐，先行双轨' }).waitFor()
    await area.context().close()
    await head.goto(`${address}/paper`)
    await head
      .getByRole('link', { name: /^电子化 \d+\/\d+$/ })
      .first()
      .waitFor()
    const mine = head.getByRole('region', { name: '待归属部门确认' })
    await mine.getByRole('row').filter({ hasText: '先行双轨' }).getByRole('checkbox').check()
    expect(await violations(head)).toEqual([])
    await shot(head, 'paper')
    await mine.getByRole('button', { name: '确认所选' }).click()
    await mine.getByRole('cell', { name: '终端已配齐，先行双轨' }).waitFor({ state: 'detached' })
    await head.getByRole('link', { name: /^双轨 \d+$/ }).click()
    await head
      .getByRole('region', { name: /^明细：双轨/ })
      .getByText(/终端已配齐/)
      .first()
      .waitFor()
    expect(await violations(head)).toEqual([])
    await shot(head, 'paper-list')
  })
})
