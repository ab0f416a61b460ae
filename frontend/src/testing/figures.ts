import { expect } from 'vitest'

/**
 * Every number of a board opens what it counts: each cell of a column of numbers holds a figure,
 * and each figure a way to open it, but for those that the server keeps closed.
 */
export function expectFigures(root: ParentNode, closed = 0) {
  const cells = [...root.querySelectorAll('td.num')].filter((td) => /\d/.test(td.textContent ?? ''))
  const dead = cells.filter((td) => !td.querySelector('.figure'))
  expect(dead.map((td) => td.closest('tr')?.textContent)).toEqual([])
  const figures = [...root.querySelectorAll('.figure')]
  expect(figures.length).toBeGreaterThan(0)
  const shut = figures.filter((f) => !f.matches('a[href], button'))
  expect(shut.map((f) => f.textContent)).toHaveLength(closed)
  return figures.length
}
