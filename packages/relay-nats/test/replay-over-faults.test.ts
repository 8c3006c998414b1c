import { type FeedMessage, type GapEvent, MessageType } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { hopMetrics } from '../src/index.js'
import { Relay } from '../src/relay/relay.js'
import { startChildRelay } from './support/child-relay.js'
import { btc, gateio, RelayScene, told, until } from './support/scene.js'

const channels = ['orderbook', 'trades'] as const
const wanted = { symbols: [btc], channels } as const
const kept = { marketRetention: { channels } } as const

/** Every message and gap that is told of all that is kept, to its end. */
async function replayAll(scene: RelayScene) {
  const [all, gaps]: [FeedMessage[], GapEvent[]] = [[], []]
  const on = { message: (one: FeedMessage) => void all.push(one), gap: (gap: GapEvent) => void gaps.push(gap) }
  const feed = await scene.follow({ ...wanted, from: 'first', to: 'last', on: { ...on, error: () => {} } })
  for await (const _ of feed.messages()) {
    // To its end.
  }
  const trades = all.filter(({ type }) => type === MessageType.Trades)
  const faults = all.filter(({ type, channel }) => type === MessageType.Error && channel === 'trades')
  return { trades: trades.map(told), faults: faults.map(({ data }) => JSON.stringify(data)), gaps, feed }
}

describe.skipIf(!hasNatsServer)('what is replayed', () => {
  test('goes on where it was when the server is restarted in the middle, and its gaps say that nothing is missing', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent: unknown[] = []
    source.on('trades', (message) => sent.push(told(message)))
    const relay = await scene.relay(source, kept)
    await scene.trade(8)
    await relay.ownershipChanged()
    const count = sent.length
    const received: unknown[] = []
    const gaps: GapEvent[] = []
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const feed = await scene.follow({
      ...wanted,
      from: 'first',
      to: 'last',
      config: { maxPendingMessages: 2 },
      on: {
        trades: (message) => {
          received.push(told(message))
          return received.length === 2 ? held : undefined
        },
        gap: (gap) => gaps.push(gap),
        error: () => {},
      },
    })
    await until(() => received.length === 2)
    await scene.nats.stop()
    await until(() => !feed.isConnected())
    await scene.nats.restart()
    await until(() => feed.isConnected())
    goOn()
    // The last of it is told soon after the connection is there again: its end waits until the gaps are looked at.
    for await (const _ of feed.messages()) {
      // To its end.
    }
    expect(received).toEqual(sent.slice(0, received.length))
    expect(received.length).toBeGreaterThanOrEqual(count)
    const ofTrades = gaps.filter(({ channel }) => channel === 'trades')
    expect(ofTrades.map(({ action, fault }) => [action, fault])).toEqual([['backfilled', null]])
    expect(hopMetrics(feed).missing).toBe(0)
  })

  test('and then followed is whole again after the server was restarted, whether anything happens or not', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent: unknown[] = []
    source.on('trades', (message) => sent.push(told(message)))
    await scene.relay(source, kept)
    await scene.trade(2)
    const received: unknown[] = []
    const gaps: GapEvent[] = []
    const trades = (message: FeedMessage): void => void received.push(told(message))
    const on = { trades, gap: (gap: GapEvent) => void gaps.push(gap), error: () => {} }
    const feed = await scene.follow({ ...wanted, from: 'first', on, beatIntervalMs: 1_000 })
    await until(() => received.length > 0 && feed.streamState(btc, 'trades')?.status === 'live')
    await scene.nats.stop()
    await until(() => !feed.isConnected())
    await scene.trade(1)
    await scene.nats.restart()
    await until(() => feed.isConnected() && gaps.some(({ channel }) => channel === 'trades'))
    await until(() => feed.streamState(btc, 'trades')?.status !== 'gapped')
    await scene.trade(1)
    await until(() => received.length >= sent.length)
    expect(received).toEqual(sent.slice(-received.length))
    const ofTrades = gaps.filter(({ channel }) => channel === 'trades')
    expect(ofTrades.map(({ action, fault }) => [action, fault])).toEqual(ofTrades.map(() => ['backfilled', null]))
  })

  test('and was published by one relay after another that took over in order is told once, without a gap', async () => {
    await using scene = await RelayScene.open(gateio)
    const feeds = [await scene.feed(wanted), await scene.feed(wanted)]
    let [owner, epoch] = [0, 1]
    const relays = await Promise.all(
      feeds.map(async (feed, index) => {
        const relay = new Relay(
          feed,
          { servers: scene.nats.url, beatIntervalMs: 50, ...kept },
          { of: () => (index === owner ? { epoch, continues: epoch > 1 } : null) },
        )
        await relay.open()
        return relay
      }),
    )
    const sent: unknown[] = []
    feeds[0]?.on('trades', (message) => sent.push(told(message)))
    await scene.trade(2)
    for (let round = 0; round < 3; round += 1) {
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
    await relays[owner]?.ownershipChanged()
    await Promise.all(relays.map((relay) => relay.close()))
    const { trades, faults, gaps } = await replayAll(scene)
    expect(trades).toEqual(sent.slice(0, trades.length))
    expect(trades.length).toBeGreaterThanOrEqual(sent.length - 2)
    expect([faults, gaps]).toEqual([[], []])
  })

  test('and was published by a relay that was killed, and then by another, has one hole there, and nothing is told twice', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent: unknown[] = []
    source.on('trades', (message) => sent.push(told(message)))
    const killed = await startChildRelay(scene, ...channels)
    await scene.trade(3)
    await killed.kill()
    await scene.trade(1)
    const until1 = sent.length
    const relay = await scene.relay(source, kept)
    await scene.trade(2)
    await relay.close()
    const { trades, faults, gaps } = await replayAll(scene)
    const places = trades.map((one) => sent.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)))
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
    expect(places.filter((place) => place >= 0 && place < until1).length).toBeGreaterThan(0)
    expect(places.filter((place) => place >= until1).length).toBe(sent.length - until1)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain('did not follow on in order')
    const ofTrades = gaps.filter(({ channel }) => channel === 'trades')
    expect(ofTrades).toMatchObject([{ action: 'partly-backfilled', fault: expect.stringMatching(/not everything/) }])
  })
})
