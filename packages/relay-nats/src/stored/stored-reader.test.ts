import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { systemClock, systemRandom } from '@tapewire/core/adapter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../../../../tools/nats-server.js'
import { NatsStoreLink } from './nats-store-link.js'
import { ReadMemory } from './read-memory.js'
import { StoredPublisher } from './stored-publisher.js'
import type { StoredEnd, StoredStart } from './stored-range.js'
import { StoredReader } from './stored-reader.js'
import { accountStream, ensureStored } from './stored-streams.js'

let lastExchange = 0

/** An account of its own, with what is read of it. */
async function openAccount(connection: NatsConnection) {
  lastExchange += 1
  const base = `tapewire.acme_${lastExchange}`
  const stream = accountStream(base)
  await ensureStored(await jetstreamManager(connection), stream)
  const link = new NatsStoreLink(stream.name)
  link.use(connection)
  const publisher = new StoredPublisher({
    link,
    clock: systemClock,
    random: systemRandom,
    maxWaitingBytes: 1_048_576,
    leastWorthFirst: [],
    tellLoss: ({ subject }) => ({ subject, id: 'loss', payload: new Uint8Array(), receivedAt: 0 }),
    onFault: () => {},
  })
  const subject = `${base}.orders.main`
  return {
    stream: stream.name,
    subject,
    publish(...ids: readonly string[]): Promise<void> {
      for (const id of ids) publisher.publish({ subject, id, payload: Buffer.from(id), receivedAt: 0 })
      return publisher.idle()
    },
    async read(start: StoredStart, memory = new ReadMemory(), end: StoredEnd | null = null) {
      const told: string[] = []
      const waiters: { count: number; resolve: () => void }[] = []
      const tell = (what: string): void => {
        told.push(what)
        for (const { count, resolve } of waiters) if (told.length >= count) resolve()
      }
      const reader = await StoredReader.open({
        connection,
        stream: stream.name,
        subject,
        start,
        end,
        memory,
        clock: systemClock,
        listener: {
          onRecord: ({ payload }) => tell(Buffer.from(payload).toString()),
          onLost: (from, to) => tell(`lost ${from} to ${to}`),
          onCaughtUp: () => tell('caught up'),
          onEnd: () => tell('ended'),
        },
      })
      reader.begin()
      return {
        reader,
        told,
        until: (count: number): Promise<void> =>
          told.length >= count ? Promise.resolve() : new Promise((resolve) => waiters.push({ count, resolve })),
      }
    },
  }
}

