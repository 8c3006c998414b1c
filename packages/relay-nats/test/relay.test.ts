import { isDeepStrictEqual } from 'node:util'
import { type ExchangeFeed, type FeedMessage, type Instrument, MessageType, type OrderbookData } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { btc, eth, gateio, levelsOf, mexc, RelayScene, told, until } from './support/scene.js'

const channels = ['orderbook', 'trades', 'candles', 'ticker', 'book_ticker'] as const
const wanted = { symbols: [btc, eth], channels, candleIntervals: ['1m', '5m'] } as const

/** Everything that a feed tells from now on. */
function record(feed: ExchangeFeed): FeedMessage[] {
  const messages: FeedMessage[] = []
  feed.on('message', (message) => messages.push(message))
  return messages
}

/** What was told of one stream, but for the books that a relay makes for whoever comes late. */
function toldOf(messages: readonly FeedMessage[], channel: string, symbol: Instrument): unknown[] {
  return messages
    .filter((message) => message.channel === channel && message.symbol === symbol)
    .filter(({ type, data }) => type !== MessageType.Orderbook || (data as OrderbookData).kind === 'delta')
    .map(told)
}

/** Whether every stream told one feed exactly what it told the other, from some message on. */
function endsAlike(received: readonly FeedMessage[], sent: readonly FeedMessage[]): boolean {
  return channels.every((channel) =>
    [btc, eth].every((symbol) => {
      const all = toldOf(received, channel, symbol)
      return all.length > 0 && isDeepStrictEqual(all, toldOf(sent, channel, symbol).slice(-all.length))
    }),
  )
}

describe.skipIf(!hasNatsServer).each([
  ['gateio', gateio],
  ['mexc', mexc],
])('a relayed feed of %s', (_name, exchange) => {
  test('tells every message in order and once, to whoever comes late from then on, and has the same books', async () => {
    await using scene = await RelayScene.open(exchange)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source)
    const early = await scene.follow(wanted)
    const [sent, toEarly] = [record(source), record(early)]
    await scene.trade(3)
    const late = await scene.follow(wanted)
    await late.awaitBook(btc)
    await late.awaitBook(eth)
    const toLate = record(late)
    await scene.trade(3)
    await until(() =>
      channels.every((channel) => toldOf(toEarly, channel, btc).length === toldOf(sent, channel, btc).length),
    )
    await until(() => endsAlike(toEarly, sent) && endsAlike(toLate, sent))
    for (const channel of channels) {
      expect(toldOf(toEarly, channel, eth)).toEqual(toldOf(sent, channel, eth))
    }
    for (const feed of [early, late]) {
      for (const symbol of [btc, eth]) {
        expect(levelsOf(feed.orderBook(symbol))).toEqual(levelsOf(source.orderBook(symbol)))
        expect(feed.orderBook(symbol)?.isLive).toBe(true)
      }
      expect(feed.getPerformanceMetrics().gaps).toBe(0)
    }
    expect(relay.metrics()).toMatchObject({ droppedRecords: 0, refusedAsks: 0, isConnected: true, reconnects: 0 })
  })
})
