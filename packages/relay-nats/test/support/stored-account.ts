import { setTimeout as sleep } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { connect } from '@nats-io/transport-node'
import { systemClock, systemRandom } from '@tapewire/core/adapter'
import { NatsStoreLink } from '../../src/stored/nats-store-link.js'
import { ReadMemory } from '../../src/stored/read-memory.js'
import { StoredPublisher, type StoredPublisherCounts } from '../../src/stored/stored-publisher.js'
import { StoredReader } from '../../src/stored/stored-reader.js'
import { accountStream, ensureStored, type RetentionOptions } from '../../src/stored/stored-streams.js'

const stream = accountStream('tapewire.acme_spot')
const subject = 'tapewire.acme_spot.executions.main'

/** How long a connection that was lost stays so, and how soon a silent one is found, ms. */
const reconnectMs = 20
const pingMs = 250

/** Makes the JetStream stream of the account; tried again until the cluster can. */
export async function openStore(servers: string | readonly string[], retention: RetentionOptions = {}): Promise<void> {
  for (;;) {
    const connection = await connectTo(servers)
    try {
      if (connection !== null) {
        // A cluster that has no leader yet does not answer at all.
        await ensureStored(await jetstreamManager(connection, { checkAPI: false, timeout: 500 }), stream, retention)
        return
      }
    } catch {
      await sleep(reconnectMs)
    } finally {
      await connection?.close()
    }
  }
}

/** What a relay does with an account: events that are their ids are published, over connections that come back. */
export class PublishedAccount {
  readonly #link = new NatsStoreLink(stream.name)
  readonly #publisher: StoredPublisher
  readonly #line: Line

  constructor(servers: string | readonly string[], maxWaitingBytes: number = 1_048_576) {
    this.#publisher = new StoredPublisher({
      link: this.#link,
      clock: systemClock,
      random: systemRandom,
      maxWaitingBytes,
      leastWorthFirst: [],
      tellLoss: ({ count }) => record(`lost ${count}`),
      onFault: () => {},
    })
    this.#line = new Line(servers, async (connection) => this.#link.use(connection))
  }

  publish(ids: readonly string[]): void {
    for (const id of ids) this.#publisher.publish(record(id))
  }

  idle(): Promise<void> {
    return this.#publisher.idle()
  }

  get counts(): StoredPublisherCounts {
    return this.#publisher.counts
  }

  get connection(): NatsConnection | null {
    return this.#line.connection
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#publisher.close()
    await this.#line.close()
  }
}

/** What a consumer does with it, over connections that come back. */
export class FollowedAccount {
  readonly told: string[] = []
  readonly memory: ReadMemory = new ReadMemory()
  readonly #line: Line
  #onTold: () => void = () => {}

  constructor(servers: string | readonly string[]) {
    this.#line = new Line(servers, async (connection) => {
      const reader = await StoredReader.open({
        connection,
        stream: stream.name,
        subject,
        start: { sequence: 1 },
        end: null,
        memory: this.memory,
        clock: systemClock,
        listener: {
          onRecord: ({ payload }) => this.#tell(Buffer.from(payload).toString()),
          onLost: (from, to) => this.#tell(`removed ${from} to ${to}`),
          onCaughtUp: () => {},
          onEnd: () => {},
        },
      })
      reader.begin()
    })
  }

  /** Resolves once so many events were told. */
  async until(count: number): Promise<void> {
    while (this.told.length < count) {
      await new Promise<void>((resolve) => {
        this.#onTold = resolve
      })
    }
  }

  get connection(): NatsConnection | null {
    return this.#line.connection
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#line.close()
  }

  #tell(what: string): void {
    this.told.push(what)
    this.#onTold()
  }
}

/** A connection that comes back until it is closed. */
class Line {
  connection: NatsConnection | null = null
  readonly #ended: Promise<void>
  #isClosed = false

  constructor(servers: string | readonly string[], use: (connection: NatsConnection) => Promise<void>) {
    this.#ended = this.#run(servers, use)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.connection?.close()
    await this.#ended
  }

  async #run(servers: string | readonly string[], use: (connection: NatsConnection) => Promise<void>): Promise<void> {
    while (!this.#isClosed) {
      const connection = await connectTo(servers)
      if (connection !== null) {
        this.connection = connection
        if (this.#isClosed) await connection.close()
        await use(connection).catch(() => connection.close())
        await connection.closed()
      }
      if (!this.#isClosed) await sleep(reconnectMs)
    }
  }
}

async function connectTo(servers: string | readonly string[]): Promise<NatsConnection | null> {
  const addresses = typeof servers === 'string' ? servers : [...servers]
  return connect({ servers: addresses, reconnect: false, pingInterval: pingMs, maxPingOut: 2, timeout: 1_000 }).catch(
    () => null,
  )
}

function record(id: string) {
  return { subject, id, payload: Buffer.from(id), receivedAt: 0 }
}