describe.skipIf(!hasNatsServer)('reading what is stored', () => {
  let server: NatsServer
  let connection: NatsConnection

  beforeAll(async () => {
    server = await NatsServer.start()
    connection = await connect({ servers: server.url, reconnect: false })
  })

  afterAll(async () => {
    await connection.close()
    await server[Symbol.asyncDispose]()
  })

  it('begins with what comes from now on, with a sequence, or with a time, and goes over into what comes live', async () => {
    const account = await openAccount(connection)
    await account.publish('a', 'b')
    const time = Date.now() + 20
    while (Date.now() < time) await connection.flush()
    await account.publish('c')
    const fresh = await account.read('new')
    const second = await account.read({ sequence: 2 })
    const timed = await account.read({ time })
    await Promise.all([second.until(3), timed.until(2)])
    await account.publish('d')
    await Promise.all([fresh.until(2), second.until(4), timed.until(3)])
    expect(fresh.told).toEqual(['caught up', 'd'])
    expect(second.told).toEqual(['b', 'c', 'caught up', 'd'])
    expect(timed.told).toEqual(['c', 'caught up', 'd'])
    for (const { reader } of [fresh, second, timed]) reader.close()
  })

  it('ends before a sequence or a time, or after what is stored last, whatever comes meanwhile', async () => {
    const account = await openAccount(connection)
    await account.publish('a', 'b')
    const time = Date.now() + 20
    while (Date.now() < time) await connection.flush()
    await account.publish('c', 'd')
    const ends = [{ sequence: 3 }, { time }, 'last', { sequence: 5 }] as const
    const all = await Promise.all(ends.map((end) => account.read('first', new ReadMemory(), end)))
    await account.publish('e')
    const fresh = await account.read('first', new ReadMemory(), 'last')
    await Promise.all([...all, fresh].map(({ until }, index) => until([3, 3, 5, 5, 6][index] ?? 0)))
    await connection.flush()
    const [before, all4] = [
      ['a', 'b', 'caught up'],
      ['a', 'b', 'c', 'd', 'caught up'],
    ]
    expect(all.map(({ told }) => told)).toEqual([before, before, all4, all4])
    expect(fresh.told).toEqual(['a', 'b', 'c', 'd', 'e', 'caught up'])
  })

  it('ends where it was to end at first, over readers, and at once where nothing is left', async () => {
    const account = await openAccount(connection)
    const memory = new ReadMemory()
    await account.publish('a', 'b')
    const before = await account.read('first', memory, 'last')
    await before.until(3)
    await account.publish('c')
    const after = await account.read('first', memory, 'last')
    await after.until(1)
    expect([before.told, after.told]).toEqual([['a', 'b', 'caught up'], ['caught up']])
  })

  it('is refused where it is to end behind what is stored', async () => {
    const account = await openAccount(connection)
    await account.publish('a', 'b')
    await expect(account.read('first', new ReadMemory(), { sequence: 4 })).rejects.toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      shortMessage: expect.stringMatching(/was to be read until 4, and what is stored last is 2/),
    })
  })

  it('goes on where it was, and tells nothing twice', async () => {
    const account = await openAccount(connection)
    const memory = new ReadMemory()
    await account.publish('a')
    const before = await account.read({ sequence: 1 }, memory)
    await before.until(2)
    before.reader.close()
    await account.publish('b', 'c')
    const after = await account.read({ sequence: 1 }, memory)
    await after.until(3)
    expect(after.told).toEqual(['b', 'c', 'caught up'])
    after.reader.close()
  })

  it('says what was removed before it was read', async () => {
    const account = await openAccount(connection)
    const memory = new ReadMemory()
    await account.publish('a')
    const before = await account.read({ sequence: 1 }, memory)
    await before.until(2)
    before.reader.close()
    await account.publish('b', 'c', 'd')
    await (await jetstreamManager(connection)).streams.purge(account.stream, { seq: 4 })
    const after = await account.read('new', memory)
    await after.until(3)
    expect(after.told).toEqual(['lost 2 to 4', 'd', 'caught up'])
    after.reader.close()
  })

  it('takes a store whose numbers start over for another one: what it had is lost, what it has is new', async () => {
    const account = await openAccount(connection)
    const memory = new ReadMemory()
    await account.publish('a', 'b', 'c')
    const before = await account.read({ sequence: 1 }, memory)
    await before.until(4)
    before.reader.close()
    const manager = await jetstreamManager(connection)
    const { config } = await manager.streams.info(account.stream)
    await manager.streams.delete(account.stream)
    await manager.streams.add(config)
    await account.publish('d')
    const after = await account.read('new', memory)
    await after.until(3)
    expect(after.told).toEqual(['lost 4 to 1', 'd', 'caught up'])
    after.reader.close()
  })

  it('holds back while it is paused', async () => {
    const account = await openAccount(connection)
    const { reader, told, until } = await account.read('new')
    reader.pause()
    await account.publish('a', 'b')
    await connection.flush()
    expect(told).toEqual(['caught up'])
    reader.resume()
    await until(3)
    expect(told).toEqual(['caught up', 'a', 'b'])
    reader.close()
  })

  it('tells a record once that was stored twice because the server had forgotten its id', async () => {
    const account = await openAccount(connection)
    const memory = new ReadMemory()
    await account.publish('a')
    const manager = await jetstreamManager(connection)
    await manager.streams.update(account.stream, { duplicate_window: 100_000_000 })
    const { read } = account
    const { told, until, reader } = await read({ sequence: 1 }, memory)
    // Until the server stores the id again.
    for (let stored = 1; stored === 1; ) {
      await account.publish('a')
      stored = (await manager.streams.info(account.stream)).state.messages
    }
    await account.publish('b')
    await until(3)
    expect(told).toEqual(['a', 'caught up', 'b'])
    expect(memory.repeated).toBe(1)
    reader.close()
    // Neither does a process that starts anew after the first.
    const later = await read({ sequence: 2 })
    await later.until(2)
    expect(later.told).toEqual(['b', 'caught up'])
    later.reader.close()
  })

  it('is refused where nothing of the kind is stored', async () => {
    const memory = new ReadMemory()
    const listener = { onRecord: () => {}, onLost: () => {}, onCaughtUp: () => {}, onEnd: () => {} }
    const opening = StoredReader.open({
      connection,
      stream: 'NOTHING',
      subject: 'nothing',
      start: 'new',
      end: null,
      memory,
      listener,
      clock: systemClock,
    })
    await expect(opening).rejects.toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED' })
  })
})
