import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Digits } from './digits.js'

test('knows the most digits that a number had', () => {
  const digits = new Digits()
  for (const [value, most] of [
    [null, 0],
    [87_500, 0],
    [87_500.1, 1],
    [0.25, 2],
    [3, 2],
    [0.000_012, 6],
    [0.000_000_012, 9],
    [1e21, 9],
  ] as const) {
    digits.see(value)
    expect(digits.most).toBe(most)
  }
})

test('writes every number that it has seen whole', () => {
  const decimal = fc.tuple(fc.nat(10_000_000), fc.nat(8)).map(([whole, places]) => Number(`${whole}e-${places}`))
  fc.assert(
    fc.property(fc.array(decimal, { minLength: 1 }), (values) => {
      const digits = new Digits()
      for (const value of values) digits.see(value)
      for (const value of values) {
        expect(Number(value.toFixed(digits.most))).toBe(value)
      }
    }),
  )
})
