import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { StreamError } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { readHeader } from '../src/encoding.js'
import { btc, eth, gateio, RelayScene, until } from './support/scene.js'

const wanted = { symbols: [btc, eth], channels: ['orderbook', 'trades'] } as const
const trades = 'TAPEWIRE_gateio_spot_TRADES'
const books = 'TAPEWIRE_gateio_spot_ORDERBOOK'

/** What JetStream says, over a connection of its own. */
async function storeOf(scene: RelayScene) {
  const connection = await connect({ servers: scene.nats.url })
  const manager = await jetstreamManager(connection)
  return { connection, manager, [Symbol.asyncDispose]: () => connection.close() }
}

describe.skipIf(!hasNatsServer)('market data that NATS keeps', () => {
  test('is what consumers hear, frame by frame, within its age and bytes; a channel that is not named is not kept', async () => {
    await using scene = await RelayScene.open(gateio)
    await using store = await storeOf(scene)
    const source = await scene.feed(wanted)
    const heard: Uint8Array[] = []
    store.connection.subscribe('tapewire.gateio_spot.trades.>', { callback: (_, { data }) => void heard.push(data) })
    await store.connection.flush()
    const marketRetention = { channels: ['trades'], maxAgeMs: 60_000, maxBytes: 1_000_000 } as const
    const relay = await scene.relay(source, { marketRetention })
    await scene.trade(3)
    await relay.ownershipChanged()
    const { config, state } = await store.manager.streams.info(trades, { subjects_filter: '>' })
    expect(config).toMatchObject({
      subjects: ['tapewire.gateio_spot.trades.>'],
      max_age: 60_000_000_000,
      max_bytes: 1_000_000,
      storage: 'file',
    })
    expect(Object.keys(state.subjects ?? {}).sort()).toEqual([
      'tapewire.gateio_spot.trades.BTC/USDT',
      'tapewire.gateio_spot.trades.ETH/USDT',
    ])
    const consumer = await jetstream(store.connection).consumers.get(trades, { deliver_policy: DeliverPolicy.All })
    const kept: Uint8Array[] = []
    for await (const { data, info } of await consumer.consume()) {
      kept.push(data)
      if (info.pending === 0) break
    }
    expect(kept.length).toBeGreaterThan(3)
    expect(heard.slice(0, kept.length)).toEqual(kept)
    expect(kept.map((frame) => readHeader(frame)?.relay)).toEqual(kept.map(() => relay.id))
    await expect(store.manager.streams.info(books)).rejects.toThrow('stream not found')
    await until(() => (relay.metrics().market?.kept ?? 0) > 0)
    expect(relay.metrics().market?.failed).toBe(0)
  })

  test('of books says how they are kept, and the oldest gives way where there is more than is to be kept', async () => {
    await using scene = await RelayScene.open(gateio)
    await using store = await storeOf(scene)
    const source = await scene.feed(wanted)
    await scene.relay(source, { marketRetention: { channels: ['orderbook'], maxBytes: 20_000 } })
    const { config } = await store.manager.streams.info(books)
    expect(JSON.parse(config.description ?? '')).toMatchObject({ version: 1, exchange: 'gateio_spot' })
    let first = 1
    while (first === 1) {
      await scene.trade(1)
      const { state } = await store.manager.streams.info(books)
      expect(state.bytes).toBeLessThanOrEqual(20_000)
      first = state.first_seq
    }
  })

  test('is told of once where NATS does not keep it any more, and nothing else is the worse for it', async () => {
    await using scene = await RelayScene.open(gateio)
    await using store = await storeOf(scene)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source, { marketRetention: { channels: ['trades'] } })
    const errors: StreamError[] = []
    relay.on('error', (error) => errors.push(error))
    await store.manager.streams.delete(trades)
    while ((relay.metrics().market?.failed ?? 0) < 2) await scene.trade(1)
    expect(errors.map(({ code, shortMessage }) => `${code} ${shortMessage}`)).toEqual([
      'ERR_NOT_SENT NATS does not keep market data that it is to keep.',
    ])
    expect(relay.metrics().droppedRecords).toBe(0)
  })

  test('that is kept with other limits already is refused, unless they are to be changed', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const channels = ['trades'] as const
    await scene.relay(source, { marketRetention: { channels, maxBytes: 1_000_000 } })
    const other = { channels, maxBytes: 2_000_000 }
    await expect(scene.relay(source, { marketRetention: other })).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
    await scene.relay(source, { marketRetention: { ...other, update: true } })
  })

  test('is refused where the server has no JetStream, and where no such channel can be kept', async () => {
    await using scene = await RelayScene.open(gateio, { isWithoutJetStream: true })
    const source = await scene.feed(wanted)
    const refused = scene.relay(source, { marketRetention: { channels: ['trades'] } })
    await expect(refused).rejects.toThrow('NATS keeps nothing: it runs without JetStream.')
    await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
    const channels = ['orders'] as never
    await expect(scene.relay(source, { marketRetention: { channels } })).rejects.toThrow('marketRetention')
  })
})
