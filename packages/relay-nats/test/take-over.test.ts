import type { ExchangeFeed } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { Relay } from '../src/relay/relay.js'
import { btc, gateio, levelsOf, RelayScene, told, until } from './support/scene.js'

const wanted = { symbols: [btc], channels: ['orderbook', 'trades'] } as const

describe.skipIf(!hasNatsServer)('a stream that another relay takes over in order', () => {
  test('has no gap, and nothing of it is told twice, however often', async () => {
    await using scene = await RelayScene.open(gateio)
    const feeds: ExchangeFeed[] = [await scene.feed(wanted), await scene.feed(wanted)]
    let [owner, epoch] = [0, 1]
    const relays = await Promise.all(
      feeds.map(async (feed, index) => {
        const options = { servers: scene.nats.url, beatIntervalMs: 50 }
        const relay = new Relay(feed, options, {
          of: () => (index === owner ? { epoch, continues: epoch > 1 } : null),
        })
        await relay.open()
        return relay
      }),
    )
    const follower = await scene.follow(wanted)
    const [sent, received]: [unknown[], unknown[]] = [[], []]
    feeds[0]?.on('trades', (message) => sent.push(told(message)))
    follower.on('trades', (message) => received.push(told(message)))
    const statuses = new Set<string>()
    follower.on('stream', ({ status }) => statuses.add(status))
    await scene.trade(1)
    for (let round = 0; round < 6; round += 1) {
      const leaving = relays[owner]
      owner = -1
      await leaving?.ownershipChanged()
      // What comes now is between the two.
      await scene.trade(1)
      owner = (round + 1) % 2
      epoch += 1
      await relays[owner]?.ownershipChanged()
      await scene.trade(1)
    }
    await until(() => received.length === sent.length)
    expect(received).toEqual(sent)
    const source = feeds[owner] as ExchangeFeed
    await until(
      () => JSON.stringify(levelsOf(follower.orderBook(btc))) === JSON.stringify(levelsOf(source.orderBook(btc))),
    )
    expect([...statuses].filter((status) => status !== 'live')).toEqual([])
    expect(follower.getPerformanceMetrics().gaps).toBe(0)
    await Promise.all(relays.map((relay) => relay.close()))
  })
})
