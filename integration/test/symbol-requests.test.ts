import type { CandleInterval, ExchangeFeed } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import { btc, closeScenes, eth, Scene, sol } from '../src/scene/scene.js'

afterEach(closeScenes)

/** `BTC/USDT trades`, `ETH/USDT candles 1h` of each stream, sorted. */
function streamsOf(feed: ExchangeFeed): string[] {
  return feed
    .streamStates()
    .map(({ symbol, channel, stream }) =>
      channel === 'candles' ? `${symbol} candles ${stream.params.interval}` : `${symbol} ${channel}`,
    )
    .sort()
}

describe.each(exchanges)('symbols that name their own channels and candle intervals, of $title', (exchange) => {
  it('are subscribed so in one call, each stream delivers, and nothing else does', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record } = await scene.publicFeed({
      symbols: [btc, { symbol: eth, channels: ['candles'], candleIntervals: ['1m', '1h'] }],
      channels: ['trades', 'book_ticker'],
    })
    expect(streamsOf(feed)).toEqual([
      'BTC/USDT book_ticker',
      'BTC/USDT trades',
      'ETH/USDT candles 1h',
      'ETH/USDT candles 1m',
    ])
    await scene.live(() => feed.streamStates().every(({ status }) => status === 'live'))
    const kinds = new Set(record.messages.map(({ symbol, channel }) => `${symbol} ${channel}`))
    expect([...kinds].sort()).toEqual(['BTC/USDT book_ticker', 'BTC/USDT trades', 'ETH/USDT candles'])
  })

  it('lose one interval and keep the other, and all of a channel or of a symbol where no more is said', async () => {
    const scene = await Scene.open(exchange)
    const { feed } = await scene.publicFeed({
      symbols: [btc, eth, { symbol: sol, channels: ['trades', 'candles'], candleIntervals: ['1d'] }],
      channels: ['candles'],
      candleIntervals: ['1m', '1h'],
    })
    await feed.subscribe([{ symbol: btc, channels: ['trades'] }])
    await feed.unsubscribe([{ symbol: btc, channels: ['candles'], candleIntervals: ['1m'] }])
    expect(streamsOf(feed)).toEqual([
      'BTC/USDT candles 1h',
      'BTC/USDT trades',
      'ETH/USDT candles 1h',
      'ETH/USDT candles 1m',
      'SOL/USDT candles 1d',
      'SOL/USDT trades',
    ])
    await feed.unsubscribe([eth, sol], ['candles'])
    expect(streamsOf(feed)).toEqual(['BTC/USDT candles 1h', 'BTC/USDT trades', 'SOL/USDT trades'])
    await feed.unsubscribe([btc])
    expect(streamsOf(feed)).toEqual(['SOL/USDT trades'])
    await feed.subscribe([eth])
    expect(streamsOf(feed)).toEqual(['ETH/USDT candles 1h', 'ETH/USDT candles 1m', 'SOL/USDT trades'])
  })

  it('are refused before anything is sent where the exchange does not have the interval, which says those it has', async () => {
    const scene = await Scene.open(exchange)
    const odd: readonly CandleInterval[] = ['10s', '1M', '7m' as CandleInterval]
    const created = scene.publicFeed({ symbols: [{ symbol: btc, channels: ['candles'], candleIntervals: odd }] })
    await expect(created).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_OPTION',
      shortMessage: expect.stringMatching(/^\w+_spot has no candles of (10s|1M), 7m\.$/),
      hint: expect.stringMatching(/^It has (10s, )?1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 1w(, 1M)?\.$/),
    })
    expect(scene.seen.sessions).toEqual([])
    const { feed } = await scene.publicFeed({ symbols: [btc], channels: ['trades'] })
    await expect(feed.subscribe([{ symbol: btc, channels: ['candles'], candleIntervals: odd }])).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_OPTION',
    })
    expect(streamsOf(feed)).toEqual(['BTC/USDT trades'])
  })

  it('are refused where the channel is not one of this kind of feed', async () => {
    const scene = await Scene.open(exchange)
    const created = scene.publicFeed({ symbols: [{ symbol: btc, channels: ['orders' as 'trades'] }] })
    await expect(created).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_CHANNEL' })
    expect(scene.seen.sessions).toEqual([])
  })
})
