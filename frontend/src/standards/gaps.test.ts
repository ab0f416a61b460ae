import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Artefacts } from '../api/standards'
import { gaps } from './gaps'

const root = '../schemas/standards/ordinary-area/v2'
const part = <T>(name: string): T => JSON.parse(readFileSync(`${root}/${name}.json`, 'utf8')) as T
const artefacts: Artefacts = {
  standard: part('standard'),
  rules: part('rules'),
  guide: part('guide'),
}

it('puts every indicator in one place, whose points are those of the standard', () => {
  const list = gaps(artefacts)
  const all = list.flatMap((d) => [...d.byLedgers, ...d.partly, ...d.byHand])
  expect(all.length).toBe(48)
  expect(new Set(all.map((i) => i.code)).size).toBe(48)
  expect(all.reduce((sum, i) => sum + Number(i.points), 0)).toBe(1000)
})

it('names what no ledger counts', () => {
  const rules = new Map(artefacts.rules.indicators.map((r) => [r.code, r.lines]))
  for (const i of gaps(artefacts).flatMap((d) => d.byHand))
    expect(rules.get(i.code)?.some((l) => l.method === 'ledger')).toBe(false)
  for (const i of gaps(artefacts).flatMap((d) => d.byLedgers))
    expect(rules.get(i.code)?.every((l) => l.method === 'ledger')).toBe(true)
})
