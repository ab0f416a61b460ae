import { describe, expect, it } from 'vitest'
import type { Schema } from '../schema/types'
import { Burst, readCode } from './scan'

const looks = (lookup: string): Schema => ({ type: 'string', 'x-ui': { lookup } })

describe('readCode', () => {
  const cases: [Schema, string, string][] = [
    [looks('asset'), 'AA-000123', 'AA-000123'],
    [looks('asset'), 'zc:aa000123', 'AA-000123'],
    [looks('asset'), '\uff21\uff22-\uff10\uff10\uff10\uff11\uff12\uff13', 'AB-000123'],
    [looks('asset'), 'AAA-000123', 'AAA-000123'],
    [looks('inmate'), 'ID=0000103001', '0000103001'],
    [looks('inmate'), '00001030012', '00001030012'],
    [looks('inmate'), '服刑人员1', '服刑人员1'],
    [looks('police'), 'P0001025', '0001025'],
    [{ type: 'array', items: looks('police') }, 'P0001025', '0001025'],
    [{ type: 'string', pattern: '^[A-Z]{2}-\\d{6}$' }, 'gj_000001', 'GJ-000001'],
    [{ type: 'string' }, 'zc:aa000123', 'zc:aa000123'],
  ]
  it.each(cases)('%j reads %s as %s', (node, text, want) => {
    expect(readCode(text, node)).toBe(want)
  })
})

describe('Burst', () => {
  const type = (keys: string[], every: number) => {
    const burst = new Burst()
    return keys.map((key, i) => burst.key(key, i * every)).at(-1)
  }
  it('knows a scanner by its speed', () => {
    expect(type([...'0000103001', 'Enter'], 8)).toBe(true)
  })
  it('takes nobody for a scanner who types, pauses before Enter, or types little', () => {
    expect(type([...'0000103001', 'Enter'], 90)).toBe(false)
    expect(type([...'abc', 'Enter'], 8)).toBe(false)
    const burst = new Burst()
    for (const [i, key] of [...'0000103001'].entries()) burst.key(key, i * 8)
    expect(burst.key('Enter', 1000)).toBe(false)
  })
})
