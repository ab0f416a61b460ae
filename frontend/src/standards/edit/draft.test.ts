import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Artefacts } from '../../api/standards'
import type { Json } from '../../schema/types'
import {
  added,
  addsUp,
  all,
  changed,
  copied,
  drawable,
  moved,
  nameOf,
  read,
  removed,
  sum,
  way,
  write,
} from './draft'
import { fields, near, pruned, unreadable } from './fields'
import { merged } from './merge'

function artefacts(dir: string): Artefacts {
  const part = (name: string) =>
    JSON.parse(readFileSync(`../schemas/standards/${dir}/${name}.json`, 'utf8'))
  return { standard: part('standard'), rules: part('rules'), guide: part('guide') }
}

const shipped = ['ordinary-area/v1', 'ordinary-area/v2', 'kitchen/v1', 'prison/v1']

describe('a draft as a tree', () => {
  it.each(shipped)('%s is written as it was read', (dir) => {
    const was = artefacts(dir)
    expect(drawable(was)).toBe(true)
    const { artefacts: is } = write(read(was))
    expect(is.standard).toEqual(was.standard)
    const byCode = (list: { code: string }[]) => new Map(list.map((x) => [x.code, x]))
    expect(byCode(is.rules.indicators)).toEqual(byCode(was.rules.indicators))
    const byId = (list: { id: string }[]) => new Map(list.map((x) => [x.id, x]))
    expect(byId(is.guide.lines)).toEqual(byId(was.guide.lines))
  })

  it.each(shipped)('every member of %s has its field', (dir) => {
    const draft = read(artefacts(dir))
    const lost: string[] = []
    const walk = (kind: 'head' | 'domain' | 'indicator' | 'line', value: Json, at: string) => {
      if (near(kind, at) && fields[kind].some((f) => at.startsWith(f.at))) return
      if (value !== null && typeof value === 'object' && !Array.isArray(value))
        for (const [name, inner] of Object.entries(value)) walk(kind, inner, `${at}/${name}`)
      else if (!near(kind, at)) lost.push(`${kind} ${at}`)
    }
    for (const kind of ['head', 'domain', 'indicator', 'line'] as const)
      for (const n of all(draft.head, kind)) walk(kind, n.value, '')
    // What names the artefacts themselves stays as it is.
    const own = ['/id', '/version', '/rules/standard', '/rules/version', '/guide/standard']
    expect(lost.filter((l) => !/^head/.test(l))).toEqual([])
    expect(lost.filter((l) => ![...own, '/guide/version'].includes(l.slice(5)))).toEqual([])
  })

  it('says where a place of the artefacts stands', () => {
    const draft = read(artefacts('kitchen/v1'))
    const { place, artefacts: is } = write(draft)
    const named = (pointer: string) => {
      const { key, at } = place(pointer)
      return `${nameOf(way(draft.head, key).at(-1)!)} ${at}`
    }
    expect(named('/points')).toBe('kitchen /points')
    expect(named('/domains/1/points')).toBe('JG /points')
    expect(named('/domains/1/indicators/0/code')).toBe('HF-03 /code')
    expect(named('/rules/indicators/2/code')).toBe('HF-03 /code')
    expect(named('/rules/indicators/0/lines/1/target')).toBe(
      `${is.rules.indicators[0]?.lines[1]?.id} /target`,
    )
    expect(named('/guide/lines/0/sample')).toBe(`${is.guide.lines[0]?.id} /guide/sample`)
    expect(near('line', '/count/0')?.at).toBe('/count')
    expect(near('indicator', '/title')?.at).toBe('/title/zh')
  })

  it('takes away a domain with all that is its own', () => {
    const draft = read(artefacts('ordinary-area/v2'))
    const gone = draft.head.children[1]!
    const { artefacts: is } = write(removed(draft, gone.key))
    const codes = gone.children.map(nameOf)
    expect(is.rules.indicators.some((r) => codes.includes(r.code))).toBe(false)
    expect(is.guide.lines.some((l) => codes.includes(l.id.split('.')[0]!))).toBe(false)
    expect(sum(removed(draft, gone.key).head)).toBe('770')
    expect(addsUp(draft.head)).toBe(true)
    expect(addsUp(removed(draft, gone.key).head)).toBe(false)
  })

  it('copies under names that nothing has, and moves over into the next domain', () => {
    const draft = read(artefacts('ordinary-area/v2'))
    const own = all(draft.head, 'indicator').find((n) => nameOf(n) === 'JG-11')!
    const [next, key] = copied(draft, own.key)
    const copy = way(next.head, key).at(-1)!
    expect(nameOf(copy)).toBe('JG-12')
    expect(copy.children.map(nameOf)).toEqual(
      own.children.map((l) => nameOf(l).replace('JG-11', 'JG-12')),
    )
    const over = moved(next, key, 1)
    expect(way(over.head, key).map(nameOf)).toEqual(['ordinary-area', 'ZZ', 'JG-12'])
    expect(way(moved(over, key, -1).head, key).map(nameOf)).toEqual([
      'ordinary-area',
      'JG',
      'JG-12',
    ])
    const names = all(next.head, 'line').map(nameOf)
    expect(new Set(names).size).toBe(names.length)
  })

  it('adds under the next free code', () => {
    const draft = read(artefacts('kitchen/v1'))
    const domain = draft.head.children[0]!
    const [next, key] = added(draft, domain)
    expect(nameOf(way(next.head, key).at(-1)!)).toBe('HF-25')
    const [withLine, line] = added(next, way(next.head, key).at(-1)!)
    expect(nameOf(way(withLine.head, line).at(-1)!)).toBe('HF-25.1')
    expect(write(withLine).artefacts.guide.lines.at(-1)?.id).not.toBe('HF-25.1') // in its place
    expect(write(withLine).artefacts.guide.lines.some((l) => l.id === 'HF-25.1')).toBe(true)
  })

  it('keeps what belongs to nothing, until somebody drops it', () => {
    const was = artefacts('kitchen/v1')
    was.guide.lines.push({ id: 'X', where: { zh: '某处' }, steps: [], evidence: { zh: '' } })
    const draft = read(was)
    expect(draft.loose.guide).toHaveLength(1)
    expect(write(draft).artefacts.guide.lines.at(-1)?.id).toBe('X')
  })

  it('forgets of a line what its form knows nothing of', () => {
    const line = {
      id: 'a',
      form: 'each',
      method: 'onsite',
      deduct: '1',
      target: '98',
      step: 'whole',
    }
    expect(pruned(line)).toEqual({ id: 'a', form: 'each', method: 'onsite', deduct: '1' })
    expect(pruned({ ...line, form: 'below' })).toEqual({ ...line, form: 'below' })
  })

  it('names the numbers that are none', () => {
    const draft = read(artefacts('kitchen/v1'))
    const domain = draft.head.children[0]!
    const wrong = changed(draft, domain.key, { ...domain.value, points: '六十' })
    expect(unreadable(wrong.head.children[0]!)).toEqual(['/points'])
    expect(all(draft.head, 'line').flatMap(unreadable)).toEqual([])
  })
})

