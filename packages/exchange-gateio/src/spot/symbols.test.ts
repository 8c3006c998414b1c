import { parseInstrument } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { gateioSpotSymbolTable, wireSymbolOf } from './symbols.js'

describe('wire symbols', () => {
  it.each(['BTC/USDT', 'QTUM3S/USDT', '100X/USDT', '龙虾/USDT'])('spell %s there and back', (name) => {
    const pair = parseInstrument(name)
    expect(gateioSpotSymbolTable().instrumentOf(wireSymbolOf(pair))).toBe(pair)
  })

  it.each(['BTCUSDT', 'btc_usdt', 'BTC_', '_USDT', 'BTC_USDT_20261225', '', '_', 'B C_USDT'])(
    'read nothing from %j',
    (wireSymbol) => {
      expect(gateioSpotSymbolTable().instrumentOf(wireSymbol)).toBeNull()
    },
  )

  it('cannot spell an asset that holds the separator', () => {
    expect(() => wireSymbolOf(parseInstrument('A_B/USDT'))).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: Gate.io cannot spell A_B/USDT.  [ERR_INVALID_SYMBOL]
      Its assets hold no underscore: the underscore stands between them.]
    `)
  })

  it('spell no perpetual: it is not the pair', () => {
    expect(() => wireSymbolOf(parseInstrument('BTC/USDT:USDT'))).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: BTC/USDT:USDT is not traded on Gate.io's spot market.  [ERR_INVALID_SYMBOL]
      Its spot pair is BTC/USDT.]
    `)
  })
})
