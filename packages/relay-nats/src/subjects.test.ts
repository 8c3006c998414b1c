import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPrefix, Subjects, subjectToken, textOfToken } from './subjects.js'

/** Texts with what subjects cannot hold in them more often than chance would bring it. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom('.', '*', '>', '%', ' ', '\t', '\u0000', '/', ':', '龙', '💎', 'A'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
})

describe('a token of a subject', () => {
  test('is the text itself for the names of instruments', () => {
    expect(['BTC/USDT', 'BTC/USDT:USDT-261225', 'AAPLx/USDT', '龙虾/USDT'].map(subjectToken)).toEqual([
      'BTC/USDT',
      'BTC/USDT:USDT-261225',
      'AAPLx/USDT',
      '龙虾/USDT',
    ])
  })

  test('has what a token cannot hold as percent signs and hexadecimal digits', () => {
    expect(['1.5X', 'a*b>c', '100%', 'a b\n', ''].map(subjectToken)).toEqual([
      '1%2E5X',
      'a%2Ab%3Ec',
      '100%25',
      'a%20b%0A',
      '%',
    ])
  })

  test('can be sent, and says which text it was, whatever the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const token = subjectToken(text)
        expect(token).not.toMatch(/[.*>\s\p{Cc}]|^$/u)
        expect(textOfToken(token)).toBe(text)
      }),
    )
  })

  test('is never the same for two texts', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(subjectToken(one) === subjectToken(other)).toBe(one === other)
      }),
    )
  })

  test.each(['a.b', '%zz', '%41', '%2e', 'a b', ''])('that nobody makes stands for nothing: %j', (token) => {
    expect(textOfToken(token)).toBeNull()
  })
})

describe('subjects', () => {
  const subjects = new Subjects('gateio_spot')

  test('name exchange, channel, symbol and the width of candles', () => {
    const candles = { channel: 'candles', symbol: 'BTC/USDT', interval: '1m' } as const
    expect(subjects.data({ channel: 'trades', symbol: 'BTC/USDT', interval: null })).toBe(
      'tapewire.gateio_spot.trades.BTC/USDT',
    )
    expect(subjects.data(candles)).toBe('tapewire.gateio_spot.candles.BTC/USDT.1m')
    expect(subjects.ask(candles)).toBe('tapewire-ask.gateio_spot.candles.BTC/USDT.1m')
    expect(subjects.askOf(subjects.data(candles))).toBe(subjects.ask(candles))
    expect([subjects.about, subjects.beat(7), subjects.allBeats, subjects.alerts]).toEqual([
      'tapewire-ask.gateio_spot',
      'tapewire-beat.gateio_spot.7',
      'tapewire-beat.gateio_spot.*',
      'tapewire.gateio_spot.alerts',
    ])
  })

  test('begin with the prefix that the user names, where it is tokens with dots between them', () => {
    expect(new Subjects('acme_spot', 'desk.prod').about).toBe('desk.prod-ask.acme_spot')
    expect(['desk', 'desk.prod', 'a-b_c'].every(isPrefix)).toBe(true)
    expect(['', 'a b', 'a.', '.a', 'a.*', '>', 7].some(isPrefix)).toBe(false)
  })
})
