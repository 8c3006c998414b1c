import { describe, expect, it } from 'vitest'
import { conformanceText, demoCount, ratioText } from './checks.js'

const demo = (change: object): string => {
  const exchange = { messages: { trades: 3, orders: 2 }, dropped: 0, errors: 0, unknown: 0 }
  return JSON.stringify({ exchanges: { gateio_spot: exchange, mexc_spot: { ...exchange, ...change } } })
}

describe('what a check makes of what was printed', () => {
  it('counts the messages of a demo', () => {
    expect(demoCount(demo({}))).toBe(10)
  })

  it('does not let a demo pass in which a channel was silent, or something was lost or not understood', () => {
    expect(() => demoCount(demo({ messages: { trades: 3, orders: 0 } }))).toThrow('mexc_spot: no orders')
    for (const fault of ['dropped', 'errors', 'unknown']) {
      expect(() => demoCount(demo({ [fault]: 1 }))).toThrow(`mexc_spot: ${fault} 1`)
    }
    expect(() => demoCount('{"exchanges":{}}')).toThrow('no messages')
  })

  it('names the checks of the conformance kit that failed', () => {
    const checks = [{ id: 'package.types', status: 'fail', reason: 'they do not hold' }]
    expect(conformanceText(JSON.stringify({ passed: 2, failed: 0, checks: [] }))).toBe('2 passed')
    expect(() => conformanceText(JSON.stringify({ passed: 2, failed: 1, checks }))).toThrow(
      '2 passed, 1 failed: package.types: they do not hold',
    )
    expect(() => conformanceText(JSON.stringify({ passed: 0, failed: 0, checks: [] }))).toThrow('0 passed')
  })

  it('tells the median of a comparison with its spread', () => {
    expect(ratioText(JSON.stringify({ ratio: 6.0878, least: 4.83, most: 6.13 }))).toBe('6.1 (4.8 to 6.1)')
  })
})
