import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { plainName } from './name'

/** The server's own test reads the same names. */
const { taken, refused } = JSON.parse(
  readFileSync('../internal/ledger/testdata/file-names.json', 'utf8'),
) as { taken: Record<string, string>; refused: string[] }

it('takes and refuses the names of files that the server does', () => {
  const given = Object.keys(taken)
  expect(Object.fromEntries(given.map((name) => [name, plainName(name)]))).toEqual(taken)
  expect(refused.filter((name) => plainName(name) !== undefined)).toEqual([])
  expect(plainName('😀'.repeat(200))).toBeDefined()
  expect(plainName('长'.repeat(201))).toBeUndefined()
})
