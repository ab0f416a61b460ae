import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import type { Duty } from '../api/model'
import { Lacking } from './Lacking'

afterEach(cleanup)

describe('whom nothing was filed about', () => {
  it('is named where the server names anybody', () => {
    const missing = [
      { inmate_no: '0000000001', name: '张三' },
      { inmate_no: '0000000002', name: '李四' },
    ]
    render(<Lacking duty={{ missing } as Duty} />)
    expect(screen.getByText('张三 0000000001、李四 0000000002')).toBeTruthy()
    expect(screen.getByText('还缺 2 人')).toBeTruthy()
  })
  it('is not there otherwise', () => {
    const { container } = render(<Lacking duty={{} as Duty} />)
    expect(container.textContent).toBe('')
  })
})
