import { describe, expect, test } from 'vitest'
import { suggest } from './suggest.js'

const names = ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles']

describe('suggest', () => {
  test.each([
    ['order_book', 'orderbook'],
    ['Trades', 'trades'],
    ['trade', 'trades'],
    ['tikcer', 'ticker'],
    ['candels', 'candles'],
    ['bookticker', 'book_ticker'],
    ['klines', null],
    ['x', null],
    ['', null],
  ])('takes %j to mean %j', (word, meant) => {
    expect(suggest(word, names)).toBe(meant)
  })

  test('takes the nearest of several, and has none among none', () => {
    expect(suggest('maxPendingMesages', ['maxPendingBytes', 'maxPendingMessages'])).toBe('maxPendingMessages')
    expect(suggest('anything', [])).toBeNull()
  })
})
