import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Files } from './design'
import { sides, type Words } from './sides'

const words: Words = {
  lang: 'zh',
  fact: (name) => name,
  type: (name) => name,
  value: (_, code) => code,
  yes: '是',
  no: '否',
  list: '、',
  clause: '；',
  aside: (of) => `（${of}）`,
}
const dir = '../schemas/ledgers'
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const ids = readdirSync(dir).filter((id) => !id.startsWith('.'))
const shipped = ids.flatMap((id) =>
  readdirSync(`${dir}/${id}`)
    .filter((v) => existsSync(`${dir}/${id}/${v}/schema.json`))
    .map((v) => {
      const at = `${dir}/${id}/${v}`
      const files: Files = {
        schema: read(`${at}/schema.json`),
        definition: read(`${at}/ledger.json`),
        form: read(`${at}/form.json`),
      }
      return { at, files }
    }),
)

it('takes every shipped type apart, each part once, and finds it like itself', () => {
  expect(shipped.length).toBeGreaterThanOrEqual(26)
  for (const { at, files } of shipped) {
    for (const [group, rows] of Object.entries(sides(files, files, words))) {
      const keys = rows.map((r) => r.key)
      expect([...new Set(keys)], `${at} ${group}`).toEqual(keys)
      expect(rows.filter((r) => r.fate !== 'same' || r.title === '')).toEqual([])
    }
  }
})