describe('what two made of one draft', () => {
  const base = {
    points: '10',
    list: [
      { code: 'a', n: '1' },
      { code: 'b', n: '2' },
    ],
  }
  const meet = (mine: Json, theirs: Json) => {
    const clashes: string[] = []
    return { both: merged(base, mine, theirs, (at) => clashes.push(at)), clashes }
  }

  it('holds the changes of both', () => {
    const mine = {
      ...base,
      list: [
        { code: 'a', n: '3' },
        { code: 'b', n: '2' },
      ],
    }
    const theirs = { points: '11', list: [...base.list, { code: 'c', n: '4' }] }
    expect(meet(mine, theirs)).toEqual({
      both: {
        points: '11',
        list: [
          { code: 'a', n: '3' },
          { code: 'b', n: '2' },
          { code: 'c', n: '4' },
        ],
      },
      clashes: [],
    })
  })

  it('names what both changed, and keeps mine', () => {
    const mine = { ...base, points: '12' }
    const theirs = { ...base, points: '13' }
    expect(meet(mine, theirs)).toEqual({ both: mine, clashes: ['/points'] })
  })

  it('leaves away what either took away', () => {
    const mine = { ...base, list: [{ code: 'b', n: '2' }] }
    const theirs = { ...base, points: '9' }
    expect(meet(mine, theirs).both).toEqual({ points: '9', list: [{ code: 'b', n: '2' }] })
  })
})
