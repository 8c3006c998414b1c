import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ExactSum } from './exact-sum.js'

it('adds up without losing a unit, far beyond what a number holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 ** 52 - 1 }), { maxLength: 50 }), (terms) => {
      const sum = new ExactSum()
      for (const term of terms) sum.add(term)
      expect(sum.total).toBe(terms.reduce((total, term) => total + BigInt(term), 0n))
      sum.clear()
      expect(sum.total).toBe(0n)
    }),
  )
})
