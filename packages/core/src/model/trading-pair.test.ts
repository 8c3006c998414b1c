import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { parsePair, type SymbolInput, type TradingPair, toTradingPair, tradingPair } from './trading-pair.js'

/** The error of a call that must fail. */
function errorOf(call: () => unknown): StreamError {
  try {
    call()
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('a trading pair', () => {
  test('is one object, however it is asked for', () => {
    const pair = tradingPair('BTC', 'USDT')
    expect(parsePair('BTC/USDT')).toBe(pair)
    expect(toTradingPair({ base: 'BTC', quote: 'USDT' } as TradingPair)).toBe(pair)
    expect(toTradingPair(pair)).toBe(pair)
    expect(tradingPair('USDT', 'BTC')).not.toBe(pair)
  })

  test('prints and serialises as its name, and cannot be changed', () => {
    const pair = tradingPair('BTC', 'USDT')
    expect([`${pair}`, JSON.stringify({ pair })]).toEqual(['BTC/USDT', '{"pair":"BTC/USDT"}'])
    expect(() => Object.assign(pair, { base: 'ETH' })).toThrow(TypeError)
  })

  test.each(['币安人生/USDT', '1000SATS/USDC', 'BTC3L/USDT', 'B-D/USDT', '$U/USDT', `${'A'.repeat(32)}/B`])(
    'can be %s',
    (name) => {
      expect(parsePair(name).name).toBe(name)
    },
  )

  test('keeps base and quote apart, whatever assets they are', () => {
    const asset = fc.stringMatching(/^[A-Z0-9]{1,12}$/)
    fc.assert(
      fc.property(asset, asset, (base, quote) => {
        const pair = tradingPair(base, quote)
        expect([pair.base, pair.quote]).toEqual([base, quote])
        expect(parsePair(pair.name)).toBe(pair)
      }),
    )
  })
})

describe('what is not a trading pair', () => {
  test.each([
    '',
    '/',
    'BTC',
    'BTC/',
    '/USDT',
    'btc/usdt',
    'Btc/USDT',
    'BTC_USDT',
    'BTC/USDT/X',
    'BTC /USDT',
    'BTC/USDT\n',
    'BTC\u0000/USDT',
    'BTC\u200d/USDT',
    '\u202eTDSU/BTC',
    '\ud800/USDT',
    'straße/USDT',
    '"BTC"/USDT',
    'BTC\\/USDT',
    'BTC,ETH/USDT',
    'spot@BTC/USDT',
    `${'A'.repeat(33)}/USDT`,
    'A'.repeat(100_000),
  ])('is %j', (text) => {
    expect(errorOf(() => parsePair(text)).code).toBe('ERR_INVALID_SYMBOL')
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['a symbol', Symbol('BTC/USDT')],
    ['an object without a prototype', Object.create(null)],
    ['half a pair', { base: 'BTC' }],
    [
      'an object that will not be text',
      {
        toString: () => {
          throw new Error('no')
        },
      },
    ],
  ])('is %s', (_name, value) => {
    expect(errorOf(() => toTradingPair(value as SymbolInput)).code).toBe('ERR_INVALID_SYMBOL')
    expect(errorOf(() => parsePair(value as string)).code).toBe('ERR_INVALID_SYMBOL')
  })

  test('is answered with how to write it', () => {
    expect(errorOf(() => parsePair('btc_usdt')).message).toMatchInlineSnapshot(`
      ""btc_usdt" is not a trading pair.  [ERR_INVALID_SYMBOL]
      Write base and quote in upper case with a slash between them, for example BTC/USDT."
    `)
    expect(errorOf(() => parsePair('eth-btc')).hint).toContain('ETH/BTC')
  })

  test('is shown short and on one line', () => {
    const { shortMessage } = errorOf(() => parsePair(`line\nbreak ${'x'.repeat(1000)}`))
    expect(shortMessage).not.toContain('\n')
    expect(shortMessage.length).toBeLessThan(100)
  })
})
