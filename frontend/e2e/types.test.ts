import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { prune } from '../src/schema/conditions'
import { expand } from '../src/schema/expand'
import type { Doc, FormLayout, Json, Schema } from '../src/schema/types'
import { DocumentValidator } from '../src/schema/validate'
import { address, api, launch, signedIn } from './browser'
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
    invalid: readdirSync(`${root}/${id}/v1/invalid`).map((file) => ({
      file,
      ...read<{
        document: Doc
        errors: { pointer: string; code: string }[]
        others?: unknown
      }>(`${root}/${id}/v1/invalid/${file}`),
    })),
  }))

let browser: Browser
const posts = ['officer', 'kitchen officer', 'medic', 'counsellor', 'command-centre']
const begin = (page: Page) => page.getByRole('region', { name: '填报其他台账' })
/** Who is offered a type on the workbench, by its title: the first of the posts. */
const offered = new Map<string, string>()
/** Windows of each post that nobody is at. */
const free = new Map<string, Page[]>()

beforeAll(async () => {
  browser = await launch()
  for (const post of posts) {
    const page = await signedIn(browser, post)
    await begin(page).getByRole('button').first().waitFor()
    for (const title of await begin(page).getByRole('button').allInnerTexts()) {
      if (!offered.has(title)) offered.set(title, post)
    }
    free.set(post, [page])
  }
})
afterAll(async () => {
  await browser?.close()
})

/** Lends a window on the workbench of somebody who is offered the type; nobody is a failure. */
async function lent(title: string, work: (page: Page) => Promise<void>) {
  const post = offered.get(title)
  if (!post) throw new Error(`nobody is offered ${title}`)
  const page = free.get(post)?.pop() ?? (await signedIn(browser, post))
  page.setDefaultTimeout(30_000)
  await page.goto(address)
  await work(page)
  free.get(post)?.push(page)
}

/** What stands in red at a field, or at the nearest field around it. */
async function shownAt(page: Page, pointer: string): Promise<string> {
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf('/'))) {
    const id = `field${at.replaceAll('/', '-')}-notes`
    const notes = page.locator(`[id="${id}"]`)
    if ((await notes.count()) === 0) continue
    const error = notes.locator('.error').first()
    await error.waitFor({ timeout: 8000 }).catch(() => undefined)
    return (await error.count()) > 0 ? error.innerText() : ''
  }
  const alert = page.locator('main [role=alert]').first()
  await alert.waitFor({ timeout: 8000 }).catch(() => undefined)
  return (await page.locator('main [role=alert]').allInnerTexts()).join()
}

// One after the other: two at a time are hardly faster on two cores, and wait for each other.
it.each(types)('$title', ({ title, ...type }) => lent(title, (page) => filled(page, title, type)))

/** A field that the samples keep equal to a shared one, by the titles of their types. */
const follows: Record<string, { shared: string; own: string }> = {
  '劳动出勤、产量与安全': { shared: 'expected_workers', own: 'present_workers' },
}

/** The samples' days may be days of the demonstration, which has figures of its own: whoever was expected has come. */
async function follow(page: Page, title: string) {
  const pair = follows[title]
  if (!pair) return
  const path = new URL(page.url()).pathname.replace(/\/edit$/, '')
  const own = page.locator(`#field-${pair.own}`)
  const saved = async () =>
    (await api<{ draft: { body: Doc; pins: { field: string; value: Json }[] } }>(page, 'GET', path))
      .data.draft
  const typed = await own.inputValue()
  await expect.poll(async () => String((await saved()).body[pair.own])).toBe(typed)
  const pin = (await saved()).pins.find((p) => p.field === `/${pair.shared}`)
  if (!pin) return
  const shared = page.locator(`#field-${pair.shared}`)
  await expect.poll(() => shared.inputValue()).toBe(String(pin.value))
  await own.fill(String(pin.value))
  await expect.poll(async () => (await saved()).body[pair.own]).toBe(pin.value)
}

async function filled(
  page: Page,
  title: string,
  { schema, fields, documents, invalid }: Omit<(typeof types)[number], 'title'>,
) {
  await begin(page).getByRole('button', { name: title, exact: true }).click()
  await page.locator('.schema-form').waitFor()
  await fillDocument(page, schema, fields, documents[0]!)
  await page.getByText('草稿已保存').waitFor()
  await follow(page, title)
  await page.keyboard.press('Control+s')
  // What the server said of the document before stands until it has answered about this one.
  await expect.poll(() => page.locator('.notes .error').allInnerTexts()).toEqual([])
  const path = new URL(page.url()).pathname.replace(/\/edit$/, '')
  const wrong: string[] = []
  const { data: me } = await api<{ number: string }>(page, 'GET', '/session')
  for (const { file, document: written, errors, others } of invalid) {
    // Wrong only beside other entries that are not here: the server's own test has them.
    if (others) continue
    // The files' filler is the first of the invented police.
    const document = JSON.parse(
      JSON.stringify(written).replaceAll('"0000001"', `"${me.number}"`),
    ) as Doc
    // What the form never sends, it cannot get wrong: a field that does not apply or is not there.
    const sent = prune(schema, document)
    const here = new DocumentValidator(schema).problems(sent, 'zh')
    const said = [
      ...here.map((p) => (p.code === 'additionalProperties' ? '' : p.pointer)),
      ...errors.filter((e) => e.code.startsWith('rule:')).map((e) => e.pointer),
    ]
    const { data } = await api<{ entry: { etag: number; version: number } }>(page, 'GET', path)
    const draft = `${path}/draft?version=${data.entry.version}`
    const saved = await api(page, 'PUT', draft, document, {
      'If-Match': `"${data.entry.etag}"`,
    })
    if (saved.status !== 200) {
      // Refused at the door already: it never becomes a draft.
      if (saved.status !== 400) wrong.push(`${file}: saving it gave ${saved.status}`)
      continue
    }
    // Nor what is entered in another ledger, and stands over whatever is sent.
    const { data: now } = await api<{ draft: { pins: { field: string; offered?: boolean }[] } }>(
      page,
      'GET',
      path,
    )
    const pinned = now.draft.pins.filter((p) => !p.offered).map((p) => p.field)
    const want = said.filter((pointer) => !pinned.includes(pointer))
    // Left and come back to, without the page's parts being loaded anew.
    await page.goBack()
    await begin(page).waitFor()
    await page.goForward()
    await page.locator('.schema-form').waitFor()
    await page.keyboard.press('Control+Enter')
    for (const pointer of new Set(want)) {
      const text = await shownAt(page, pointer)
      if (!/[\u4e00-\u9fff]/.test(text))
        wrong.push(`${file}: nothing in Chinese at ${pointer}: ${text}`)
    }
  }
  expect(wrong).toEqual([])
  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: '放弃草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
}
