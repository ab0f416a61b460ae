import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  address,
  api,
  launch,
  loginOf,
  requests,
  screen,
  sessionOf,
  shot,
  violations,
} from './browser'

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

/** The clock ends sessions: whoever acts after it was set signs in anew. */
const desks = new Map<string, { page: Page; day: string }>()

/** Somebody does something at their screen. */
async function as<T>(who: string, does: (page: Page) => Promise<T>): Promise<T> {
  let desk = desks.get(who)
  if (!desk) {
    const context = await browser.newContext({ ...screen, viewport: { width: 1366, height: 900 } })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    desk = { page, day: '' }
    desks.set(who, desk)
  }
  if (desk.day !== today) {
    await sessionOf(desk.page.context().request, (await loginOf(who)).number)
    await desk.page.goto(`${address}/`, { waitUntil: 'commit' })
    desk.day = today
  }
  return does(desk.page)
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
    expect(opinions.length).toBeGreaterThanOrEqual(7)
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
  await page.getByRole('combobox', { name: '年度' }).selectOption(year)
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
  // Of a prison the conditions of the day stand before whoever votes.
  if (road === whole) {
    await item.getByRole('button', { name: '出示当日申报条件' }).click()
    await item.getByText('已出示申报条件', { exact: false }).waitFor()
  }
  for (const name of ['审议成员壬', '审议成员癸']) {
    await item.getByLabel(`${name}到会`).click()
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
    await page
      .getByText(Number(shown) < 950 ? '未达标' : '达标', { exact: true })
      .first()
      .waitFor()
    if (losses.length > 0) await seen(page, `check-${shown}`)
  })
}

/** The prison is accepted on site, and two people find its effect on others enough. */
async function accepted() {
  await checked(whole, '现场综合考核验收', [], '1000.00')
  await close(whole, '现场综合考核验收')
  await as(office, async (page) => {
    await whole.act(page, '办结：通过，转示范作用评估', '示范作用评估中')
    const form = page.getByRole('form', { name: '登记示范作用评估' })
    for (const [n, points] of [20, 20, 15, 15, 10].entries()) {
      await form.getByRole('spinbutton').nth(n).fill(String(points))
      await form.getByLabel('依据').nth(n).fill('附件')
    }
    await form.getByRole('button').click()
    await page.getByText('待第二人确认').waitFor()
  })
  await as(second, async (page) => {
    await whole.open(page)
    const confirms = page.getByRole('button', { name: /^确\s*认$/ })
    await confirms.click()
    await confirms.waitFor({ state: 'detached' })
  })
  await as(office, (page) => whole.act(page, '示范作用评估通过', '省局党委会审议中'))
}

