import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import { Deeds } from './Deeds'

it('says what is on record beside its row, and where to look', () => {
  const list = [
    { row: 'brands', fact: 'brands' as const, count: 2 },
    { row: 'brands', fact: 'brands_done' as const, count: 1 },
    { row: 'people', fact: 'lent' as const, count: 3 },
  ]
  const { container } = render(
    <MemoryRouter>
      <Deeds row="brands" list={list} />
      <Deeds row="informatisation" list={list} />
    </MemoryRouter>,
  )
  expect(container.textContent).toBe('系统记录： 品牌项目 2 · 走完七步 1 查看')
  expect(screen.getAllByRole('link')).toHaveLength(1)
})
