import { describe, expect, it } from 'vitest'
import { amount, between, momentOf, number, share } from './true-value.js'

describe('what a field has to say', () => {
  it('takes an amount in every notation, to its last digit', () => {
    const { agrees } = amount('0.0000001')
    expect(['1E-7', '0.00000010', '1e-07', '.0000001', '10e-8'].map(agrees)).toEqual([true, true, true, true, true])
    expect(['0.00000011', '1e-6', '', 'x', '-1e-7'].map(agrees)).toEqual([false, false, false, false, false])
    expect(amount('0').agrees('0.00')).toBe(true)
    expect(amount('-5').agrees('-5.0')).toBe(true)
    expect(amount('9007199254740993').agrees('9007199254740992')).toBe(false)
  })

  it('takes no amount for one where there is none', () => {
    expect(amount(null).agrees(null)).toBe(true)
    expect(amount(null).agrees('0')).toBe(false)
  })

  it('takes exactly the number of a text', () => {
    expect(number('87500.1').agrees(87500.1)).toBe(true)
    expect(number('87500.1').agrees('87500.1')).toBe(false)
  })

  it('tells a share from as many per cent', () => {
    expect(share(0.0123).agrees(0.0123)).toBe(true)
    expect(share(0.0123).agrees(0.01235)).toBe(true)
    expect(share(0.0123).agrees(1.23)).toBe(false)
  })

  it('takes a part of a millisecond for the millisecond, and no second for one', () => {
    expect(momentOf(1_767_225_600_123).agrees(1_767_225_600_123.456)).toBe(true)
    expect(momentOf(1_767_225_600_123).agrees(1_767_225_600.123)).toBe(false)
    expect(between(1_000, 1_005).agrees(1_005)).toBe(true)
    expect(between(1_000, 1_005).agrees(1_006)).toBe(false)
  })
})
