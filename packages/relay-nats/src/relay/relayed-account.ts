import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock, StreamError } from '@tapewire/core'
import { sleep, systemClock, systemRandom, toStreamError } from '@tapewire/core/adapter'
import type { Ownership } from '../ownership.js'
import { AccountPublisher } from '../stored/account-publisher.js'
import type { RelayedStream, Subjects } from '../subjects.js'
import { defaultMaxBytes } from './backlog.js'
import type { RelayOptions } from './relay-options.js'

/** What the account of a relay is made of. */
export interface RelayedAccountParts {
  readonly options: RelayOptions
  readonly subjects: Subjects
  readonly relay: number
  /** Null where the account is published by whoever likes to. */
  readonly ownership: Ownership | null
  /** What the account is asked for by. */
  readonly relayed: RelayedStream
  readonly onLost: (events: number) => void
  readonly onError: (error: StreamError) => void
}

const defaultKeptMs = 30_000

/** The account of the feed that a relay publishes, over the connections that the relay has one after the other. */
export class RelayedAccount {
  readonly publisher: AccountPublisher
  readonly #clock: Clock
  readonly #onError: (error: StreamError) => void
  readonly #mayPublish: () => boolean
  #attaching: Promise<void> = Promise.resolve()

  constructor({ options, subjects, relay, ownership, relayed, onLost, onError }: RelayedAccountParts) {
    const { clock = systemClock, random = systemRandom, accountRetention = {}, whileAway } = options
    this.#clock = clock
    this.#onError = onError
    this.#mayPublish = () => ownership?.mayPublish?.(relayed) !== false
    this.publisher = new AccountPublisher({
      base: subjects.base,
      subjectOf: (channel) => subjects.data({ ...relayed, channel }),
      relay,
      retention: accountRetention,
      isSole: ownership !== null,
      keptMs: ownership?.keptMs ?? defaultKeptMs,
      mayPublish: this.#mayPublish,
      maxWaitingBytes: Math.max(1, whileAway?.maxBytes ?? defaultMaxBytes),
      clock,
      random,
      onLost,
      onError,
    })
  }

  /** Publishes over this connection until it ends. */
  attach(connection: NatsConnection): void {
    this.#attaching = this.publisher.attach(connection)
    this.#attaching.catch((thrown: unknown) =>
      this.#onError(toStreamError(thrown, 'ERR_NOT_SENT', 'NATS does not store the account.')),
    )
  }

  /** Resolves once the last connection stores the account; rejects where NATS does not store it so. */
  attached(): Promise<void> {
    return this.#attaching
  }

  /** What waits is stored first, where `isConnected` and it is still its own to publish, within a time. */
  async close(isConnected: boolean, timeoutMs: number): Promise<void> {
    const ended = new AbortController()
    const late = sleep(this.#clock, timeoutMs, ended.signal).catch(() => {})
    if (isConnected && this.#mayPublish()) await Promise.race([this.publisher.idle(), late])
    ended.abort()
    this.publisher.close()
  }
}
