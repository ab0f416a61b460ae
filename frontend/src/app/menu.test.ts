import { expect, it } from 'vitest'
import type { Me } from '../api/model'
import { menuFor, pagesOf } from './menu'
import { subjects } from './subjects'

const me = (...roles: string[]) =>
  ({ postings: roles.map((role) => ({ role, prison: 'p' })) }) as unknown as Me
const menu = (...roles: string[]) => menuFor(me(...roles))
const pages = (...roles: string[]) => menu(...roles).flatMap((g) => g.lines.map((l) => l.to))

it('has every page once, and no heading over nothing', () => {
  const all = pages('officer', 'warden', 'system_admin')
  expect(new Set(all).size).toBe(all.length)
  expect(menu('system_admin').every((g) => g.lines.length > 0)).toBe(true)
})

it('begins with what an officer does every day', () => {
  const [first] = menu('officer')
  expect(first?.lines.map((l) => l.to)).toEqual(['/', '/batch', '/mine', '/exchange', '/offline'])
  expect(pages('officer')).not.toContain('/delegations')
  expect(pages('officer')).not.toContain('/connectors')
})

it('offers a department of the bureau nothing that only a prison has', () => {
  const postings = [{ role: 'dept_head', department: 'dept_custody' }]
  const to = menuFor({ postings } as Me).flatMap((g) => g.lines.map((l) => l.to))
  expect(to).not.toContain('/delegations')
  expect(to).toContain('/catalogue')
})

it('offers a department of a prison nothing that only one of the bureau has', () => {
  const to = pages('dept_head')
  expect(['/opinions', '/bulletins'].filter((p) => to.includes(p))).toEqual([])
  expect(to).toContain('/delegations')
})

it('is calm: what units do together is one line, from which every page of it is reached', () => {
  const group = menu('bureau_office').find((g) => g.label === 'menu.ofAccreditation')
  expect(group?.lines[0]?.to).toBe('/overview')
  const to = pagesOf(me('bureau_office'), '/visits').map((l) => l.to)
  expect(to).toEqual(['/visits', '/trainings', '/brands', '/practices', '/pairs', '/boards'])
  expect(group?.lines.length).toBeLessThanOrEqual(11)
})

it('offers the pool of inspectors to the offices that keep it alone', () => {
  const under = (...roles: string[]) => pagesOf(me(...roles), '/checks').map((l) => l.to)
  expect(under('bureau_office')).toContain('/inspectors')
  expect(under('prison_office')).toContain('/inspectors')
  for (const role of ['officer', 'warden', 'bureau_leader', 'inspector', 'dept_head']) {
    expect(under(role)).toEqual(['/checks'])
  }
})

it('leaves out no line of any subject, and leads where a page is', () => {
  const lines = subjects.flatMap((s) => s.menu?.lines ?? [])
  const posts = lines.flatMap((l) => l.roles ?? [])
  const postings = posts.flatMap((post) => {
    const role = post.replace(/^.*:/, '')
    return [{ role, prison: 'p' }, { role }]
  })
  const everybody = menuFor({ postings } as unknown as Me).flatMap((g) => g.lines)
  expect(everybody.map((l) => l.to).sort()).toEqual(lines.map((l) => l.to).sort())
  const paths = subjects.flatMap((s) => s.routes.map((r) => `/${r.path ?? ''}`))
  expect(new Set(paths).size).toBe(paths.length)
  const all = lines.flatMap((l) => [l, ...(l.under ?? [])])
  expect(all.filter((l) => !paths.includes(l.to))).toEqual([])
  // Whom a page under a line is offered to is offered the line.
  expect(
    lines.filter(
      (l) =>
        l.roles && (l.under ?? []).some((u) => u.roles?.some((role) => !l.roles?.includes(role))),
    ),
  ).toEqual([])
})
