import { describe, expect, test } from 'vitest'
import { requestedChannels } from './requested-channels.js'

describe('requestedChannels', () => {
  test('gives each channel once, in the order named', () => {
    expect(requestedChannels(['trades', 'orderbook', 'trades'])).toEqual(['trades', 'orderbook'])
  })

  test.each([[undefined], [null], [[]], ['trades']])('refuses %j', (requested) => {
    expect(() => requestedChannels(requested as never)).toThrow(
      expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL', shortMessage: 'No channel was named.' }),
    )
  })

  test('says what a misspelled one may mean', () => {
    expect(() => requestedChannels(['order_book'])).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: There is no channel "order_book".  [ERR_UNKNOWN_CHANNEL]
      Did you mean orderbook? Channels: orderbook, trades, book_ticker, ticker, candles, orders, executions, balances.]
    `)
    expect(() => requestedChannels([7 as never])).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_CHANNEL' }))
  })
})
