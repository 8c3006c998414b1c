import { JetStreamApiError, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { type KV, type KvEntry, Kvm, type KvWatchEntry } from '@nats-io/kv'
import { type NatsConnection, nanos, type QueuedIterator } from '@nats-io/nats-core'
import { type Clock, StreamError, type Timer } from '@tapewire/core'
import { sleep, toStreamError } from '@tapewire/core/adapter'
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
/** How long a server may take to say that it keeps the tables, ms: where it is asked once, and where it is asked again. In an election nobody answers, and a new request is what finds the leader. */
const [firstAnswerMs, retriedAnswerMs] = [5_000, 1_500]
/** How long a table is followed at least before it is read anew, ms. */
const leastFollowMs = 1_000
/** The server's own default: how long it knows a message that is sent twice, ms. */
const longestDuplicateWindowMs = 120_000
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

  /** Rejects where the first connection fails, and with `ERR_INVALID_CONFIG` where the server keeps nothing. */
  async open(): Promise<void> {
    await this.#attach(await this.#parts.connect(), firstAnswerMs)
  }

  /**
   * As `open`, and where NATS is away or a cluster has no leader, again until it is there: the first failure is told. Rejects where trying again does not help, and with the reason of
   * `signal` where that ends it.
   */
  async openPatiently(signal: AbortSignal | undefined, onAway: (error: StreamError) => void): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted()
      try {
        await this.#attach(await this.#parts.connect(), retriedAnswerMs)
        return
      } catch (thrown) {
        if (thrown instanceof StreamError && !thrown.retryable) throw thrown
        const why = thrown instanceof JetStreamApiError ? `: ${thrown.message}` : ''
        if (attempt === 0)
          onAway(toStreamError(thrown, 'ERR_CONNECTION_CLOSED', `NATS is not ready for a group${why}.`))
      }
      await sleep(this.#parts.clock, reconnectMs, signal)
    }
  }

  /** Has the buckets kept as they are wanted now, where a group of other terms made them: for a member that is in the group. Rejects where the server cannot, or does not say. */
  async fit(): Promise<void> {
    const { leaseMs, replicas } = this.#parts
    await this.#members.keep(replicas, leaseMs)
    await this.#shares.keep(replicas, null)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#members.use(null)
    this.#shares.use(null)
    await this.#connection?.close()
  }

  async #attach(connection: NatsConnection, answerMs: number): Promise<void> {
    const { name, leaseMs, replicas } = this.#parts
    try {
      const patient = new Kvm(jetstream(connection, { timeout: answerMs }))
      const common = { replicas, history: 1, allow_direct: false } as const
      await patient.create(`${name}-members`, { ...common, ttl: leaseMs })
      await patient.create(`${name}-shares`, common)
      // An answer that takes longer than the time between two renewals is as good as none.
      const prompt = jetstream(connection, { timeout: Math.max(100, leaseMs / 4) })
      const buckets = new Kvm(prompt)
      const manager = await prompt.jetstreamManager(false)
      const members = await buckets.open(`${name}-members`, { allow_direct: false })
      const shares = await buckets.open(`${name}-shares`, { allow_direct: false })
      if (this.#isClosed) throw new StreamError('ERR_CLOSED', 'The group is closed.')
      this.#connection = connection
      this.#members.use({ bucket: members, name: `${name}-members`, manager })
      this.#shares.use({ bucket: shares, name: `${name}-shares`, manager })
    } catch (thrown) {
      const isWithout = hasNoJetStream(connection, thrown)
      await connection.close()
      throw isWithout ? noJetStream() : thrown
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
        .then((connection) => this.#attach(connection, retriedAnswerMs))
        .catch(() => this.#tryAgain())
    })
  }
}

/** A cluster that elects answers as a server does that has no JetStream; what a server says of itself tells the two apart. */
export function hasNoJetStream({ info }: Pick<NatsConnection, 'info'>, thrown: unknown): boolean {
  if (!(thrown instanceof Error) || thrown.name !== 'JetStreamNotEnabled') return false
  return info?.jetstream !== true && info?.cluster === undefined
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

interface Reached {
  readonly bucket: KV
  readonly name: string
  readonly manager: JetStreamManager
}

/** One bucket, over whichever connection there is. */
class NatsTable implements KeyTable {
  readonly #listeners = new Set<TableListener>()
  readonly #follows = new Set<QueuedIterator<KvWatchEntry>>()
  readonly #clock: Clock
  readonly #followMs: number
  #reached: Reached | null = null

  constructor(clock: Clock, followMs: number) {
    this.#clock = clock
    this.#followMs = followMs
  }

  /** From here on this one; null where there is none. */
  use(reached: Reached | null): void {
    this.#reached = reached
    for (const follow of this.#follows) follow.stop()
    this.#follows.clear()
    if (reached !== null) for (const listener of this.#listeners) void this.#follow(reached.bucket, listener)
  }

  async get(key: string): Promise<KeyEntry | null> {
    return entryOf(await this.#there.bucket.get(key))
  }

  /** What was removed leaves a mark under its key, so each is asked for. */
  async keys(): Promise<readonly string[]> {
    const { name, manager } = this.#there
    const stream = `KV_${name}`
    const prefix = `$KV.${name}.`
    const { state } = await manager.streams.info(stream, { subjects_filter: `${prefix}>` })
    const known = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length))
    const entries = await Promise.all(known.map((key) => this.get(key)))
    return known.filter((_, index) => entries[index] !== null)
  }

  /** With so many copies, and forgetting what is older than `maxAgeMs`; null forgets nothing. */
  async keep(replicas: number, maxAgeMs: number | null): Promise<void> {
    const { name, manager } = this.#there
    const stream = `KV_${name}`
    const { config } = await manager.streams.info(stream)
    const maxAge = maxAgeMs === null ? 0 : nanos(maxAgeMs)
    if (config.num_replicas === replicas && config.max_age === maxAge) return
    // No longer than what is kept, as the server wants it.
    const window = maxAge === 0 ? config.duplicate_window : Math.min(maxAge, nanos(longestDuplicateWindowMs))
    await manager.streams.update(stream, { num_replicas: replicas, max_age: maxAge, duplicate_window: window })
  }

  create(key: string, value: string): Promise<number | null> {
    return compared(() => this.#there.bucket.create(key, value))
  }

  update(key: string, value: string, revision: number): Promise<number | null> {
    return compared(() => this.#there.bucket.update(key, value, revision))
  }

  async remove(key: string): Promise<void> {
    await this.#there.bucket.delete(key)
  }

  follow(listener: TableListener): () => void {
    this.#listeners.add(listener)
    if (this.#reached !== null) void this.#follow(this.#reached.bucket, listener)
    return () => this.#listeners.delete(listener)
  }

  get #there(): Reached {
    if (this.#reached === null) throw new StreamError('ERR_CONNECTION_CLOSED', 'There is no connection to NATS.')
    return this.#reached
  }

  /**
   * Tells what is there and what comes, until the connection ends. It begins anew after `followMs`, too: what follows a bucket lives on one server of a cluster, and says nothing where
   * that one dies.
   */
  async #follow(bucket: KV, listener: TableListener): Promise<void> {
    const isWanted = (): boolean => this.#reached?.bucket === bucket && this.#listeners.has(listener)
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
