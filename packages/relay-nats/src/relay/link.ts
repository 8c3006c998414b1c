import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { type Clock, StreamError, type Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import { Receipts, unanswered } from '../connect/receipts.js'
import { Backlog, type Kept, type WhileAway } from './backlog.js'

/** The first and the longest delay before NATS is tried again, ms. */
const firstDelayMs = 100
const longestDelayMs = 5_000

/** A server that has not said that it has this much takes nothing any more, bytes. */
const maxUnconfirmedBytes = 64 * 1024 * 1024

/** How the link is made, and who hears of it. */
export interface LinkParts {
  readonly clock: Clock
  readonly random: () => number
  readonly whileAway: WhileAway
  /** How often NATS is asked whether it has what was sent, ms: a connection on which it does not answer for three times as long is over. */
  readonly askIntervalMs: number
  connect(): Promise<NatsConnection>
  /** It is there, or there again. */
  onConnected(connection: NatsConnection): void
  onAway(error: StreamError): void
  /** Whether what waited for NATS may still be published: another may do that by now. */
  maySendLate(subject: string, frame: Uint8Array): boolean
  /** Records that nobody will get. */
  onLost(records: number): void
  onError(error: StreamError): void
}

interface Listening {
  readonly subject: string
  readonly queue: string | null
  readonly callback: (message: Msg) => void
  subscription: Subscription | null
}

/**
 * A connection to NATS that comes back by itself, for ever. What is published is kept, within bounds, until NATS says that it has it: what was on its way when a connection ended is sent again,
 * and whoever has it already knows it by its number.
 */
export class Link {
  readonly #parts: LinkParts
  readonly #backlog: Backlog
  readonly #listening = new Set<Listening>()
  #connection: NatsConnection | null = null
  #timer: Timer | null = null
  #failures = 0
  #isClosed = false
  #receipts: Receipts | null = null
  /** Records that were sent and could not be kept, up to this number: they are lost unless NATS says that it has them. */
  #unkept = 0
  #unkeptUntil = 0
  #connects = 0

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#backlog = new Backlog(parts.whileAway, (records, number) => this.#onUnkept(records, number))
  }

  get isConnected(): boolean {
    return this.#connection !== null
  }

  /** How often it came back. */
  get reconnects(): number {
    return Math.max(0, this.#connects - 1)
  }

  /** What waits for NATS to come back, bytes. */
  get waitingBytes(): number {
    return this.isConnected ? 0 : this.#backlog.bytes
  }

  /** The first attempt. Rejects with its error, and tries no further, unless `retry`. */
  async open(retry: boolean): Promise<void> {
    try {
      this.#attach(await this.#parts.connect())
    } catch (thrown) {
      if (!retry) throw thrown
      this.#fail(thrown)
    }
  }

  /** `records` is how many are lost where the frame is. Whoever keeps it says so to `reply`, where it is sent at once. */
  publish(subject: string, frame: Uint8Array, records: number, reply?: string): void {
    const [connection, receipts] = [this.#connection, this.#receipts]
    const kept = { subject, frame, records }
    if (connection === null || receipts === null) this.#backlog.add(kept)
    // NATS takes nothing: what is written would pile up in memory for ever.
    else if (receipts.unconfirmedBytes > maxUnconfirmedBytes) this.#parts.onLost(records)
    else this.#send(connection, receipts, kept, reply)
  }

  /** Resolves once NATS has everything that was published, or is away. */
  async confirmed(): Promise<void> {
    await this.#connection?.flush().catch(() => {})
  }

  /** Answers of the moment, and signs of life: of no use later. */
  publishNow(subject: string, frame: Uint8Array | string): void {
    try {
      this.#connection?.publish(subject, frame)
    } catch (thrown) {
      this.#report(thrown)
    }
  }

  /** Calls `callback` for what is published there, now and on every later connection, until the returned function is called. Of those of one `queue`, one alone hears. */
  listen(subject: string, queue: string | null, callback: (message: Msg) => void): () => void {
    const listening: Listening = { subject, queue, callback, subscription: null }
    this.#listening.add(listening)
    if (this.#connection !== null) this.#subscribe(this.#connection, listening)
    return () => {
      this.#listening.delete(listening)
      if (this.#connection !== null) listening.subscription?.unsubscribe()
    }
  }

  /** Resolves when what was published is with NATS, where it is there, and nothing is left. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#timer?.cancel()
    this.#receipts?.end()
    const connection = this.#connection
    this.#connection = null
    if (connection === null) return
    let timer: Timer | null = null
    const late = new Promise<void>((resolve) => {
      timer = this.#parts.clock.setTimer(timeoutMs, resolve)
    })
    await Promise.race([connection.flush().catch(() => {}), late])
    ;(timer as Timer | null)?.cancel()
    await connection.close()
  }

  #attach(connection: NatsConnection): void {
    if (this.#isClosed) {
      void connection.close()
      return
    }
    const { clock, askIntervalMs: intervalMs } = this.#parts
    const receipts = new Receipts({
      connection,
      clock,
      intervalMs,
      onConfirmed: (number) => this.#onConfirmed(number),
      onSilent: () => this.#giveUp(connection),
    })
    this.#connection = connection
    this.#receipts = receipts
    this.#failures = 0
    this.#connects += 1
    void connection.closed().then((error) => this.#detach(connection, error))
    // In order: what waited comes before whatever an answer says of it.
    for (const kept of this.#backlog.take()) {
      if (this.#parts.maySendLate(kept.subject, kept.frame)) this.#send(connection, receipts, kept)
      else this.#parts.onLost(kept.records)
    }
    for (const listening of this.#listening) this.#subscribe(connection, listening)
    this.#parts.onConnected(connection)
  }

  #detach(connection: NatsConnection, error: unknown): void {
    if (this.#connection !== connection || this.#isClosed) return
    this.#connection = null
    this.#receipts?.end()
    this.#receipts = null
    if (this.#unkept > 0) this.#parts.onLost(this.#unkept)
    this.#unkept = 0
    for (const listening of this.#listening) listening.subscription = null
    this.#fail(error ?? new StreamError('ERR_CONNECTION_CLOSED', 'The connection to NATS ended.'))
  }

  #fail(thrown: unknown): void {
    if (this.#isClosed) return
    this.#failures += 1
    this.#parts.onAway(toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection to NATS ended.'))
    const ceilingMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.#failures - 1, 16))
    const delayMs = ceilingMs * (0.5 + this.#parts.random() / 2)
    this.#timer = this.#parts.clock.setTimer(delayMs, () => {
      void this.#parts.connect().then(
        (connection) => this.#attach(connection),
        (reason: unknown) => this.#fail(reason),
      )
    })
  }

  /** The connection may be open and lead nowhere. */
  #giveUp(connection: NatsConnection): void {
    this.#detach(connection, unanswered(this.#parts.askIntervalMs))
    void connection.close().catch(() => {})
  }

  #send(connection: NatsConnection, receipts: Receipts, kept: Kept, reply?: string): void {
    const { subject, frame, records } = kept
    try {
      if (reply === undefined) connection.publish(subject, frame)
      else connection.publish(subject, frame, { reply })
    } catch (thrown) {
      // Its end is about to be told: then it is sent over the next one.
      if (connection.isClosed()) {
        this.#backlog.add(kept)
        return
      }
      // Longer than the server takes: the numbers show whoever listens that something is missing.
      this.#parts.onLost(records)
      this.#report(thrown)
      return
    }
    receipts.sent(frame.length, this.#backlog.add(kept))
  }

  #onConfirmed(number: number): void {
    this.#backlog.forget(number)
    if (number >= this.#unkeptUntil) this.#unkept = 0
  }

  /** There is no room for it. While NATS is there it was sent all the same. */
  #onUnkept(records: number, number: number): void {
    if (this.#connection === null) {
      this.#parts.onLost(records)
      return
    }
    this.#unkept += records
    this.#unkeptUntil = Math.max(this.#unkeptUntil, number)
  }

  #subscribe(connection: NatsConnection, listening: Listening): void {
    const { subject, queue, callback } = listening
    try {
      listening.subscription = connection.subscribe(subject, {
        ...(queue === null ? {} : { queue }),
        callback: (error, message) => {
          if (error !== null) this.#report(error)
          else callback(message)
        },
      })
    } catch (thrown) {
      this.#report(thrown)
    }
  }

  #report(thrown: unknown): void {
    this.#parts.onError(toStreamError(thrown, 'ERR_NOT_SENT', 'NATS did not take what was sent.'))
  }
}
