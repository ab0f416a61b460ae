import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, api, launch, loginOf, requests, shot, signedIn, violations } from './browser'

/**
 * The road of a title from its first application to its loss, in fake time: an area applies, is
 * postponed, puts right, is accepted at exactly 950.0; its prison becomes eligible, is sent back
 * once and named demonstration; the area's look-back loses 86, and at its re-check own 42 and a
 * carry of 8.6 leave 949.4. The server's clock is set ahead by more than three years: this has a
 * server of its own (scripts/journeys.sh).
 */

const office = 'bureau accreditation office'
const second = 'second bureau office'
const own = 'prison accreditation office'
const head = 'head of area'
const inspector = 'inspector'
const party = 'party committee secretary'
const committee = 'review committee secretary'

/** Who heads the bureau's lines, by the department each speaks for. */
const heads: Record<string, string> = {
  dept_custody: '9000004',
  dept_education: '9000005',
  dept_labour: '9000006',
  dept_investigation: '9000015',
  dept_hospital: '9000016',
  dept_life: '9000017',
  dept_equipment: '9000018',
  dept_command: '9000019',
  dept_political: '9000020',
  dept_office: '9000021',
  dept_penalty: '9000022',
  dept_discipline: '9000023',
}

interface Place {
  id: string
  code: string
  areas?: Place[]
}
interface Line {
  method: string
  count?: unknown
  of?: unknown
  per?: unknown
  period?: unknown
}
interface Artefacts {
  standard: { version: number }
  rules: { version: number; indicators: { lines?: Line[] }[] }
  guide: { version: number }
}
interface Case {
  opinions: { department: string; given?: unknown }[]
  makes: { kind: string; departments?: string[] }[]
}
interface Item {
  id: string
  state: string
  line: string
}

let browser: Browser
let prison = ''
let unit = ''

/** Somebody does something at the screen: they sign in anew each time, for the clock ends sessions. */
async function as<T>(who: string, does: (page: Page) => Promise<T>): Promise<T> {
  const page = await signedIn(browser, who)
  await page.setViewportSize({ width: 1366, height: 900 })
  try {
    return await does(page)
  } finally {
    await page.context().close()
  }
}

/** What is sent without a screen is taken. */
async function taken<T>(reply: Promise<{ status: number; data: T }>): Promise<T> {
  const { status, data } = await reply
  expect(status < 300 ? 'taken' : data).toBe('taken')
  return data
}

