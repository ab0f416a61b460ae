import { describe, expect, it } from 'vitest'
import type { Area, Areas, Duty, LedgerHead, Me } from '../api/model'
import { fillable, pending } from './duties'

const area = (kind: Area['kind'], own = '', has_labour = false) =>
  ({ kind, function: own, has_labour }) as Area

const officer = { postings: [{ role: 'officer' }] } as unknown as Me

describe('fillable', () => {
  const cases: [string, Partial<Areas>, Area, boolean][] = [
    ['every kind', {}, area('functional', 'hospital'), true],
    ['ordinary only', { kinds: ['ordinary'] }, area('functional', 'hospital'), false],
    ['one function', { functions: ['kitchen'] }, area('functional', 'kitchen'), true],
    ['another function', { functions: ['kitchen'] }, area('functional', 'hospital'), false],
    ['except a function', { except: ['hospital'] }, area('functional', 'hospital'), false],
    ['labour', { labour: true }, area('ordinary', '', true), true],
    ['no labour', { labour: true }, area('ordinary'), false],
    [
      'labour or the kitchen',
      { labour: true, functions: ['kitchen'] },
      area('functional', 'kitchen'),
      true,
    ],
  ]
  it.each(cases)('%s', (_, areas, own, want) => {
    const all: Areas = {
      kinds: ['ordinary', 'functional'],
      functions: [],
      labour: false,
      except: [],
    }
    const ledger = {
      id: 'l',
      areas: { ...all, ...areas },
      filler: { roles: ['officer'] },
    } as unknown as LedgerHead
    expect(fillable([ledger], officer, own).length === 1).toBe(want)
  })
})

describe('pending', () => {
  const duty = (change: Partial<Duty>) =>
    ({
      ledger: 'headcount',
      period: '2026-11-24/day',
      target: 1,
      have: 0,
      state: 'open',
      due_at: '2',
      ...change,
    }) as Duty

  it('makes one line of a period, the most urgent first', () => {
    const list = pending([
      duty({ target: 2, have: 1 }),
      duty({ target: 3, have: 1 }),
      duty({ ledger: 'duty-log', due_at: '1', state: 'missing' }),
      duty({ ledger: 'fire-safety', state: 'on_time' }),
    ])
    expect(list.map((d) => `${d.ledger} ${d.have}/${d.target}`)).toEqual([
      'duty-log 0/1',
      'headcount 1/3',
    ])
  })
})
