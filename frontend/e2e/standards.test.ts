import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, launch, shot, signedIn, violations } from './browser'

let browser: Browser
let office: Page
let other: Page

beforeAll(async () => {
  browser = await launch()
  office = await signedIn(browser, 'bureau accreditation office')
  other = await signedIn(browser, 'bureau leader')
})
afterAll(async () => {
  await browser?.close()
})

const table = (rows: string) => ({
  name: 'framework.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(`编号,方面,指标,分值,评分标准,方法\n${rows}`),
})

describe('a standard from draft to issue', () => {
  it('is drafted from the one there is, checked while it is written, and saved', async () => {
    await office.goto(`${address}/standards`)
    await office.getByRole('heading', { level: 1, name: '考核标准' }).waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standards')
    await office.getByRole('link', { name: '罪犯伙房样例标准（非官方）' }).click()
    await office.getByText('刑罚执行 · 60 分').click()
    await office.getByText('未经审批到伙房，每名', { exact: true }).waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard')
    await office.getByRole('button', { name: '以此起草下一版' }).click()
    const row = (name: RegExp) => office.getByRole('treeitem', { name })
    await row(/^XF 刑罚执行/).click()
    await office.getByLabel('分值').fill('61')
    await office.getByText('合计 60 / 61 · 还缺 1 分').waitFor()
    const said = office.getByRole('region', { name: 'XF 刑罚执行 的内容' })
    await said.getByText('指标分值之和应等于 61').waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard-checks')
    expect(await office.getByRole('button', { name: '保存并送审' }).isDisabled()).toBe(true)
    // The list leads to the field, which is mended there.
    await row(/^标准总体/).click()
    await office.getByRole('button', { name: '指标分值之和应等于 61' }).click()
    await office.locator('input:focus').fill('60')
    await row(/HF-01/).click()
    await office.getByLabel('名称', { exact: true }).fill('伙房罪犯选用与审批')
    await office.getByRole('button', { name: /HF-01\.approval/ }).click()
    await office.getByLabel('检查地点', { exact: true }).waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard-line')
    await office.getByRole('button', { name: '加一行 参照例：严重程度与影响范围' }).click()
    await office.getByLabel('事例', { exact: true }).fill('一名未经审批，当天补办')
    await shot(office, 'standard-anchors')
    await office.getByText(/发布检查：通过，/).waitFor()
    await office.getByRole('button', { name: '保存并送审' }).click()
    await office.getByText(/第 2 版 .*草案/).waitFor()
  })

  it('says what became of the version before', async () => {
    await office.goto(`${address}/standards/kitchen/v/2/mapping`)
    const list = office.getByRole('region', { name: '指标的去向' })
    await list.getByText('24 项不变').click()
    await list.getByRole('button', { name: '改为部分对应 HF-01' }).click()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard-mapping')
    await office.getByRole('button', { name: '保存对应' }).click()
    await office.getByText('对应已保存，草案须重新审核').waitFor()
  })

  it('is passed by another and issued; the one before is superseded', async () => {
    await other.goto(`${address}/standards/kitchen/v/2`)
    await other.getByRole('button', { name: '审核通过' }).click()
    await other
      .getByText(/已审核/)
      .first()
      .waitFor()
    await office.goto(`${address}/standards/kitchen/v/2`)
    await office.getByRole('button', { name: /印\s*发/ }).click()
    await office.getByText(/第 2 版 .*已印发/).waitFor()
    await office.goto(`${address}/standards`)
    await office.getByText('已被替代').waitFor()
    await office.getByRole('link', { name: '与第 1 版' }).first().click()
    await office.getByText('伙房罪犯选用与审批', { exact: true }).waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard-compare')
  })

  it('comes in from a table, once its mistakes are mended', async () => {
    await office.goto(`${address}/standards/import`)
    await office.getByLabel('标准代码').fill('hospital-safety')
    await office.getByLabel('中文名称').fill('医院安全框架（虚构）')
    await office.getByLabel('合格线').fill('8')
    await office
      .getByLabel('表格文件')
      .setInputFiles(table('A-1,安全,手卫生,零,未洗手，每次,巡查\n'))
    await office.getByRole('button', { name: '导入为草案' }).click()
    await office.getByText('2 处须改正，未生成草案').waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'standard-import')
    await office
      .getByLabel('表格文件')
      .setInputFiles(table('A-1,安全,手卫生,10,"未洗手，每次",现场\n'))
    await office.getByRole('button', { name: '导入为草案' }).click()
    await office.getByRole('heading', { level: 1, name: '医院安全框架（虚构）' }).waitFor()
  })

  it('of another field is released, checked by and scored', async () => {
    const title = 'NIST CSF 2.0（他人标准）'
    await office.goto(`${address}/standards/import`)
    await office.getByLabel('标准代码').fill('nist-csf')
    await office.getByLabel('中文名称').fill(title)
    await office.getByLabel('合格线').fill('100')
    await office
      .getByLabel('表格文件')
      .setInputFiles(
        fileURLToPath(
          new URL('../../internal/standards/testdata/foreign/security.csv', import.meta.url),
        ),
      )
    await office.getByRole('button', { name: '导入为草案' }).click()
    await office.getByRole('heading', { level: 1, name: title }).waitFor()
    await office.getByText(/治理 · 31 分/).waitFor()
    await other.goto(`${address}/standards/nist-csf/v/1`)
    await other.getByRole('button', { name: '审核通过' }).click()
    await other
      .getByText(/已审核/)
      .first()
      .waitFor()
    await office.reload()
    await office.getByRole('button', { name: /印\s*发/ }).click()
    await office.getByText(/第 1 版 .*已印发/).waitFor()

    await office.goto(`${address}/checks`)
    await office.getByRole('button', { name: '组织考核' }).click()
    await office.getByLabel('考核类别').selectOption({ label: '其他标准考核' })
    await office.getByLabel('依据的其他标准').selectOption({ label: `${title} 第 1 版` })
    await office.getByLabel('单位').selectOption({ label: '三监区' })
    await office.getByLabel('事由').fill('网络安全专项考核')
    await office.getByRole('checkbox', { name: /组员 检查员甲/ }).check()
    await office.getByRole('radio', { name: /组长 检查员甲/ }).check()
    expect(await violations(office)).toEqual([])
    await shot(office, 'check-by-framework')
    await office.getByRole('button', { name: '组织考核' }).last().click()
    await office.getByRole('heading', { level: 1, name: '三监区 · 其他标准考核' }).waitFor()
    const check = office.url()

    const inspector = await signedIn(browser, 'inspector')
    await inspector.goto(check)
    await inspector.getByText('106.00', { exact: true }).waitFor()
    await inspector.getByLabel('标准条款').selectOption('PR.DS-11.1')
    await inspector.getByLabel('现场查看').check()
    await inspector.getByLabel('发现的事实').fill('备份三个月未做恢复试验')
    await inspector.getByLabel('结论').fill('不符合标准')
    await inspector.getByRole('button', { name: '记录问题' }).click()
    await inspector.getByText('备份三个月未做恢复试验', { exact: true }).waitFor()
    await inspector.getByText('105.00', { exact: true }).waitFor()
    await inspector.getByText('扣分明细').click()
    const tree = inspector.locator('.score-tree')
    await tree.getByText('防护', { exact: true }).click()
    await tree.getByText('PR.DS-11', { exact: true }).click()
    await tree.getByText('数据有备份，备份受保护、有维护、经过恢复试验').first().waitFor()
    expect(await violations(inspector)).toEqual([])
    await shot(inspector, 'sheet-by-framework')
    await inspector.context().close()
  })

  it('answers a list that others keep, clause by clause', async () => {
    await office.goto(`${address}/external-lists`)
    const add = office.getByRole('region', { name: '导入外部清单' })
    await add.getByLabel('清单名称').fill('智慧监狱验收细则（虚构）')
    await add.getByLabel('表格文件').setInputFiles({
      name: 'list.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('编号,内容\n1.1,统一门户\n1.2,移动执法终端\n'),
    })
    await add.getByRole('button', { name: /导\s*入/ }).click()
    await office.getByText('移动执法终端').waitFor()
    // The first is a prison as a whole, the second an area of it.
    for (const index of [1, 2]) {
      await office.getByLabel('看哪个单位的符合情况').selectOption({ index })
      await office.getByText('本单位标准未对应').first().waitFor()
      await office.getByText(/符合 \d+ 条，共考核/).waitFor()
    }
    expect(await violations(office)).toEqual([])
    await shot(office, 'external-lists')
  })

  it('rests on documents; what rests on a replaced one is marked', async () => {
    await office.goto(`${address}/basis`)
    const add = office.getByRole('region', { name: '登记依据文件' })
    await add.getByLabel('文件').fill('监狱教育改造工作规定（虚构新版）')
    await add.getByLabel('发文机关').fill('司法部')
    await add.getByLabel('层级').selectOption('ministry')
    await add.getByRole('button', { name: /登\s*记/ }).click()
    const replace = office.getByRole('region', { name: '登记替代文件' })
    await replace
      .getByRole('combobox', { name: '文件', exact: true })
      .selectOption('监狱教育改造工作规定')
    await replace
      .getByRole('combobox', { name: '替代文件' })
      .selectOption('监狱教育改造工作规定（虚构新版）')
    await replace.getByRole('button', { name: '登记替代' }).click()
    await office.getByText(/项指标须复核/).waitFor()
    expect(await violations(office)).toEqual([])
    await shot(office, 'basis')
  })
})
