import { type ExchangeFeed, parseInstrument } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { type RelayGroup, type RelayGroupOptions, relayGroup } from '../src/index.js'
import { btc, eth, gateio, levelsOf, mexc, RelayScene, told, until } from './support/scene.js'

const symbols = [btc.name, eth.name]
const channels = ['trades', 'orderbook'] as const

interface Opened {
  readonly group: RelayGroup
  readonly feed: ExchangeFeed | null
}

async function member(scene: RelayScene, name: string, options: Partial<RelayGroupOptions> = {}): Promise<Opened> {
  let feed: ExchangeFeed | null = null
  const group = await relayGroup({
    servers: scene.nats.url,
    group: 'test',
    exchange: scene.exchange.definition.name,
    member: name,
    openFeed: async (some) => {
      feed = await scene.feed({ symbols: some, channels })
      return feed
    },
    symbols,
    channels,
    leaseMs: 1_000,
    shares: 1,
    beatIntervalMs: 50,
    ...options,
  })
  return {
    group,
    get feed() {
      return feed
    },
  }
}

/** Every trade that a feed tells from now on. */
function trades(feed: ExchangeFeed): readonly string[] {
  const heard: string[] = []
  feed.on('trades', (message) => heard.push(JSON.stringify(told(message))))
  return heard
}

describe.skipIf(!hasNatsServer)('a group that relays an exchange', () => {
  it('tells what it relays whenever that changes, whatever its listener throws', async () => {
    await using scene = await RelayScene.open(gateio)
    const [owned, errors]: [unknown[], string[]] = [[], []]
    const group = await relayGroup({
      servers: scene.nats.url,
      group: 'test',
      exchange: scene.exchange.definition.name,
      openFeed: (some) => scene.feed({ symbols: some, channels }),
      symbols,
      channels,
      leaseMs: 1_000,
      shares: 1,
      onOwned: (now) => {
        owned.push(now)
        throw new Error('of the listener')
      },
      onError: ({ code }) => errors.push(code),
    })
    await until(() => owned.length > 0)
    await group.close()
    expect(owned).toEqual([
      { symbols, accounts: [] },
      { symbols: [], accounts: [] },
    ])
    expect(errors).toEqual(['ERR_HANDLER_FAILED', 'ERR_HANDLER_FAILED'])
  })

  it.each([
    ['gateio', gateio],
    ['mexc', mexc],
  ])(
    'is left in order, and a consumer misses nothing, hears nothing twice and sees no gap (%s)',
    async (_, exchange) => {
      await using scene = await RelayScene.open(exchange)
      const one = await member(scene, 'one')
      await until(() => one.group.metrics().market !== null && one.feed?.orderBook(eth)?.isLive === true)
      const consumer = await scene.follow({ symbols, channels: ['trades', 'orderbook'] })
      const gaps: unknown[] = []
      consumer.on('gap', (gap) => gaps.push(gap))
      // What it lets go of in the end is no loss either.
      one.feed?.on('gap', (gap) => gaps.push(gap))
      const relayed = trades(consumer)
      const direct = trades(await scene.feed({ symbols, channels: ['trades'] }))
      await scene.trade(3)
      const two = await member(scene, 'two')
      await until(() => two.group.members().length === 2)
      let isLeft = false
      const left = one.group.close().then(() => {
        isLeft = true
      })
      while (!isLeft) await scene.trade(1)
      await left
      expect(one.feed?.getPerformanceMetrics()).toMatchObject({ streamGaps: 0, lostGaps: 0 })
      // It takes what was let go of a moment later.
      await until(() => two.group.symbols().length === symbols.length)
      await scene.trade(3)
      await until(() => relayed.length >= direct.length)
      expect(gaps).toEqual([])
      expect([...relayed].sort()).toEqual([...direct].sort())
      for (const symbol of symbols) {
        const instrument = parseInstrument(symbol)
        await until(
          () =>
            JSON.stringify(levelsOf(consumer.orderBook(instrument))) ===
            JSON.stringify(levelsOf(two.feed?.orderBook(instrument) ?? null)),
        )
      }
      await two.group.close(0)
    },
  )

  it('refuses a member that differs, and takes the terms of the first where nobody is in it any more', async () => {
    await using scene = await RelayScene.open(gateio)
    const one = await member(scene, 'one')
    const other = { symbols: [btc.name], leaseMs: 2_000, shares: 2, prefix: 'other' }
    const candles = { channels: [...channels, 'candles'], candleIntervals: ['5m'] } as const
    await expect(member(scene, 'two', { ...other, ...candles })).rejects.toMatchObject({
      code: 'ERR_GROUP_MISMATCH',
      context: {
        channels: 'group 2; this member 3, of them candles by itself',
        symbols: 'group 2, of them ETH/USDT by itself; this member 1',
        leaseMs: 'group 1000; this member 2000',
        shares: 'group 1; this member 2',
        prefix: 'group tapewire; this member other',
        candleIntervals: 'group 0; this member 1, of them 5m by itself',
      },
    })
    await until(() => one.group.members().join() === 'one')
    await one.group.close(0)
    const two = await member(scene, 'two', other)
    await until(() => two.group.symbols().length === 1)
    const three = await member(scene, 'three', other)
    await until(() => three.group.members().length === 2)
    await two.group.close(0)
    await three.group.close(0)
  })

  it('waits for a nats-server that starts later, with retry, and says once that it is away', async () => {
    await using scene = await RelayScene.open(gateio)
    await scene.nats.stop()
    await expect(member(scene, 'hasty')).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
    await expect(member(scene, 'ended', { retry: true, signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')
    const errors: string[] = []
    const joining = member(scene, 'one', { retry: true, onError: ({ code }) => errors.push(code) })
    await until(() => errors.length > 0)
    await scene.nats.restart()
    const one = await joining
    await until(() => one.group.symbols().length === symbols.length)
    expect(errors).toEqual(['ERR_CONNECTION_REFUSED'])
    await one.group.close(0)
  })
})
