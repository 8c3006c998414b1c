import type { Log } from '../config/logger.js'
import { ConnectionState } from '../model/connection-state.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import type { LinkEnvironment } from './link-owner.js'
import type { OperationOutcome } from './operation.js'
import { Shard, type ShardOwner } from './shard.js'
import { placeStreams } from './shard-planner.js'

/** What a pool needs beside what its connections share. */
export interface ShardPoolParts {
  readonly environment: LinkEnvironment
  readonly owner: ShardOwner
  readonly log: Log
  /** These streams are carried by no connection any more. */
  readonly onUncarried: (streams: readonly Stream[]) => void
}

/** The connections of one manager: as many as its streams ask for, each stream on one of them and never moved. */
export class ShardPool {
  readonly #parts: ShardPoolParts
  #shards: readonly Shard[] = []
  /** Being closed, and no longer counted. */
  readonly #leaving = new Set<Shard>()
  #count = 0
  #isClosed = false

  constructor(parts: ShardPoolParts) {
    this.#parts = parts
  }

  get shards(): readonly Shard[] {
    return this.#shards
  }

  /** Every stream that a connection carries. */
  get wanted(): readonly Stream[] {
    return this.#shards.flatMap((shard) => shard.wanted)
  }

  /** The first connection that is up. */
  get connected(): Shard | undefined {
    return this.#shards.find(({ state }) => state === ConnectionState.Connected)
  }

  carrierOf(stream: Stream): Shard | undefined {
    return this.#shards.find((shard) => shard.has(stream.id))
  }

  /** Puts streams on connections, new ones where there is no room, and waits for the exchange's answers. */
  async subscribe(streams: readonly Stream[]): Promise<readonly OperationOutcome[]> {
    const { existing, fresh } = placeStreams(streams, this.#shards, this.#parts.environment.strategies.limits)
    // What is on its way already is waited for as well.
    const known = this.#shards.map((shard) => ({ shard, streams: streams.filter((stream) => shard.has(stream.id)) }))
    return Promise.all([
      ...known.filter((part) => part.streams.length > 0).map((part) => this.#subscribeOn(part.shard, part.streams)),
      ...existing.map((part) => this.#subscribeOn(part.shard, part.streams)),
      ...fresh.map((batch) => this.#open(batch)),
    ])
  }

  /** Takes streams off their connections, and closes those that are left empty. */
  async unsubscribe(streams: readonly Stream[]): Promise<readonly OperationOutcome[]> {
    const outcomes = await Promise.all(
      this.#shards.map((shard) => shard.unsubscribe(streams.filter((stream) => shard.has(stream.id)))),
    )
    await this.#closeEmpty()
    return outcomes
  }

  /** Ends every connection, those that are leaving included. They stay where they are: their counters can still be read. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#shards, ...this.#leaving].map((shard) => shard.close()))
  }

  /** Ends every connection, and starts over without any. */
  clear(): Promise<void> {
    return this.#drop(this.#shards)
  }

  /** What comes of it is noted here, whatever becomes of the other parts of the request: a stream that no connection carries is not expected any more. */
  async #subscribeOn(shard: Shard, streams: readonly Stream[]): Promise<OperationOutcome> {
    try {
      return await shard.subscribe(streams)
    } finally {
      this.#noteUncarried(streams)
    }
  }

  /** One more connection for these streams. Where it cannot be made, nothing of it is left. */
  async #open(streams: readonly Stream[]): Promise<OperationOutcome> {
    const shard = this.#add()
    // The room is taken before anything is awaited, so that a concurrent call does not place into it.
    const subscribed = this.#subscribeOn(shard, streams)
    try {
      const [outcome] = await Promise.all([subscribed, shard.open()])
      return outcome
    } catch (thrown) {
      // Unsubscribed and closed again before it was open: that is what was asked for.
      if (!this.#isClosed && !this.#shards.includes(shard)) return subscribed
      await this.#drop([shard])
      this.#noteUncarried(streams)
      throw thrown
    }
  }

  #add(): Shard {
    const { environment, owner, log } = this.#parts
    this.#count += 1
    const id = `${environment.strategies.exchange}#${this.#count}`
    const shard = new Shard(id, environment, owner, log.child({ connectionId: id }))
    this.#shards = [...this.#shards, shard]
    return shard
  }

  async #drop(shards: readonly Shard[]): Promise<void> {
    this.#shards = this.#shards.filter((shard) => !shards.includes(shard))
    for (const shard of shards) this.#leaving.add(shard)
    await Promise.all(shards.map((shard) => shard.close()))
    for (const shard of shards) this.#leaving.delete(shard)
  }

  /** The last connection stays, if it is of any use. */
  async #closeEmpty(): Promise<void> {
    const empty = this.#shards.filter((shard) => shard.size === 0)
    const kept = empty.length === this.#shards.length ? empty.find((shard) => shard.isOpen) : undefined
    await this.#drop(empty.filter((shard) => shard !== kept))
  }

  #noteUncarried(streams: readonly Stream[]): void {
    this.#parts.onUncarried(streams.filter((stream) => this.carrierOf(stream) === undefined))
  }
}
