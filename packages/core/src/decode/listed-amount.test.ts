import { describe, expect, it } from 'vitest'
import { decimalStep, positiveDecimal } from './listed-amount.js'

describe('what an exchange lists', () => {
  it.each([
    [0, '1'],
    [1, '0.1'],
    [8, '0.00000001'],
    ['2', '0.01'],
    [-1, null],
    [1.5, null],
    [1e9, null],
    ['', null],
    ['0.01', null],
    [null, null],
    [undefined, null],
  ])('%j decimals are steps of %j', (digits, step) => {
    expect(decimalStep(digits)).toBe(step)
  })

  it.each([
    ['0.000100', '0.000100'],
    ['3', '3'],
    [3, '3'],
    ['0', null],
    ['0.00', null],
    [0, null],
    [1e-7, null],
    ['-1', null],
    ['1e3', null],
    ['', null],
    [null, null],
  ])('%j as an amount is %j', (value, amount) => {
    expect(positiveDecimal(value)).toBe(amount)
  })
})
