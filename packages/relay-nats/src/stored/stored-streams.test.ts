import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../../../../tools/nats-server.js'
import { accountStream, ensureStored, marketStream } from './stored-streams.js'

describe('what JetStream streams are called, and keep', () => {
  it('is one of all accounts of an exchange, and one of each channel of its market data', () => {
    expect(accountStream('tapewire.acme_spot')).toEqual({
      name: 'TAPEWIRE_acme_spot_ACCOUNT',
      kind: 'account',
      subjects: ['tapewire.acme_spot.orders.*', 'tapewire.acme_spot.executions.*', 'tapewire.acme_spot.balances.*'],
    })
    expect(marketStream('tapewire.acme_spot', 'trades')).toEqual({
      name: 'TAPEWIRE_acme_spot_TRADES',
      kind: 'market',
      subjects: ['tapewire.acme_spot.trades.>'],
    })
  })

  it('holds nothing in a name that JetStream does not take', () => {
    expect(accountStream('my.prefix.acme%2Espot').name).toBe('MY_prefix_acme-2Espot_ACCOUNT')
  })
})

describe.skipIf(!hasNatsServer)('making a JetStream stream', () => {
  let server: NatsServer
  let manager: JetStreamManager
  let close: () => Promise<void>

  beforeAll(async () => {
    server = await NatsServer.start()
    const connection = await connect({ servers: server.url, reconnect: false })
    manager = await jetstreamManager(connection)
    close = () => connection.close()
  })

  afterAll(async () => {
    await close()
    await server[Symbol.asyncDispose]()
  })

  it('keeps it on disk, bounded in age and bytes', async () => {
    const stream = accountStream('tapewire.one')
    await ensureStored(manager, stream, { maxAgeMs: 60_000, maxBytes: 1_000_000 })
    const { config } = await manager.streams.info(stream.name)
    expect(config).toMatchObject({
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      max_age: 60_000_000_000,
      max_bytes: 1_000_000,
      num_replicas: 1,
      duplicate_window: 60_000_000_000,
    })
  })

  it('leaves one alone that is as it should be', async () => {
    const stream = accountStream('tapewire.two')
    await ensureStored(manager, stream)
    const { created } = await manager.streams.info(stream.name)
    await ensureStored(manager, stream)
    expect((await manager.streams.info(stream.name)).created).toBe(created)
  })

  it('says what is different about one that exists, and changes it only when asked to', async () => {
    const stream = marketStream('tapewire.three', 'trades')
    await ensureStored(manager, stream, { maxBytes: 1_000_000 })
    const refused = ensureStored(manager, stream, { maxBytes: 2_000_000 })
    await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(`
      [StreamError: TAPEWIRE_three_TRADES exists in NATS with other settings.  [ERR_INVALID_CONFIG]
      Differences: max_bytes is 1000000, not 2000000
      Ask for what it has, or for \`update: true\` to have it changed.]
    `)
    expect((await manager.streams.info(stream.name)).config.max_bytes).toBe(1_000_000)
    await ensureStored(manager, stream, { maxBytes: 2_000_000, update: true })
    expect((await manager.streams.info(stream.name)).config.max_bytes).toBe(2_000_000)
  })

  it('says what the server does not accept', async () => {
    const refused = ensureStored(manager, accountStream('tapewire.four'), { replicas: 3 })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
  })
})
