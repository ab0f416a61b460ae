import type { Locator, Page } from 'playwright-core'
import { toLocal } from '../src/form/time'
import { join, type Pointer } from '../src/schema/pointer'
import { type Doc, isObject, type Json, type Schema } from '../src/schema/types'

const idOf = (pointer: Pointer) => `field${pointer.replaceAll('/', '-')}`

/** A file that is a picture by content, not only by name. */
export const picture = {
  name: '现场.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mOQ8p9DEmIY1TCqYfhqAABAcQUQ+EHl5wAAAABJRU5ErkJggg==',
    'base64',
  ),
}

/** Fills a document into the form as a person would: field by field, in the form's order. */
export async function fillDocument(page: Page, schema: Schema, names: string[], doc: Doc) {
  // A condition may stand behind the field it asks for: what is not there yet comes in the next round.
  let left = names.filter((name) => doc[name] !== undefined)
  for (let round = 0; left.length > 0 && round < 4; round++) {
    const later: string[] = []
    for (const name of left) {
      const pointer = join('', name)
      if ((await page.locator(`[id="${idOf(pointer)}"]`).count()) === 0) later.push(name)
      else await fill(page, schema.properties?.[name] ?? {}, pointer, doc[name] as Json)
    }
    left = later
  }
  if (left.length > 0) throw new Error(`the form does not ask for ${left.join()}`)
}

async function fill(page: Page, node: Schema, pointer: Pointer, value: Json) {
  const at = page.locator(`[id="${idOf(pointer)}"]`)
  const widget = node['x-ui']?.widget
  if (isObject(value)) {
    for (const [name, member] of ordered(node, value)) {
      await fill(page, node.properties?.[name] ?? {}, join(pointer, name), member)
    }
  } else if (Array.isArray(value) && node.items?.type === 'object') {
    for (const [index, row] of value.entries()) {
      const first = Object.keys(node.items.properties ?? {})[0]!
      if (
        (await page.locator(`[id^="${idOf(join(join(pointer, index), first))}"]`).count()) === 0
      ) {
        await at.locator('button.ant-btn-dashed').last().click()
      }
      await fill(page, node.items, join(pointer, index), row)
    }
  } else if (Array.isArray(value)) {
    const checks = page.locator(`[aria-labelledby="${idOf(pointer)}-label"]`)
    for (const item of value) {
      if (node.items?.oneOf) await checks.locator(`input[value='${JSON.stringify(item)}']`).check()
      else {
        await at.fill(String(item))
        await page.keyboard.press('Enter')
      }
    }
    if (!node.items?.oneOf) await page.keyboard.press('Escape')
  } else if (await shared(at)) {
    // Entered in another ledger: nobody types it here.
  } else if (widget === 'evidence') {
    await at
      .locator('xpath=ancestor::*[contains(@class,"evidence-field")]')
      .locator('input[type=file]:not([capture])')
      .setInputFiles(picture)
    await at
      .locator('xpath=ancestor::*[contains(@class,"ant-select")][1]')
      .getByText(picture.name)
      .waitFor()
  } else if (node.const === true) {
    await at.check()
  } else if (node.oneOf || node.type === 'boolean') {
    await choose(page, node, pointer, value)
  } else if (node.format === 'date-time') {
    await at.fill(toLocal(value).slice(0, 16))
  } else {
    await at.fill(String(value))
  }
}

/** A field that is taken from elsewhere cannot be typed. */
const shared = async (at: Locator) =>
  (await at.isDisabled()) || (await at.locator('input:disabled').count()) > 0

/** Members in the order of the schema: conditions come before what they ask for. */
function ordered(node: Schema, value: Doc): [string, Json][] {
  return Object.keys(node.properties ?? {}).flatMap((name) =>
    value[name] === undefined ? [] : [[name, value[name]] as [string, Json]],
  )
}

async function choose(page: Page, node: Schema, pointer: Pointer, value: Json) {
  const at = page.locator(`[id="${idOf(pointer)}"]`)
  const radio = at.locator(`input[type=radio][value='${JSON.stringify(value)}']`)
  if ((await radio.count()) > 0) {
    await radio.check()
    return
  }
  const title = node.oneOf?.find((o) => o.const === value)?.title ?? (value ? '是' : '否')
  await at.click()
  await at.fill(title)
  await page
    .locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option')
    .filter({ hasText: title })
    .first()
    .click()
}

/**
 * A search, its matter moved to the hour before this one: nothing to warn of. What the journeys file
 * of one officer within minutes must not lie days apart, or the approvers are told of a burst.
 */
export function lastHour(doc: Doc): Doc {
  const at = (minutes: number) =>
    `${new Date(Date.now() + (8 * 60 - minutes) * 60_000).toISOString().slice(0, 19)}+08:00`
  const clips = [{ ...(doc.clips as Doc[])[0], from: at(70), to: at(20) }]
  return { ...doc, started_at: at(60), ended_at: at(30), clips }
}
