import { ConnectionState, StreamError } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bringOwnPackages, ownExchanges } from '../src/exchanges/own-packages.js'
import type { ConnectionSpan } from '../src/live/connection-timeline.js'
import { type EmulatedFeed, openEmulatedFeeds } from '../src/live/open-emulated-feeds.js'
import { openLiveFeed } from '../src/live/open-live-feed.js'

const { signal } = new AbortController()
const opened: EmulatedFeed[] = []
bringOwnPackages()

async function emulated(...names: readonly string[]): Promise<readonly EmulatedFeed[]> {
  const feeds = await openEmulatedFeeds(names, { port: 0, signal, onError: () => {} })
  opened.push(...feeds)
  return feeds
}

const statesOf = (spans: readonly ConnectionSpan[], connectionId: string): readonly string[] =>
  spans.filter((span) => span.connectionId === connectionId).map(({ state }) => state)

afterEach(async () => {
  await Promise.all(opened.splice(0).map((feed) => feed.close()))
})

describe('a live feed', () => {
  test('of each emulated exchange has market, books and account', { timeout: 15_000 }, async () => {
    for (const feed of await emulated(...ownExchanges)) {
      expect(feed).toMatchObject({ isEmulated: true, symbols: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] })
      const market = feed.market('BTC/USDT')
      await vi.waitFor(
        () => {
          expect(market.quote?.bidPrice).toBeGreaterThan(0)
          expect(market.ticker?.last).toBeGreaterThan(0)
          expect(market.trades.length).toBeGreaterThan(0)
          // An hour that the market lived before, and the minute of now.
          expect(market.candles.length).toBeGreaterThan(59)
          expect(market.history.length).toBeGreaterThan(0)
          expect(feed.book('BTC/USDT')?.isLive).toBe(true)
          expect(feed.account?.balances.length).toBeGreaterThan(0)
          expect(feed.history.samples.length).toBeGreaterThan(0)
        },
        { timeout: 12_000 },
      )
      expect(feed.history.samples.every(({ messagesPerSecond }) => messagesPerSecond > 0)).toBe(true)
      expect(feed.metrics().messagesProcessed).toBeGreaterThan(0)
      const ids = feed.connections.map(({ connectionId }) => connectionId)
      expect(new Set(ids)).toEqual(new Set([`${feed.exchange} account#1`, `${feed.exchange}#1`]))
      expect(feed.account?.metrics().connections[0]?.connectionId).toBe(`${feed.exchange} account#1`)
      expect(feed.streams().length).toBeGreaterThan(feed.symbols.length)
      expect(() => feed.market('DOGE/USDT')).toThrow('DOGE/USDT is not shown of')
    }
  })

  test('tells a cut and its end: in the timeline, the gaps and the log', async () => {
    const [feed] = (await emulated('gateio_spot')) as [EmulatedFeed]
    const id = 'gateio_spot#1'
    feed.emulation.cut(0)
    await vi.waitFor(
      () => {
        expect(statesOf(feed.connections, id)).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
        expect(feed.streams().every(({ status }) => status === 'live')).toBe(true)
        expect(feed.gaps.length).toBeGreaterThan(0)
      },
      { timeout: 5_000 },
    )
    expect(feed.connections.find(({ state }) => state === 'reconnecting')?.reason).toMatch(/^ERR_/)
    const texts = feed.log.map(({ level, text }) => `${level} ${text}`)
    expect(texts).toContainEqual(expect.stringMatching(/^warn gateio_spot#1 reconnecting/))
    expect(texts).toContainEqual(expect.stringMatching(/^info gateio_spot#1 connected/))
    expect(texts).toContainEqual(expect.stringMatching(/^info gap of /))
  })

  test('is not reached while a cut lasts', async () => {
    const [feed] = (await emulated('mexc_spot')) as [EmulatedFeed]
    feed.emulation.cut(0.3)
    await vi.waitFor(() =>
      expect(feed.log.map(({ text }) => text).join('\n')).toMatch(/mexc_spot#1 reconnecting .*attempt 2/),
    )
    expect(feed.metrics().connections[0]?.state).toBe(ConnectionState.Reconnecting)
    await vi.waitFor(() => expect(feed.metrics().connections[0]?.state).toBe(ConnectionState.Connected), {
      timeout: 8_000,
    })
  })

  test.each(ownExchanges)(
    '%s says nothing of the market of a muted symbol, goes on with the others and its account, and with it afterwards',
    async (name) => {
      const [feed] = (await emulated(name)) as [EmulatedFeed]
      const [muted, other] = [feed.market('ETH/USDT'), feed.market('BTC/USDT')]
      await vi.waitFor(() => expect(muted.lastTrade).toBeGreaterThan(0), { timeout: 5_000 })
      feed.emulation.mute('ETH/USDT', 60)
      // What was on its way is still told.
      await new Promise((resolve) => setTimeout(resolve, 100))
      const before = { muted: muted.quote, other: other.lastTrade }
      await vi.waitFor(() => expect(other.lastTrade).toBeGreaterThan(before.other + 5), { timeout: 5_000 })
      expect(muted.quote).toBe(before.muted)
      // Its account trades on.
      const fillOfMuted = (): string | undefined =>
        feed.account?.executions.find(({ symbol }) => symbol === 'ETH/USDT')?.id
      const lastFill = fillOfMuted()
      await vi.waitFor(() => expect(fillOfMuted()).not.toBe(lastFill), { timeout: 10_000 })
      expect(muted.quote).toBe(before.muted)
      feed.emulation.mute('ETH/USDT', 0.01)
      await vi.waitFor(() => expect(muted.quote).not.toBe(before.muted), { timeout: 5_000 })
      expect(feed.isEmulated && feed.metrics().connectionFailures).toBe(0)
    },
  )

  test('of an exchange that cannot be reached is not opened, and says why', async () => {
    const opening = openLiveFeed(gateioSpot, {
      symbols: ['BTC/USDT'],
      channels: ['trades'],
      endpoints: { url: 'ws://127.0.0.1:1/', restUrl: 'http://127.0.0.1:1' },
      signal,
    })
    await expect(opening).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
    await expect(opening).rejects.toBeInstanceOf(StreamError)
  })

  test('is opened with all others or not at all', async () => {
    const opening = openEmulatedFeeds(['gateio_spot', 'acme_spot'], { port: 0, signal, onError: () => {} })
    await expect(opening).rejects.toMatchObject({ code: 'ERR_EXCHANGE_NOT_INSTALLED' })
  })
})
