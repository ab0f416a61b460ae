import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expand } from '../src/schema/expand'
import type { Doc, FormLayout, Schema } from '../src/schema/types'
import { launch, signedIn } from './browser'
import { fillDocument } from './fill'

/** Every type, filled in from its own valid documents by somebody whose post it is. */
const root = '../schemas/ledgers'
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const types = readdirSync(root)
  .filter((id) => existsSync(`${root}/${id}/v1/ledger.json`))
  .map((id) => ({
    id,
    title: read<{ title: { zh: string } }>(`${root}/${id}/v1/ledger.json`).title.zh,
    schema: expand(read<Schema>(`${root}/${id}/v1/schema.json`)),
    fields: read<FormLayout>(`${root}/${id}/v1/form.json`).sections.flatMap((s) => s.fields),
    documents: readdirSync(`${root}/${id}/v1/valid`).map((f) =>
      read<Doc>(`${root}/${id}/v1/valid/${f}`),
    ),
  }))

let browser: Browser
const posts = ['officer', 'kitchen officer', 'medic', 'counsellor', 'command-centre']
const pages: Page[] = []

beforeAll(async () => {
  browser = await launch()
  for (const post of posts) pages.push(await signedIn(browser, post))
})
afterAll(async () => {
  await browser?.close()
})

/** The page of somebody who is offered the type, on the workbench; nobody is a failure. */
async function offered(title: string): Promise<Page> {
  for (const page of pages) {
    await page.goto(new URL('/', page.url()).href)
    const begin = page.getByRole('region', { name: '填报其他台账' })
    await begin.getByRole('button').first().waitFor()
    if ((await begin.getByRole('button', { name: title, exact: true }).count()) > 0) return page
  }
  throw new Error(`nobody is offered ${title}`)
}

it.each(types)('$title', async ({ title, schema, fields, documents }) => {
  const page = await offered(title)
  await page
    .getByRole('region', { name: '填报其他台账' })
    .getByRole('button', { name: title, exact: true })
    .click()
  await page.locator('.schema-form').waitFor()
  await fillDocument(page, schema, fields, documents[0]!)
  await page.getByText('草稿已保存').waitFor()
  await page.keyboard.press('Control+s')
  expect(await page.locator('.notes .error').allInnerTexts()).toEqual([])
  await page.getByRole('button', { name: '放弃草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
})
