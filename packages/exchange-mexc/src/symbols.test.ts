import { parseInstrument, tradingPair } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { createSymbolTable, wireSymbolOf } from './symbols.js'

describe('symbols', () => {
  it.each([
    ['BTCUSDT', 'BTC/USDT'],
    ['USDCUSDT', 'USDC/USDT'],
    ['ETHBTC', 'ETH/BTC'],
    ['BTCUSD1', 'BTC/USD1'],
    ['MXUSDE', 'MX/USDE'],
    ['USDTEUR', 'USDT/EUR'],
    ['龙虾USDT', '龙虾/USDT'],
    ['1000X-TUSD', '1000X-/TUSD'],
  ])('%s is read as %s', (wireSymbol, name) => {
    expect(createSymbolTable().pairOf(wireSymbol)).toBe(parseInstrument(name))
  })

  it.each(['USDT', 'FOOXYZ', 'btcusdt', '', 'btc USDT', 'btcUSDT'])('%j is read as no pair', (wireSymbol) => {
    expect(createSymbolTable().pairOf(wireSymbol)).toBeNull()
  })

  it('are certain once registered, whatever they end in', () => {
    const symbols = createSymbolTable()
    const pair = tradingPair('ABCU', 'SDT')
    symbols.register(pair, wireSymbolOf(pair))
    expect(symbols.pairOf('ABCUSDT')).toBe(pair)
  })

  it('are read by further quote assets when told of them', () => {
    expect(createSymbolTable(['XYZ']).pairOf('FOOXYZ')).toBe(parseInstrument('FOO/XYZ'))
    expect(createSymbolTable(['1USDT']).pairOf('A1USDT')).toBe(parseInstrument('A/1USDT'))
  })

  it('cannot hold the brackets of a subscription reply', () => {
    expect(() => wireSymbolOf(tradingPair('A]', 'USDT'))).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: MEXC cannot list A]/USDT: its names hold no brackets.  [ERR_INVALID_SYMBOL]
      Check the spelling against MEXC’s exchangeInfo.]
    `)
  })
})
