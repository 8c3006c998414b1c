import { parseInstrument } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamsWith } from '../../test/support/frames.js'
import { culpritsIn } from './culprits.js'

const names = ['BTC/USDT', 'C/USDT', 'BTC/USD', 'AAPLx/USDT', '龙虾/USDT', '虾/USDT', '100X/USDT', 'NOPE/USDT']
const instruments = names.map(parseInstrument)

/** The markets that a text names, of all of these. */
function namedBy(text: string, options: Parameters<typeof streamsWith>[0] = {}): string[] {
  const channel = options.orderbookChannel === 'obu' ? 'orderbook' : 'trades'
  return culpritsIn(text, streamsWith(options).plan({ channel, instruments, candleIntervals: null })).map(
    ({ wireSymbol }) => `${wireSymbol}`,
  )
}

describe('the culprits', () => {
  it.each([
    'unknown currency pair: NOPE_USDT',
    'unknown currency pair NOPE_USDT',
    'unknown currency pair "NOPE_USDT".',
    'currency pair(NOPE_USDT) is invalid',
    'NOPE_USDT',
    'INVALID_CURRENCY_PAIR: [NOPE_USDT], not found!',
    '{"pair":"NOPE_USDT"}',
    '交易对NOPE_USDT不存在',
    'spot.trades:NOPE_USDT/NOPE_USDT;',
    'unknown currency pair: nope_usdt',
    'Nope_Usdt is delisted',
    'no market NOPE/USDT',
    'nope-usdt?',
  ])('of %j are the one it names', (text) => {
    expect(namedBy(text)).toEqual(['NOPE_USDT'])
  })

  it.each([
    ['NOPE_USDT,BTC_USDT not found', ['BTC_USDT', 'NOPE_USDT']],
    ['unknown currency pair: 龙虾_USDT', ['龙虾_USDT']],
    ['虾_USDT, 100X_USDT', ['虾_USDT', '100X_USDT']],
    ['AAPLx_USDT is delisted', ['AAPLx_USDT']],
    ['BTC_USD is delisted', ['BTC_USD']],
    ['AAPLx_USDT, and not nope_usdt, which is fine', ['AAPLx_USDT']],
  ])('of %j are %j', (text, expected) => {
    expect(namedBy(text)).toEqual(expected)
  })

  it.each([
    ['unknown currency pair: WBTC_USDT', 'a longer name'],
    ['BTC_USDT_PERP is no market, nor is 3BTC_USDT', 'a longer name'],
    ['unknown currency pair: BTC_USD…', 'a name that was cut'],
    ['unknown currency pair', 'nobody'],
    ['try again', 'nobody'],
    ['', 'nobody'],
  ])('of %j are none: it names %s', (text) => {
    expect(namedBy(text)).toEqual([])
  })

  it('of a refused book are named as the request names them, or by their market', () => {
    const options = { orderbookChannel: 'obu', orderbookDepth: 50 } as const
    expect(namedBy('Alert sub ob.BTC_USDT.50', options)).toEqual(['BTC_USDT'])
    expect(namedBy('unknown currency pair BTC_USDT', options)).toEqual(['BTC_USDT'])
    expect(namedBy('Alert sub ob.WBTC_USDT.50', options)).toEqual([])
  })

  it('are named by depth where a market has several books', () => {
    const [few] = streamsWith({ orderbookChannel: 'obu', orderbookDepth: 50 }).plan({
      channel: 'orderbook',
      instruments,
      candleIntervals: null,
    })
    const [many] = streamsWith({ orderbookChannel: 'obu', orderbookDepth: 400 }).plan({
      channel: 'orderbook',
      instruments,
      candleIntervals: null,
    })
    const books = [few, many].flatMap((stream) => stream ?? [])
    expect(culpritsIn('Alert sub ob.BTC_USDT.400', books)).toEqual([many])
    expect(culpritsIn('unknown currency pair BTC_USDT', books)).toEqual(books)
  })

  it('of an account are named by their market, or as all of them', () => {
    const streams = streamsWith()
    const [all] = streams.plan({ channel: 'orders', instruments: [], candleIntervals: null })
    const [one] = streams.plan({ channel: 'orders', instruments, candleIntervals: null })
    const planned = [all, one].flatMap((stream) => stream ?? [])
    expect(culpritsIn('unknown currency pair: !all', planned)).toEqual([all])
    expect(culpritsIn('unknown currency pair: BTC_USDT', planned)).toEqual([one])
  })

  it('are exactly those that are listed, with whatever punctuation between them', () => {
    const blanks = fc.stringMatching(/^[ ,;:.()[\]{}"'|/\\-]{1,4}$/)
    fc.assert(
      fc.property(fc.subarray(names), blanks, blanks, (bad, before, between) => {
        const text = `${before}${bad.map((name) => name.replace('/', '_')).join(between)}${before}`
        expect(namedBy(text).sort()).toEqual(bad.map((name) => name.replace('/', '_')).sort())
      }),
    )
  })
})
