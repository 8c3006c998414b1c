import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type ExchangeFeed, type FeedMessage, MessageType } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { hopMetrics, type StoredEnd, type StoredStart } from '../src/index.js'
import { btc, gateio, levelsOf, RelayScene, told, until } from './support/scene.js'

const wanted = { symbols: [btc], channels: ['orderbook', 'trades'] } as const
const kept = { marketRetention: { channels: wanted.channels } } as const

function tradesOf(feed: ExchangeFeed): FeedMessage[] {
  const messages: FeedMessage[] = []
  feed.on('trades', (message) => messages.push(message))
  return messages
}

/** What was told beside data. */
function saidOf(messages: readonly FeedMessage[]): readonly string[] {
  return messages.filter(({ type }) => type === MessageType.Other).map(({ data }) => JSON.stringify(data))
}

/** A feed that replays, with everything that it tells from its first message on. */
async function replay(
  scene: RelayScene,
  from: StoredStart,
  channels: readonly ('orderbook' | 'trades')[],
  to?: StoredEnd,
) {
  const all: FeedMessage[] = []
  const message = (one: FeedMessage): void => void all.push(one)
  const feed = await scene.follow({
    symbols: [btc],
    channels,
    from,
    ...(to === undefined ? {} : { to }),
    on: { message, error: () => {} },
  })
  const trades = (): FeedMessage[] => all.filter(({ type }) => type === MessageType.Trades)
  return { feed, all, trades }
}