const third = new Road('甲监狱 · 三监区 · 规范化监区')
const fourth = new Road('甲监狱 · 四监区 · 规范化监区')
const before = new Road('甲监狱 · 监狱整体 · 达标监狱')
const whole = new Road('甲监狱 · 监狱整体 · 示范监狱')
let cycle = ''

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
  it('begins with standards whose ledgers a team reads: nobody keeps them in years that pass in a minute', async () => {
    const drafted: string[] = []
    await as(office, async (page) => {
      const { standards } = await taken(
        api<{ standards: { standard: string; version: number }[] }>(page, 'GET', '/standards'),
      )
      for (const standard of ['ordinary-area', 'prison']) {
        const newest = Math.max(
          ...standards.filter((s) => s.standard === standard).map((s) => s.version),
        )
        const {
          standard: text,
          rules,
          guide,
        } = await taken(api<Artefacts>(page, 'GET', `/standards/${standard}/versions/${newest}`))
        for (const line of rules.indicators.flatMap((i) => i.lines ?? [])) {
          if (line.method !== 'ledger') continue
          line.method = 'reading'
          for (const fact of ['count', 'of', 'per', 'period'] as const) delete line[fact]
        }
        for (const one of [text, rules, guide]) one.version = newest + 1
        await taken(api(page, 'POST', '/standards', { standard: text, rules, guide }))
        drafted.push(`/standards/${standard}/v/${newest + 1}`)
      }
    })
    await as(second, async (page) => {
      for (const path of drafted) {
        await page.goto(`${address}${path}`)
        await page.getByRole('button', { name: '审核通过' }).click()
        await page.getByText('已审核').first().waitFor()
      }
    })
    await as(office, async (page) => {
      for (const path of drafted) {
        await page.goto(`${address}${path}`)
        await page.getByRole('button', { name: /印\s*发/ }).click()
        await page.getByText(/第 \d+ 版 .*已印发/).waitFor()
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

  it('three people put it right, and it is looked at again when its time has come', async () => {
    const waits = async (page: Page) => {
      const path = `/prisons/${prison}/rectifications`
      const { rectifications } = await taken(api<{ rectifications: Item[] }>(page, 'GET', path))
      return rectifications.filter((r) => r.state === 'open' || r.state === 'done')
    }
    /** One act on the screen, the same on what else waits without it. */
    const each = async (
      who: string,
      label: string,
      done: string,
      form: (page: Page) => Promise<void>,
      rest: object,
    ) =>
      as(who, async (page) => {
        await go(page, '/rectifications', '整改')
        await page.getByRole('button', { name: new RegExp(`^${label}.*殴打`) }).click()
        await form(page)
        await page.getByRole('button', { name: label, exact: true }).click()
        await page.getByText(done).first().waitFor()
        await seen(page, `rectification-${who.replaceAll(/[ ,]+/g, '-')}`)
        for (const item of (await waits(page)).filter((r) => r.line !== beaten.line))
          await taken(api(page, 'POST', `/prisons/${prison}/rectifications/${item.id}/acts`, rest))
      })
    const { number } = await loginOf('officer, area 3')
    await each(
      head,
      '指定责任人',
      '加强教育管理',
      async (page) => {
        await page.getByLabel('责任人警号').fill(number)
        await page.getByLabel('原因分析').fill('管理不严')
        await page.getByLabel('整改措施').fill('加强教育管理')
      },
      { kind: 'assigned', owner: number, cause: '管理不严', action: '逐项整改' },
    )
    await each(
      'officer, area 3',
      '报告完成',
      '待核验',
      (page) => page.getByLabel('完成情况').fill('已通报并整改'),
      { kind: 'done', action: '已整改' },
    )
    await each(
      own,
      '核验通过',
      '已办理',
      (page) => page.getByLabel('核验情况').fill('现场核验属实'),
      { kind: 'verified', action: '现场核验' },
    )
    await as(office, async (page) => {
      expect(await waits(page)).toEqual([])
      await third.open(page)
      await page.getByText(/^推迟期满 .* 到期/).waitFor()
      await page.getByText(/^最早 .* 才能再次摸底/).waitFor()
    })
    await until(months(today, 3))
    await as(head, (page) => third.ask(page, '再次摸底'))
    await checked(third, '摸底检查', [], '1000.00', ['再次摸底', '摸底检查中'])
    await third.opined('on_time', '已整改到位')
    await as(office, (page) => third.act(page, '如期验收', '现场考核验收中', cites))
  })

  it('is accepted at exactly 950.0, and named by the party committee', async () => {
    await checked(third, '现场综合考核验收', lost50, '950.00')
    await close(third, '现场综合考核验收')
    await as(office, async (page) => {
      await third.act(page, '办结：通过', '省局党委会审议中')
    })
    await as(party, async (page) => {
      await deliberate(page, third, '第二次专题会议', '同意')
      await third.act(page, '党委会同意并命名', '已命名（有效）', paper('局发〔2027〕3号'))
      await page.getByText(/称号：规范化监区（局发〔2027〕3号/).waitFor()
      await seen(page, 'named')
    })
    cycle = today
  })

  it('makes its prison eligible for the demonstration level, in numbers', async () => {
    await as(own, async (page) => {
      await go(page, '/accreditation/screening', '筛查排序')
      await page.getByRole('row', { name: /甲监狱.*示范监狱/ }).waitFor()
      await seen(page, 'screening')
    })
    // What it had begun for the standard level it takes back.
    await as('warden', async (page) => {
      await go(page, '/accreditation', '创建申报')
      await page.getByRole('link', { name: '甲监狱 · 监狱整体' }).click()
      await page.getByRole('heading', { level: 1, name: before.name }).waitFor()
      before.path = new URL(page.url()).pathname
      await before.ask(page, '撤回')
    })
    await as(own, (page) =>
      before.act(page, '撤回', '撤回', (form) => form.getByLabel('理由').fill('改报示范监狱')),
    )
    const warden = await loginOf('warden')
    await as('warden', (page) => whole.begin(page, '甲监狱 · 监狱整体', '示范监狱'))
    await as(own, async (page) => {
      await whole.open(page)
      await page.getByText('4/5，需 4', { exact: false }).first().waitFor()
      await seen(page, 'eligible')
      await go(page, '/checks', '考核')
      await page.getByRole('button', { name: '组织考核' }).click()
      await page.getByLabel('考核类别').selectOption({ label: '自查' })
      await page.getByLabel('事由').fill('申报示范监狱自查')
      await page.getByLabel('按姓名或警号查找').fill(warden.number)
      await page.getByRole('checkbox', { name: `组员 ${warden.name} ${warden.number}` }).check()
      await page.getByRole('radio', { name: `组长 ${warden.name} ${warden.number}` }).check()
      await page.getByRole('button', { name: '组织考核' }).last().click()
      await page.getByRole('heading', { level: 1, name: '甲监狱 · 自查' }).waitFor()
    })
    await as('warden', async (page) => {
      await go(page, '/checks', '考核')
      await page
        .getByRole('row', { name: /监狱整体 自查/ })
        .getByRole('link')
        .click()
      await page.getByRole('heading', { level: 1, name: '甲监狱 · 自查' }).waitFor()
      await confirm(page)
      await whole.ask(page, '申报')
    })
    await as(own, (page) => whole.act(page, '申报', '已申报'))
    await as(office, async (page) => {
      await whole.act(page, '筛查通过', '筛查通过')
      await announce(page, whole, 1, '示范监狱')
    })
    await checked(whole, '摸底检查', [], '1000.00', ['开始摸底检查', '摸底检查中'])
    await whole.opined('on_time', '本线工作符合标准')
    await as(office, (page) => whole.act(page, '如期验收', '业务考核评估中', cites))
  })

  it('every department assesses it, and it is accepted with its effect on others', async () => {
    for (const [department, number] of Object.entries(heads)) {
      const by = await requests(number)
      const { makes } = await taken(by<Case>('GET', whole.path))
      if (!makes.some((m) => m.kind === 'results' && m.departments?.includes(department))) continue
      const body = { met: true, critical_open: 0, text: '达到要求' }
      await taken(by('POST', `${whole.path}/records`, { kind: 'results', department, body }))
    }
    await accepted()
    await as(office, (page) => seen(page, 'evaluated'))
  })

  it('the party committee sends it back once, and agrees at the second deliberation', async () => {
    await as(party, async (page) => {
      await deliberate(page, whole, '第三次专题会议', '退回重新验收')
      await whole.act(page, '退回重新验收', '现场考核验收中', (form) =>
        form.getByLabel('理由').fill('现场资料不全'),
      )
      await seen(page, 'sent-back')
    })
    await accepted()
    await as(party, async (page) => {
      await deliberate(page, whole, '第四次专题会议', '同意')
      await whole.act(page, '党委会同意', '省厅评审中')
    })
  })

  it('the review committee names it demonstration', async () => {
    await as(committee, async (page) => {
      await deliberate(page, whole, '第1次评审会', '同意')
      await seen(page, 'committee')
      await whole.act(page, '省厅同意并命名', '已命名（有效）', paper('司发〔2027〕5号'))
      await page.getByText(/称号：规范化示范监狱（司发〔2027〕5号/).waitFor()
      await seen(page, 'demonstration')
    })
  })

  it('a look-back a year later loses 86: the title stays, and a carry of 8.6 is shown from that day', async () => {
    await until(months(cycle, 12))
    await checked(third, '回头看', lost86, '914.00', ['开始回头看', '回头看中'])
    await close(third, '回头看')
    await as(office, async (page) => {
      await third.act(page, '办结回头看', '已命名（有效）')
      await page.getByText('回头看结转扣分 8.6，复查时另行扣除').waitFor()
      await seen(page, 'looked-back')
    })
    await as(head, async (page) => {
      await go(page, `/prisons/${prison}/areas/${unit}/readiness`, /达标状态/)
      await page.getByText('回头看结转扣分 8.6，复查时另行扣除').waitFor()
      await seen(page, 'carry')
    })
  })

  it('at the re-check three years later own 42 leave 949.4, and the sheet shows why to the line', async () => {
    await until(months(cycle, 36))
    await checked(third, '复查考核', lost42, '949.40', ['开始复查', '复查考核中'])
    await close(third, '复查考核')
    await as(head, async (page) => {
      await third.check(page, '复查考核')
      await page.getByRole('link', { name: '存档考核表' }).first().click()
      await page.getByRole('heading', { level: 1, name: /三监区 · 复查/ }).waitFor()
      await page.getByText('满分 1000，达标 950').waitFor()
      // Every domain, indicator and line that lost something says how much and for what.
      for (const [domain, indicator, lost, fact] of [
        ['队伍建设', 'DW-01', '−40', beaten.fact],
        ['硬件设施', 'YJ-03', '−2', '一处报警按钮失灵'],
      ] as const) {
        const summary = page.locator('summary', { hasText: domain })
        await summary.getByText(lost).waitFor()
        await summary.click()
        const inside = page.locator('details', { has: summary })
        await inside.locator('summary', { hasText: indicator }).click()
        await inside
          .getByRole('listitem')
          .filter({ hasText: fact })
          .last()
          .getByText(lost)
          .waitFor()
      }
      expect(await page.getByText('尚未检查').count()).toBe(0)
      await page.getByText('以上各项合计扣 42 分').waitFor()
      await page.getByText('回头看扣 86 分，按 0.1 结转扣 8.6 分').waitFor()
      await page.getByText(/结果逐字节相同/).waitFor()
      await seen(page, 'sheet')
    })
    await as(office, async (page) => {
      await third.open(page)
      await page.getByText('自得分 958，扣回头看结转 8.6，复查得分 949.4，分数线 950').waitFor()
      await seen(page, 'recheck')
      await third.act(page, '取消称号', '取消称号', paper('局发〔2030〕9号', '复查不合格'))
      await seen(page, 'revoked')
    })
  })

  it('the prison loses the conditions of its title, and keeps the title', async () => {
    for (const who of [office, own]) {
      await as(who, async (page) => {
        await whole.open(page)
        const alarm = page.getByRole('alert')
        await alarm.getByText('示范监狱条件不再满足').waitFor()
        await alarm.getByText('普通监区 3/5，示范需 4').waitFor()
        await whole.stands(page, '已命名（有效）')
      })
    }
    await as(office, async (page) => {
      await seen(page, 'alarm')
      await go(page, '/titles', '称号登记')
      await page
        .getByRole('row', { name: /三监区.*局发〔2027〕3号.*已取消.*局发〔2030〕9号/ })
        .waitFor()
      await page.getByRole('row', { name: /监狱整体.*规范化示范监狱.*有效/ }).waitFor()
      await seen(page, 'titles')
    })
  })
})
