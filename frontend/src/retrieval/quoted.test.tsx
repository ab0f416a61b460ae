import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { Quoted } from './Marked'

test('a number is quoted with the name of whoever has it, the match marked', () => {
  const title = { zh: '罪犯', en: 'Inmate' }
  const said = (name?: string) => {
    const { container } = render(
      <Quoted
        excerpt={{ pointer: '/inmate_ref', title, text: '0000000001', name, marks: [[0, 10]] }}
      />,
    )
    return [container.textContent, container.querySelector('mark')?.textContent]
  }
  expect(said('张三')).toEqual(['张三（0000000001）', '0000000001'])
  expect(said()).toEqual(['0000000001', '0000000001'])
})