describe.skipIf(!hasNatsServer)('market data that is kept', () => {
  test('is replayed from the first, then followed while trades go on, with no hole and no double, and has the same book', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent = tradesOf(source)
    await scene.relay(source, kept)
    await scene.trade(4)
    const before = sent.length
    expect(before).toBeGreaterThan(0)
    const going = scene.trade(4)
    const { feed, all, trades } = await replay(scene, 'first', wanted.channels)
    await going
    await scene.trade(2)
    await until(() => trades().at(-1)?.sequence === sent.at(-1)?.sequence && trades().length >= sent.length)
    const gone = trades().length
    expect(trades().map(told)).toEqual(sent.slice(-gone).map(told))
    expect(trades()[0]).toMatchObject({ backfilled: true })
    expect(trades().at(-1)).not.toHaveProperty('backfilled')
    expect(saidOf(all).filter((text) => text.includes('what follows is live'))).toHaveLength(2)
    await until(() => JSON.stringify(levelsOf(feed.orderBook(btc))) === JSON.stringify(levelsOf(source.orderBook(btc))))
    expect(feed.orderBook(btc)?.isLive).toBe(true)
    expect(feed.getPerformanceMetrics().gaps).toBe(0)
  })

  test('is replayed from a time, and from a sequence number', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent = tradesOf(source)
    await scene.relay(source, kept)
    await scene.trade(3)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const [time, count] = [Date.now(), sent.length]
    await scene.trade(3)
    const connection = await connect({ servers: scene.nats.url })
    const { state } = await (await jetstreamManager(connection)).streams.info('TAPEWIRE_gateio_spot_TRADES')
    await connection.close()
    const byTime = await replay(scene, { time }, ['trades'])
    await until(() => byTime.trades().length === sent.length - count)
    expect(byTime.trades().map(told)).toEqual(sent.slice(count).map(told))
    const byPlace = await replay(scene, { sequence: state.last_seq }, ['trades'])
    await until(() => byPlace.trades().length > 0)
    expect(told(byPlace.trades().at(-1) as FeedMessage)).toEqual(told(sent.at(-1) as FeedMessage))
    expect(byPlace.trades().length).toBeLessThan(byTime.trades().length)
  })

  test('has a hole where NATS did not keep it, which is told in its place', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    await scene.relay(source, kept)
    await scene.trade(4)
    const connection = await connect({ servers: scene.nats.url })
    const manager = await jetstreamManager(connection)
    const { state } = await manager.streams.info('TAPEWIRE_gateio_spot_TRADES')
    const middle = Math.floor((state.first_seq + state.last_seq) / 2)
    await manager.streams.deleteMessage('TAPEWIRE_gateio_spot_TRADES', middle)
    await connection.close()
    const { feed, all } = await replay(scene, 'first', ['trades'])
    await until(() => hopMetrics(feed).missing > 0)
    await until(() => all.some(({ type }) => type === MessageType.Error))
    expect(JSON.stringify(all.find(({ type }) => type === MessageType.Error)?.data)).toContain('never came')
  })

  test('is replayed whole when its relay has ended: everything is told, then that nobody publishes it, and a relay that comes is followed on', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent = tradesOf(source)
    const relay = await scene.relay(source, kept)
    await scene.trade(3)
    await relay.close()
    const count = sent.length
    const { feed, all, trades } = await replay(scene, 'first', wanted.channels)
    await until(() => trades().length === count)
    expect(trades().map(told)).toEqual(sent.slice(0, count).map(told))
    await until(() => saidOf(all).filter((text) => text.includes('what follows is live')).length === 2)
    await until(() => feed.streamStates().every(({ status }) => status === 'gapped'))
    expect(feed.streamStates()[0]?.reason).toMatch(/What was kept is told, and no relay publishes/)
    const later = tradesOf(source)
    await scene.relay(source, kept)
    await scene.trade(2)
    await until(() => trades().at(-1)?.sequence === later.at(-1)?.sequence)
    await until(() => feed.orderBook(btc)?.isLive === true)
    expect(trades().slice(count).map(told)).toEqual(later.slice(-(trades().length - count)).map(told))
  })

  test('is replayed to an end, without a relay, and the feed ends itself: iterations begun with it have every message, and are over', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent = tradesOf(source)
    const relay = await scene.relay(source, kept)
    await scene.trade(4)
    await relay.close()
    const count = sent.length
    const states: string[] = []
    const { feed, all } = await replay(scene, 'first', wanted.channels, 'last')
    feed.on('connection', ({ state, error }) => states.push(`${state} ${error}`))
    const pulled: FeedMessage[] = []
    for await (const message of feed.messages({ channel: 'trades' })) pulled.push(message)
    expect(pulled.map(told)).toEqual(sent.slice(0, count).map(told))
    expect(pulled.every(({ backfilled }) => backfilled === true)).toBe(true)
    await until(() => states.length === 2)
    expect(states).toEqual(['closing null', 'closed null'])
    const said = saidOf(all)
    expect(said.filter((text) => text.includes('everything that was asked for is told, until'))).toHaveLength(2)
    expect(all.at(-1)).toMatchObject({ type: MessageType.Other })
    expect(said.at(-1)).toContain('The replay has ended')
    expect(feed.getPerformanceMetrics().gaps).toBe(0)
  })

  test('is replayed in pieces that have nothing in common and leave nothing out, while it is being kept', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const sent = tradesOf(source)
    await scene.relay(source, kept)
    await scene.trade(3)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const time = Date.now()
    await scene.trade(2)
    const pieces: unknown[] = []
    for (const [from, to] of [
      ['first', { time }],
      [{ time }, 'last'],
    ] as const) {
      const { feed } = await replay(scene, from, ['trades'], to)
      for await (const message of feed.messages({ channel: 'trades' })) pieces.push(told(message))
    }
    expect(pieces).toEqual(sent.slice(0, pieces.length).map(told))
    expect(pieces.length).toBeGreaterThan(3)
  })

  test('is refused where nobody keeps it, and where a sequence number is of several channels', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    await scene.relay(source)
    await expect(replay(scene, 'first', ['trades'])).rejects.toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED' })
    const elsewhere = scene.follow({ symbols: [btc], from: 'first', prefix: 'elsewhere' })
    await expect(elsewhere).rejects.toMatchObject({ code: 'ERR_NO_RELAY' })
    const refused = replay(scene, { sequence: 1 }, wanted.channels)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
    await expect(scene.follow({ symbols: [btc], to: 'last' })).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
  })
})
