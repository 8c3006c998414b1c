import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { startTcpProxy } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer, startCluster } from '../../../tools/nats-server.js'
import { FollowedAccount, openStore, PublishedAccount } from './support/stored-account.js'

/** Ids of so many events, from one number on. */
function events(count: number, first = 1): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(first + index))
}

describe.skipIf(!hasNatsServer).concurrent('events of an account are told once and in order', () => {
  it('where the server ends in the middle and starts again', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url)
    await using relay = new PublishedAccount(server.url)
    await using consumer = new FollowedAccount(server.url)
    for (const round of [0, 1, 2]) {
      relay.publish(events(200, round * 200 + 1))
      await consumer.until(round * 200 + 50)
      await server.stop(round === 1 ? 'SIGKILL' : 'SIGTERM')
      await server.restart()
    }
    await relay.idle()
    await consumer.until(600)
    expect(consumer.told).toEqual(events(600))
  })

  it('where acknowledgements are lost with their connection', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url)
    const proxy = await startTcpProxy({ target: { host: '127.0.0.1', port: server.port } })
    await using relay = new PublishedAccount(proxy.url.replace('tcp:', 'nats:'))
    await using consumer = new FollowedAccount(server.url)
    relay.publish(events(20))
    await Promise.all([relay.idle(), consumer.until(20)])
    // The server still hears the relay, which does not hear the server.
    proxy.faults.halfOpen('to-client')
    relay.publish(events(20, 21))
    await consumer.until(21)
    proxy.faults.heal()
    await relay.idle()
    await consumer.until(40)
    expect(consumer.told).toEqual(events(40))
    expect(relay.counts.duplicates).toBe(1)
    await proxy.close()
  })

  it('where two relays publish the account, one of them after a stall', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url)
    const proxy = await startTcpProxy({ target: { host: '127.0.0.1', port: server.port } })
    await using stalled = new PublishedAccount(proxy.url.replace('tcp:', 'nats:'))
    await using other = new PublishedAccount(server.url)
    await using consumer = new FollowedAccount(server.url)
    for (const relay of [stalled, other]) relay.publish(events(50))
    await Promise.all([stalled.idle(), other.idle()])
    // What it sends now arrives when the other one has long told it.
    proxy.faults.stall('to-server')
    stalled.publish(events(3, 51))
    other.publish(events(50, 51))
    await other.idle()
    proxy.faults.heal()
    stalled.publish(events(47, 54))
    await stalled.idle()
    await consumer.until(100)
    expect(consumer.told).toEqual(events(100))
    expect(stalled.counts.duplicates + other.counts.duplicates).toBe(100)
    await proxy.close()
  })

  it('where an event is stored twice because it was published again after the duplicate window', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url, { duplicateWindowMs: 100 })
    await using first = new PublishedAccount(server.url)
    await using consumer = new FollowedAccount(server.url)
    first.publish(events(3))
    await consumer.until(3)
    const manager = await jetstreamManager(first.connection as NatsConnection)
    for (let stored = 3; stored === 3; ) {
      await using late = new PublishedAccount(server.url)
      late.publish(events(3))
      await late.idle()
      stored = (await manager.streams.info('TAPEWIRE_acme_spot_ACCOUNT')).state.messages
    }
    first.publish(['4'])
    await consumer.until(4)
    expect(consumer.told).toEqual(events(4))
    expect(consumer.memory.repeated).toBeGreaterThan(0)
  })

  it('where the relay is cut off from NATS for a while, and where the consumer is', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url)
    const target = { host: '127.0.0.1', port: server.port }
    const [ofRelay, ofConsumer] = [await startTcpProxy({ target }), await startTcpProxy({ target })]
    await using relay = new PublishedAccount(ofRelay.url.replace('tcp:', 'nats:'))
    await using consumer = new FollowedAccount(ofConsumer.url.replace('tcp:', 'nats:'))
    relay.publish(events(10))
    await consumer.until(10)
    for (const [round, { proxy, cut }] of [
      { proxy: ofRelay, cut: relay },
      { proxy: ofConsumer, cut: consumer },
    ].entries()) {
      proxy.faults.halfOpen()
      relay.publish(events(10, round * 10 + 11))
      await cut.connection?.closed()
      proxy.faults.heal()
      await relay.idle()
      await consumer.until(round * 10 + 20)
    }
    expect(consumer.told).toEqual(events(30))
    await Promise.all([ofRelay.close(), ofConsumer.close()])
  })

  it('where one server of three is killed, the one that leads', { timeout: 60_000 }, async () => {
    const servers = await startCluster(3)
    const urls = servers.map(({ url }) => url)
    await openStore(urls, { replicas: 3 })
    await using relay = new PublishedAccount(urls)
    await using consumer = new FollowedAccount(urls)
    relay.publish(events(100))
    await consumer.until(100)
    const manager = await jetstreamManager(relay.connection as NatsConnection)
    const { cluster } = await manager.streams.info('TAPEWIRE_acme_spot_ACCOUNT')
    relay.publish(events(100, 101))
    await servers[Number(cluster?.leader?.slice(-1)) - 1]?.stop('SIGKILL')
    relay.publish(events(100, 201))
    await relay.idle()
    await consumer.until(300)
    expect(consumer.told).toEqual(events(300))
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  })

  it('or as lost in their place, where the server is away for longer than what waits may be', async () => {
    await using server = await NatsServer.start()
    await openStore(server.url)
    await using relay = new PublishedAccount(server.url, 20)
    await using consumer = new FollowedAccount(server.url)
    relay.publish(['1', '2'])
    await consumer.until(2)
    await server.stop()
    await relay.connection?.closed()
    relay.publish(events(40, 10))
    expect(relay.counts).toMatchObject({ dropped: 30, waiting: 11 })
    await server.restart()
    await consumer.until(13)
    expect(consumer.told).toEqual(['1', '2', 'lost 30', ...events(10, 40)])
  })
})