const go = async (page: Page, path: string, title: string | RegExp) => {
  await page.goto(`${address}${path}`)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** What the page looks like, and that everybody can use it. */
const seen = async (page: Page, name: string) => {
  expect(await violations(page)).toEqual([])
  await shot(page, `year-${name}`)
}

let today = ''

/** Sets the clock to the morning of a day; what took years is done in a minute. */
async function until(day: string) {
  const by = await requests((await loginOf(office)).number)
  await taken(by('POST', '/demo/clock', { to: `${day}T09:00:00+08:00` }))
  today = day
}

const plus = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
const later = (days: number) => until(plus(today, days))

/** The same day so many months later, or the last of the month. */
function months(day: string, n: number): string {
  const [y = 0, m = 0, d = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(y, m + n, 0)).getUTCDate()
  return new Date(Date.UTC(y, m - 1 + n, Math.min(d, last))).toISOString().slice(0, 10)
}

/** An application, on its page. */
class Road {
  path = ''
  constructor(readonly name: string) {}

  open = (page: Page) => go(page, this.path, this.name)

  /** Begins it, and keeps where it is. */
  async begin(page: Page, which: string, level: string) {
    await go(page, '/accreditation', '创建申报')
    const form = page.getByRole('form', { name: '开始申报' })
    await form.getByLabel('单位').selectOption({ label: which })
    await form.getByLabel('等级').selectOption({ label: level })
    await form.getByRole('button', { name: '开始申报' }).click()
    await page.waitForURL(/\/cases\//)
    await page.getByRole('heading', { level: 1, name: this.name }).waitFor()
    this.path = new URL(page.url()).pathname
  }

  /** The unit asks for an act, which another does. */
  async ask(page: Page, title: string) {
    await this.open(page)
    const asks = page.locator('form', { has: page.getByRole('button', { name: `提出：${title}` }) })
    await asks.getByLabel('理由').fill('条件具备')
    await asks.getByRole('button').click()
    await page.getByText('已提出，待他人办理').waitFor()
  }

  /** An act, after which the case is in another state. */
  async act(page: Page, title: string, state: string, fill?: (form: Locator) => Promise<void>) {
    await this.open(page)
    const form = page.getByRole('form', { name: title, exact: true })
    await fill?.(form)
    await form.getByRole('button', { name: `办理：${title}` }).click()
    await this.stands(page, state)
  }

  stands = (page: Page, state: string) =>
    page.locator('.page-title').getByText(state, { exact: true }).waitFor()

  /** A check of the case with a team of three of elsewhere; a check that is prepared is opened too. */
  async prepare(page: Page, kind: string) {
    await this.open(page)
    const form = page.getByRole('form', { name: `准备考核：${kind}` })
    await form.getByLabel('事由').fill('规范化创建考核')
    for (const [n, name] of ['检查员甲', '检查员丑', '检查员寅'].entries()) {
      const select = form.getByLabel(n === 0 ? '组长' : '成员').nth(Math.max(0, n - 1))
      const value = await select.locator('option', { hasText: name }).getAttribute('value')
      await select.selectOption(value)
    }
    await form.getByRole('button', { name: `准备考核：${kind}` }).click()
    await form.waitFor({ state: 'detached' })
  }

  /** From the case to the page of its check. */
  async check(page: Page, kind: string) {
    await this.open(page)
    await page.getByRole('link', { name: '查看考核' }).click()
    await page.getByRole('heading', { level: 1, name: new RegExp(`· ${kind}$`) }).waitFor()
    return new URL(page.url()).pathname
  }

  /** The whole case, as somebody sees it. */
  whole = (page: Page) => taken(api<Case>(page, 'GET', this.path))

  /** Every department that was asked says its opinion on what its form shows. */
  async opined(value: string, reason: string) {
    const { opinions } = await as(office, (page) => this.whole(page))
    expect(opinions.length).toBeGreaterThanOrEqual(8)
    for (const { department } of opinions.filter((o) => !o.given)) {
      const by = await requests(heads[department] ?? '')
      const form = await taken(by<{ digest: string }>('GET', `${this.path}/opinions/${department}`))
      const body = { value, reason, facts: form.digest }
      await taken(by('POST', `${this.path}/records`, { kind: 'opinion', department, body }))
    }
  }
}

/** A decision cites every opinion, and answers in words what says otherwise. */
async function cites(form: Locator) {
  for (const one of await form.getByRole('checkbox').all()) await one.check()
  for (const one of await form.locator('input[name^=answer][required]').all())
    await one.fill('已核实')
}

interface Loss {
  line: string
  count?: number
  fact: string
}

/** The team records what it found, each under a line of the standard. */
async function find(page: Page, losses: Loss[]) {
  for (const { line, count = 1, fact } of losses) {
    const form = page.getByRole('form', { name: '记录问题' })
    await form.getByLabel('标准条款').selectOption(line)
    await form.getByLabel('次数').fill(String(count))
    await form.getByLabel('现场查看').check()
    await form.getByLabel('台账资料').check()
    await form.getByLabel('发现的事实').fill(fact)
    await form.getByLabel('结论').fill('不符合标准')
    await form.getByRole('button', { name: '记录问题' }).click()
    await page.getByRole('article').getByText(fact, { exact: true }).waitFor()
  }
}

const beaten: Loss = { line: 'DW-01.beating', fact: '虚构：一名民警殴打体罚罪犯' }
const riot: Loss = { line: 'JG-01.riot', fact: '虚构：一起聚众闹事' }
/** Of so many points. */
const lost80 = [beaten, riot]
const lost50 = [beaten, { line: 'YJ-02.missing', count: 2, fact: '缺谈话室、储藏室各一间' }]
const lost86 = [beaten, riot, { line: 'YJ-02.misused', count: 2, fact: '两间功能用房挪作他用' }]
const lost42 = [beaten, { line: 'YJ-03.dead', fact: '一处报警按钮失灵' }]

/** The leader confirms the sheet. */
async function confirm(page: Page) {
  await page.getByRole('button', { name: '确认考核表' }).click()
  await page.getByLabel('整改期限').fill(plus(today, 30))
  await page.getByRole('button', { name: '确认考核表' }).click()
  await page.getByText('已确认，申诉期').first().waitFor()
}

/** When the time of appeals is over, the office closes the check. */
async function close(road: Road, kind: string) {
  await later(14)
  await as(office, async (page) => {
    await road.check(page, kind)
    await page.getByRole('button', { name: '办结考核' }).click()
    await page.getByRole('button', { name: '办结考核' }).click()
    await page.getByText('已办结', { exact: true }).first().waitFor()
  })
}

/** The case's batch is planned, and the bulletin of the year issued with it. */
async function announce(page: Page, road: Road, batch: number, level: string) {
  const year = today.slice(0, 4)
  await go(page, '/bulletins', '年度预验收公告')
  await page.getByText('新增批次').click()
  const plan = page.locator('details[open]')
  await plan.getByLabel('年度').fill(year)
  await plan.getByLabel('批次').fill(String(batch))
  await plan.getByLabel('等级').selectOption({ label: level })
  await plan.getByLabel('申报截止').fill(plus(today, 30))
  await plan.getByLabel('验收起日').fill(plus(today, 30))
  await plan.getByLabel('验收止日').fill(plus(today, 365))
  await plan.getByRole('button', { name: /提\s*交/ }).click()
  const planned = page.getByRole('row', { name: new RegExp(`${year} 第 ${batch} 批.*${level}`) })
  await planned.waitFor()
  await road.open(page)
  const form = page.getByRole('form', { name: '登记年度公告批次' })
  await form.getByLabel('公告年度').fill(year)
  await form.getByLabel('批次').fill(String(batch))
  await form.getByRole('button').click()
  await page.getByRole('cell', { name: `${year} / ${batch}` }).waitFor()
  await go(page, '/bulletins', '年度预验收公告')
  await page.getByLabel('年度', { exact: true }).last().selectOption(year)
  await page.getByRole('button', { name: /^发布第 \d+ 期$/ }).click()
  await page.getByText('没有可发布的内容，或与上一期相比没有变化').waitFor()
}

/** A body deliberates: who is there and may vote votes, and the item is frozen with its minutes. */
async function deliberate(page: Page, road: Road, title: string, outcome: string, meeting = '') {
  await go(page, '/meetings', '审议会议')
  if (meeting) {
    await page.getByRole('link', { name: meeting }).click()
  } else {
    await page.getByLabel('会议', { exact: true }).fill(title)
    await page.getByRole('button', { name: '召集会议' }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.getByRole('button', { name: `列入议程 ${road.name}` }).click()
  }
  const item = page.getByRole('region', { name: new RegExp(`第 1 项：${road.name}`) })
  for (const name of ['审议成员壬', '审议成员癸']) {
    await item.getByLabel(`${name}到会`).check()
    await item
      .getByLabel(`${name}的表决`)
      .selectOption({ label: outcome === '同意' ? '同意' : '不同意' })
    await item.getByRole('row', { name }).getByText('由', { exact: false }).waitFor()
  }
  await item.getByLabel('审议结果').selectOption({ label: outcome })
  await item.getByLabel('审议意见').fill(`经审议，${outcome}`)
  await item.getByRole('button', { name: '记录结果' }).click()
  await item.locator('strong', { hasText: outcome }).waitFor()
  await item.getByLabel('上传纪要').setInputFiles({
    name: '会议纪要.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from(`%PDF-1.7 ${title}`),
  })
  await item.getByRole('link', { name: '会议纪要：会议纪要.pdf' }).waitFor()
  await item.getByRole('button', { name: '定稿' }).click()
  await item.getByText(/^sha256:[0-9a-f]{64}$/).waitFor()
}

const paper =
  (no: string, reason = '') =>
  async (form: Locator) => {
    await form.getByLabel('文号').fill(no)
    await form.getByLabel('文件日期').fill(today)
    if (reason) await form.getByLabel('理由').fill(reason)
  }

/** A check from its team to its confirmed sheet, in the step that rests on it. */
async function checked(
  road: Road,
  kind: string,
  losses: Loss[],
  shown: string,
  begin?: [string, string],
) {
  await as(office, async (page) => {
    await road.prepare(page, kind)
    if (begin) await road.act(page, ...begin)
  })
  await as(inspector, async (page) => {
    await road.check(page, kind)
    await find(page, losses)
    await confirm(page)
    expect(await page.locator('.score-total').innerText()).toBe(shown)
  })
}

const third = new Road('甲监狱 · 三监区 · 规范化监区')
const fourth = new Road('甲监狱 · 四监区 · 规范化监区')
const whole = new Road('甲监狱 · 监狱整体 · 示范监狱')
const cycle = ''

beforeAll(async () => {
  browser = await launch()
  const by = await requests((await loginOf(office)).number)
  const { prisons } = await taken(by<{ prisons: Place[] }>('GET', '/organisation'))
  const at = prisons.find((p) => p.code === 'P1')
  prison = at?.id ?? ''
  unit = at?.areas?.find((a) => a.code === 'A3')?.id ?? ''
  const now = (await fetch(`${address}/api/v1/progress`)).headers.get('X-Now') ?? ''
  today = new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10)
  // From the next morning: no midnight falls within a step, whenever this runs.
  await later(1)
})
afterAll(async () => {
  await browser?.close()
})

describe('a whole road', () => {
  it('begins with standards by which a team reads the ledgers, for nobody keeps them in years that pass in a minute', async () => {
    const drafted = ['ordinary-area', 'prison']
    await as(office, async (page) => {
      for (const standard of drafted) {
        const path = `/standards/${standard}/versions`
        const {
          standard: text,
          rules,
          guide,
        } = await taken(api<Artefacts>(page, 'GET', `${path}/1`))
        for (const line of rules.indicators.flatMap((i) => i.lines ?? [])) {
          if (line.method !== 'ledger') continue
          line.method = 'reading'
          for (const fact of ['count', 'of', 'per', 'period'] as const) delete line[fact]
        }
        for (const one of [text, rules, guide]) one.version = 2
        await taken(api(page, 'POST', '/standards', { standard: text, rules, guide }))
      }
    })
    await as(second, async (page) => {
      for (const standard of drafted) {
        await page.goto(`${address}/standards/${standard}/v/2`)
        await page.getByRole('button', { name: '审核通过' }).click()
        await page.getByText('已审核').first().waitFor()
      }
    })
    await as(office, async (page) => {
      for (const standard of drafted) {
        await page.goto(`${address}/standards/${standard}/v/2`)
        await page.getByRole('button', { name: /印\s*发/ }).click()
        await page.getByText(/第 2 版 .*已印发/).waitFor()
      }
    })
  })

  it('an area of the prison is named already', async () => {
    await as(party, async (page) => {
      await go(page, '/accreditation', '创建申报')
      await page.getByRole('link', { name: '甲监狱 · 四监区' }).click()
      await page.getByRole('heading', { level: 1, name: fourth.name }).waitFor()
      fourth.path = new URL(page.url()).pathname
      await deliberate(page, fourth, '', '同意', '规范化创建专题会议')
      await fourth.act(page, '党委会同意并命名', '已命名（有效）', paper('局发〔2026〕11号'))
    })
  })

  it('the area applies: it checks itself, asks, and its prison sends the application', async () => {
    await as(head, async (page) => {
      await third.begin(page, '甲监狱 · 三监区', '规范化监区')
      await seen(page, 'begun')
      await go(page, `/prisons/${prison}/areas/${unit}/readiness`, /达标状态/)
      await page.getByRole('button', { name: '保存一次自查' }).click()
      await page.getByText('已保存，附全部依据').waitFor()
      await third.ask(page, '申报')
    })
    await as(own, (page) => third.act(page, '申报', '已申报'))
    await as(office, async (page) => {
      await third.act(page, '筛查通过', '筛查通过')
      await announce(page, third, 2, '规范化监区')
      await seen(page, 'bulletin')
    })
  })

  it('its baseline finds much, and every department is for a delay: it is postponed', async () => {
    await checked(third, '摸底检查', lost80, '920.00', ['开始摸底检查', '摸底检查中'])
    await third.opined('delay', '本线问题须先整改')
    await as(office, async (page) => {
      await third.open(page)
      await page.getByText(/系统建议推迟：.*延迟意见/).waitFor()
      await seen(page, 'opinions')
      await third.act(page, '推迟验收', '推迟验收', async (form) => {
        await cites(form)
        await form.getByLabel('理由').fill('各处室意见为延迟，先整改')
      })
      await page
        .getByText(`最早 ${months(today, 3)}`)
        .first()
        .waitFor()
      await seen(page, 'postponed')
    })
  })
})
