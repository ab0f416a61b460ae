import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  request,
} from 'playwright-core'

/** Where the server answers, such as the address that `taizhang up` prints. */
export const address = need('TAIZHANG_URL')

/** The password of the demonstration logins, printed there too. */
export const password = need('TAIZHANG_PASSWORD')

const shots = process.env.TAIZHANG_SHOTS ?? 'test-results'

function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: the journeys need a running server`)
  return value
}

const programs = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
]

/** The Chromium, Chrome or Edge of this machine, else Playwright's own; a missing one fails. */
export function launch(): Promise<Browser> {
  return chromium.launch(program())
}

/** A browser that remembers, as that of an officer's own desk does. */
export function launchIn(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...program(), ...screen })
}

function program() {
  const executablePath = programs.find((path) => path && existsSync(path))
  // Chromium refuses its sandbox to root, as which builds often run.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return { executablePath, args }
}

export interface Login {
  number: string
  name: string
  title: { zh: string; en: string }
}

export async function logins(): Promise<Login[]> {
  const response = await fetch(`${address}/api/v1/progress`)
  const body = (await response.json()) as { logins: Login[] | null }
  return body.logins ?? []
}

/** The demonstration login whose English title begins so. */
export async function loginOf(title: string): Promise<Login> {
  const found = (await logins()).find((l) => l.title.en.startsWith(title))
  if (!found) throw new Error(`no demonstration login for ${title}`)
  return found
}

/** A fresh browser session of one person, signed in by keyboard alone. */
export async function signedIn(browser: Browser, title: string): Promise<Page> {
  const context = await browser.newContext(screen)
  const page = await context.newPage()
  await signIn(page, title)
  return page
}

export const screen = { locale: 'zh-CN', viewport: { width: 1366, height: 768 } }

/** By keyboard alone. */
export async function signIn(page: Page, title: string) {
  const { number } = await loginOf(title)
  page.setDefaultTimeout(30_000)
  await page.goto(`${address}/`)
  await page.locator('#number:focus').waitFor()
  await page.keyboard.type(number)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '我的工作台' }).waitFor()
}

interface Reply<T> {
  status: number
  data: T
}

/** One request of the signed-in person, as the page itself would send it. */
export async function api<T>(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply<T>> {
  return page.evaluate(
    async ({ method, path, body, headers }) => {
      const session = await (await fetch('/api/v1/session')).json()
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers: {
          'Content-Type': 'application/json',
          'X-CSRF-Token': session.csrf_token,
          'Idempotency-Key': crypto.randomUUID?.() ?? String(Math.random()).padEnd(12, '0'),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, data: (text ? JSON.parse(text) : undefined) as T }
    },
    { method, path, body, headers },
  )
}

/** Signs a person in without the screen; what follows is to bear the token. */
export async function sessionOf(context: APIRequestContext, number: string): Promise<string> {
  const response = await context.post(`${address}/api/v1/session`, {
    headers: { Origin: address },
    data: { number, password },
  })
  if (!response.ok()) throw new Error(`${number} is not signed in: ${await response.text()}`)
  return ((await response.json()) as { csrf_token: string }).csrf_token
}

/** The requests of one person who uses no screen, for what many do alike. */
export async function requests(number: string) {
  const context = await request.newContext({ extraHTTPHeaders: { Origin: address } })
  const token = await sessionOf(context, number)
  return async <T>(method: string, path: string, body?: unknown): Promise<Reply<T>> => {
    const response = await context.fetch(`${address}/api/v1${path}`, {
      method,
      headers: { 'X-CSRF-Token': token, 'Idempotency-Key': crypto.randomUUID() },
      ...(body === undefined ? {} : { data: body }),
    })
    const text = await response.text()
    return { status: response.status(), data: (text ? JSON.parse(text) : undefined) as T }
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = JSON.stringify({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })

/** What axe finds, as short lines. It goes in through the debugger, so that the page's own policy stays on. */
export async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axe })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, ${rules}).then((r) => r.violations.map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 200)))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  return result.value as string[]
}

export async function shot(page: Page, name: string) {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}
