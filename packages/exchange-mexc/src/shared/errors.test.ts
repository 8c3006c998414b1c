import { describe, expect, it } from 'vitest'
import { mexcRest } from './errors.js'

describe('the error code in an answer of MEXC', () => {
  it.each([
    [{ code: 700003, msg: 'no' }, 700003],
    [{ code: '700003', msg: 'no' }, 700003],
    [{ code: '-1121' }, -1121],
    [{ code: 'DENIED' }, 'DENIED'],
    [{ code: 0 }, null],
    [{ code: '0' }, null],
    [{ code: 200, data: [] }, null],
    [{ code: '200' }, null],
    [{ code: null }, null],
    [{ code: '' }, null],
    [{}, null],
    [[], null],
    [null, null],
    ['text', null],
  ])('%j is %j', (body, code) => {
    expect(mexcRest.errorCodeIn(body)).toBe(code)
  })

  it.each([700003, 10073])('%i is about our time', (code) => {
    expect(mexcRest.meaningOf(code)?.code).toBe('ERR_CLOCK_SKEW')
  })

  it.each([33333, 'DENIED', 'toString', '__proto__'])('%j has no meaning of its own', (code) => {
    expect(mexcRest.meaningOf(code)).toBeNull()
  })
})
