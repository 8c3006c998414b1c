import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { type Instrument, parseInstrument, type SymbolInput, toInstrument, tradingPair } from './instrument.js'

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

describe('a spot instrument', () => {
  test('is one object, however it is asked for', () => {
    const pair = tradingPair('BTC', 'USDT')
    expect(parseInstrument('BTC/USDT')).toBe(pair)
    expect(toInstrument({ base: 'BTC', quote: 'USDT' } as Instrument)).toBe(pair)
    expect(toInstrument(pair)).toBe(pair)
    expect(tradingPair('USDT', 'BTC')).not.toBe(pair)
  })

  test('prints and serialises as its name, and cannot be changed', () => {
    const pair = tradingPair('BTC', 'USDT')
    expect([`${pair}`, JSON.stringify({ pair })]).toEqual(['BTC/USDT', '{"pair":"BTC/USDT"}'])
    expect(inspect({ symbol: pair })).toBe('{ symbol: Instrument BTC/USDT }')
    expect(() => Object.assign(pair, { base: 'ETH' })).toThrow(TypeError)
  })

  test.each([
    '币安人生/USDT',
    '1000SATS/USDC',
    'BTC3L/USDT',
    'B-D/USDT',
    '$U/USDT',
    'AAPLx/USDT',
    'straße/USDT',
    `${'A'.repeat(32)}/B`,
  ])('can be %s', (name) => {
    expect(parseInstrument(name).name).toBe(name)
  })

  test('keeps base and quote apart, whatever assets they are', () => {
    const asset = fc.stringMatching(/^[A-Z0-9]{1,12}$/)
    fc.assert(
      fc.property(asset, asset, (base, quote) => {
        const pair = tradingPair(base, quote)
        expect([pair.base, pair.quote]).toEqual([base, quote])
        expect(parseInstrument(pair.name)).toBe(pair)
      }),
    )
  })
})

describe('a contract', () => {
  test.each([
    ['BTC/USDT:USDT', { kind: 'perpetual', base: 'BTC', quote: 'USDT', settle: 'USDT', expiry: null }],
    ['BTC/USD:BTC', { kind: 'perpetual', base: 'BTC', quote: 'USD', settle: 'BTC', expiry: null }],
    [
      'BTC/USDT:USDT-261225',
      { kind: 'future', base: 'BTC', quote: 'USDT', settle: 'USDT', expiry: Date.UTC(2026, 11, 25) },
    ],
    ['AAPLx/USDT', { kind: 'spot', base: 'AAPLx', quote: 'USDT', settle: null, expiry: null }],
  ])('%s is read for what it is', (name, parts) => {
    expect(parseInstrument(name)).toMatchObject({ name, ...parts })
    expect(toInstrument(parseInstrument(name))).toBe(parseInstrument(name))
  })

  test('and the spot market of the same assets are two things', () => {
    expect(parseInstrument('BTC/USDT:USDT')).not.toBe(tradingPair('BTC', 'USDT'))
    expect(() => tradingPair('BTC', 'USDT:USDT')).toThrow('ERR_INVALID_SYMBOL')
  })

  test('is the same object, however often its name is read', () => {
    const asset = fc.stringMatching(/^[A-Z0-9]{1,8}x?$/)
    const day = fc.constantFrom(null, '261225', '270326')
    fc.assert(
      fc.property(asset, asset, asset, day, (base, quote, settle, expiry) => {
        const name = `${base}/${quote}:${settle}${expiry === null ? '' : `-${expiry}`}`
        const instrument = parseInstrument(name)
        expect([instrument.base, instrument.quote, instrument.settle]).toEqual([base, quote, settle])
        expect([instrument.name, parseInstrument(name) === instrument]).toEqual([name, true])
      }),
    )
  })
})

describe('what is not an instrument', () => {
  test.each([
    '',
    '/',
    'BTC',
    'BTC/',
    '/USDT',
    'btc/usdt',
    'BTC/usdt',
    'BTC/USDT:',
    'BTC/USDT:usdt',
    'BTC/USDT:USDT:USDT',
    'BTC/USDT:USDT-',
    'BTC/USDT:USDT-261325',
    'BTC/USDT:USDT-260230',
    'BTC/USDT:USDT-2612251',
    'BTC/USDT-261225/X',
    'BTC_USDT',
    'BTC/USDT/X',
    'BTC /USDT',
    'BTC/USDT\n',
    'BTC\u0000/USDT',
    'BTC\u200d/USDT',
    '\u202eTDSU/BTC',
    '\ud800/USDT',
    '"BTC"/USDT',
    'BTC\\/USDT',
    'BTC,ETH/USDT',
    'spot@BTC/USDT',
    `${'A'.repeat(33)}/USDT`,
    'A'.repeat(100_000),
  ])('is %j', (text) => {
    expect(errorOf(() => parseInstrument(text)).code).toBe('ERR_INVALID_SYMBOL')
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
    expect(errorOf(() => toInstrument(value as SymbolInput)).code).toBe('ERR_INVALID_SYMBOL')
    expect(errorOf(() => parseInstrument(value as string)).code).toBe('ERR_INVALID_SYMBOL')
  })

  test('is answered with how to write it', () => {
    expect(errorOf(() => parseInstrument('btc_usdt')).message).toMatchInlineSnapshot(`
      ""btc_usdt" is not the name of an instrument.  [ERR_INVALID_SYMBOL]
      Write base and quote with a slash between them, as the exchange spells the assets: BTC/USDT; a perpetual with what it settles in: BTC/USDT:USDT."
    `)
    expect(errorOf(() => parseInstrument('eth-btc')).hint).toContain('ETH/BTC')
  })

  test('is shown short and on one line', () => {
    const { shortMessage } = errorOf(() => parseInstrument(`line\nbreak ${'x'.repeat(1000)}`))
    expect(shortMessage).not.toContain('\n')
    expect(shortMessage.length).toBeLessThan(100)
  })
})
