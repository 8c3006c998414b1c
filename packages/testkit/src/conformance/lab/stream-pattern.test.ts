import { describe, expect, it } from 'vitest'
import { StreamPattern } from './stream-pattern.js'

const depth = { wireChannel: 'depth', wireSymbol: 'BTC.USDT' }

describe('StreamPattern', () => {
  it.each(['md/BTC.USDT/depth', 'depth@BTC.USDT', 'btc.usdt@depth', 'depth\nBTC.USDT'])('matches %j', (name) => {
    expect(new StreamPattern(depth).test(name)).toBe(true)
  })

  it.each(['md/BTC.USDT/trades', 'depth@ETH.USDT', 'depth@BTC_USDT', ''])('does not match %j', (name) => {
    expect(new StreamPattern(depth).test(name)).toBe(false)
  })

  it('matches by its channel alone where the stream is of no market', () => {
    expect(new StreamPattern({ wireChannel: 'balances', wireSymbol: null }).test('spot.balances')).toBe(true)
  })

  it('remembers what it was compared with, however that was done', () => {
    const pattern = new StreamPattern(depth)
    pattern.test('md/ETH.USDT/depth')
    'md/BTC.USDT/depth'.match(pattern)
    'md/SOL.USDT/depth'.search(pattern)
    expect([...pattern.compared]).toEqual(['md/ETH.USDT/depth', 'md/BTC.USDT/depth', 'md/SOL.USDT/depth'])
    expect([...pattern.matched]).toEqual(['md/BTC.USDT/depth'])
  })
})
