import { expect, it } from 'vitest'
import { percentOf } from './words'

it.each([
  ['54.00', '54%'],
  ['33.33', '33.33%'],
  ['7.50', '7.5%'],
  ['100.00', '100%'],
  ['0.00', '0%'],
  ['', '—'],
])('says %s as %s', (percent, said) => expect(percentOf(percent)).toBe(said))
