import { JetStreamApiError, jetstream } from '@nats-io/jetstream'
import { type KV, type KvEntry, Kvm, type KvWatchEntry } from '@nats-io/kv'
import type { NatsConnection, QueuedIterator } from '@nats-io/nats-core'
import { type Clock, StreamError, type Timer } from '@tapewire/core'
import type { KeyEntry, KeyTable, TableListener } from './key-table.js'

/** What the tables of a group stand on. */
export interface NatsTablesParts {
  /** Part of the names of the buckets: letters, digits, `-` and `_`. */
  readonly name: string
  readonly leaseMs: number
  /** Servers that hold a copy each: 1, 3 or 5. */
  readonly replicas: number
  readonly clock: Clock
  connect(): Promise<NatsConnection>
}

/** How long a lost connection stays so before it is tried again, ms. */
const reconnectMs = 250
/** How long a table is followed at least before it is read anew, ms. */
const leastFollowMs = 1_000
/** The server's code for a compare-and-set that found another revision. */
const wrongRevision = 10_071

/** The tables of a group in NATS's KV: its members, which are forgotten `leaseMs` after they last said that they live, and its shares, which are not. Its connection comes back for ever. */
export class NatsTables {
  readonly members: KeyTable
  readonly shares: KeyTable
  readonly #parts: NatsTablesParts
  readonly #members: NatsTable
  readonly #shares: NatsTable
  #connection: NatsConnection | null = null
  #timer: Timer | null = null
  #isClosed = false

  constructor(parts: NatsTablesParts) {
    this.#parts = parts
    const followMs = Math.max(leastFollowMs, parts.leaseMs)
    this.#members = new NatsTable(parts.clock, followMs)
    this.#shares = new NatsTable(parts.clock, followMs)
    this.members = this.#members
    this.shares = this.#shares
  }

  /** Rejects where the first connection fails, and with `ERR_INVALID_CONFIG` where the group has another lease. */
  async open(): Promise<void> {
    await this.#attach(await this.#parts.connect())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#members.use(null)
    this.#shares.use(null)
    await this.#connection?.close()
  }

  async #attach(connection: NatsConnection): Promise<void> {
    const { name, leaseMs, replicas } = this.#parts
    try {
      const patient = new Kvm(jetstream(connection))
      const common = { replicas, history: 1, allow_direct: false } as const
      const made = await patient.create(`${name}-members`, { ...common, ttl: leaseMs })
      await patient.create(`${name}-shares`, common)
      const { ttl } = await made.status()
      if (ttl !== leaseMs) throw otherLease(ttl, leaseMs)
      // An answer that takes longer than the time between two renewals is as good as none.
      const buckets = new Kvm(jetstream(connection, { timeout: Math.max(100, leaseMs / 4) }))
      const members = await buckets.open(`${name}-members`, { allow_direct: false })
      const shares = await buckets.open(`${name}-shares`, { allow_direct: false })
      if (this.#isClosed) throw new StreamError('ERR_CLOSED', 'The group is closed.')
      this.#connection = connection
      this.#members.use(members)
      this.#shares.use(shares)
    } catch (thrown) {
      await connection.close()
      throw thrown instanceof Error && thrown.name === 'JetStreamNotEnabled' ? noJetStream() : thrown
    }
    void connection.closed().then(() => this.#detach(connection))
  }

  #detach(connection: NatsConnection): void {
    if (this.#connection !== connection || this.#isClosed) return
    this.#connection = null
    this.#members.use(null)
    this.#shares.use(null)
    this.#tryAgain()
  }

  #tryAgain(): void {
    if (this.#isClosed) return
    this.#timer = this.#parts.clock.setTimer(reconnectMs, () => {
      this.#parts
        .connect()
        .then((connection) => this.#attach(connection))
        .catch(() => this.#tryAgain())
    })
  }
}

function noJetStream(): StreamError {
  return new StreamError(
    'ERR_INVALID_CONFIG',
    'The nats-server has no JetStream, in which a group keeps who has what.',
    {
      hint: 'Start it with -js, or with jetstream {} in its configuration.',
    },
  )
}

/** One bucket, over whichever connection there is. */
class NatsTable implements KeyTable {
  readonly #listeners = new Set<TableListener>()
  readonly #follows = new Set<QueuedIterator<KvWatchEntry>>()
  readonly #clock: Clock
  readonly #followMs: number
  #bucket: KV | null = null

  constructor(clock: Clock, followMs: number) {
    this.#clock = clock
    this.#followMs = followMs
  }

  /** From here on this one; null where there is none. */
  use(bucket: KV | null): void {
    this.#bucket = bucket
    for (const follow of this.#follows) follow.stop()
    this.#follows.clear()
    if (bucket !== null) for (const listener of this.#listeners) void this.#follow(bucket, listener)
  }

  async get(key: string): Promise<KeyEntry | null> {
    return entryOf(await this.#there.get(key))
  }

  create(key: string, value: string): Promise<number | null> {
    return compared(() => this.#there.create(key, value))
  }

  update(key: string, value: string, revision: number): Promise<number | null> {
    return compared(() => this.#there.update(key, value, revision))
  }

  async remove(key: string): Promise<void> {
    await this.#there.delete(key)
  }

  follow(listener: TableListener): () => void {
    this.#listeners.add(listener)
    if (this.#bucket !== null) void this.#follow(this.#bucket, listener)
    return () => this.#listeners.delete(listener)
  }

  get #there(): KV {
    if (this.#bucket === null) throw new StreamError('ERR_CONNECTION_CLOSED', 'There is no connection to NATS.')
    return this.#bucket
  }

  /**
   * Tells what is there and what comes, until the connection ends. It begins anew after `followMs`, too: what follows a bucket lives on one server of a cluster, and says nothing where
   * that one dies.
   */
  async #follow(bucket: KV, listener: TableListener): Promise<void> {
    const isWanted = (): boolean => this.#bucket === bucket && this.#listeners.has(listener)
    while (isWanted()) {
      try {
        const entries = await bucket.watch()
        this.#follows.add(entries)
        const renewal = this.#clock.setTimer(this.#followMs, () => entries.stop())
        // Where nothing is there, nothing says that this was all.
        if ((await bucket.status()).values === 0) listener.onLoaded()
        for await (const entry of entries) {
          if (!isWanted()) break
          listener.onEntry(entry.key, entryOf(entry))
          if (entry.isUpdate) listener.onLoaded()
        }
        renewal.cancel()
        this.#follows.delete(entries)
      } catch {
        // The connection ended, or the server is in an election: the next attempt says more.
        await new Promise<void>((resolve) => this.#clock.setTimer(reconnectMs, resolve))
      }
    }
  }
}

function entryOf(entry: KvEntry | null): KeyEntry | null {
  if (entry === null || entry.operation !== 'PUT') return null
  return { value: entry.string(), revision: entry.revision }
}

/** Null where the table holds another revision. */
async function compared(write: () => Promise<number>): Promise<number | null> {
  try {
    return await write()
  } catch (thrown) {
    if (thrown instanceof JetStreamApiError && thrown.code === wrongRevision) return null
    throw thrown
  }
}

function otherLease(ttlMs: number, leaseMs: number): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', 'The group has leases of another length.', {
    context: { Group: `${ttlMs} ms`, Wanted: `${leaseMs} ms` },
    hint: 'Every member of a group needs the same leaseMs (--lease); a group that nobody is in any more is begun anew under another name.',
  })
}
