import { parseInstrument, tradingPair } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { mexcSpotSymbolTable, wireSymbolOf } from './symbols.js'

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
    expect(mexcSpotSymbolTable().instrumentOf(wireSymbol)).toBe(parseInstrument(name))
  })

  it.each(['USDT', 'FOOXYZ', 'btcusdt', '', 'btc USDT', 'btcUSDT'])('%j is read as no instrument', (wireSymbol) => {
    expect(mexcSpotSymbolTable().instrumentOf(wireSymbol)).toBeNull()
  })

  it('are certain once registered, whatever they end in', () => {
    const symbols = mexcSpotSymbolTable()
    const instrument = tradingPair('ABCU', 'SDT')
    symbols.register([instrument], wireSymbolOf)
    expect(symbols.instrumentOf('ABCUSDT')).toBe(instrument)
  })

  it('are read by further quote assets when told of them', () => {
    expect(mexcSpotSymbolTable(['XYZ']).instrumentOf('FOOXYZ')).toBe(parseInstrument('FOO/XYZ'))
    expect(mexcSpotSymbolTable(['1USDT']).instrumentOf('A1USDT')).toBe(parseInstrument('A/1USDT'))
  })

  it.each(['BTC/USDT:USDT', 'BTC/USDT:USDT-261225'])('are refused for %s, which is another market', (name) => {
    expect(() => wireSymbolOf(parseInstrument(name))).toThrow(
      `MEXC spot cannot list ${name}: it is no spot instrument.`,
    )
  })

  it('cannot hold the brackets of a subscription reply', () => {
    expect(() => wireSymbolOf(tradingPair('A]', 'USDT'))).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: MEXC cannot list A]/USDT: its names hold no brackets.  [ERR_INVALID_SYMBOL]
      Check the spelling against MEXC’s exchangeInfo.]
    `)
  })
})
