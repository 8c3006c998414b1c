import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { type Clock, StreamError, type Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import { Backlog, type WhileAway } from './backlog.js'

/** The first and the longest delay before NATS is tried again, ms. */
const firstDelayMs = 100
const longestDelayMs = 5_000

/** After so many bytes NATS is asked whether it has them. */
const confirmEveryBytes = 1024 * 1024

/** A server that has not said that it has this much takes nothing any more, bytes. */
const maxUnconfirmedBytes = 64 * 1024 * 1024

/** How the link is made, and who hears of it. */
export interface LinkParts {
  readonly clock: Clock
  readonly random: () => number
  readonly whileAway: WhileAway
  connect(): Promise<NatsConnection>
  /** It is there, or there again. */
  onConnected(connection: NatsConnection): void
  onAway(error: StreamError): void
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

/** A connection to NATS that comes back by itself, for ever, and keeps what is published meanwhile, within bounds. */
export class Link {
  readonly #parts: LinkParts
  readonly #backlog: Backlog
  readonly #listening = new Set<Listening>()
  #connection: NatsConnection | null = null
  #timer: Timer | null = null
  #failures = 0
  #isClosed = false
  #unconfirmedBytes = 0
  #sinceConfirmBytes = 0
  #connects = 0

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#backlog = new Backlog(parts.whileAway, (records) => parts.onLost(records))
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
    return this.#backlog.bytes
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
    const connection = this.#connection
    if (connection === null) {
      this.#backlog.add({ subject, frame, records })
      return
    }
    // NATS takes nothing: what is written would pile up in memory for ever.
    if (this.#unconfirmedBytes > maxUnconfirmedBytes) {
      this.#parts.onLost(records)
      return
    }
    this.#send(connection, subject, frame, records, reply)
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
    this.#connection = connection
    this.#failures = 0
    this.#connects += 1
    this.#unconfirmedBytes = 0
    this.#sinceConfirmBytes = 0
    void connection.closed().then((error) => this.#detach(connection, error))
    // In order: what waited comes before whatever an answer says of it.
    for (const { subject, frame, records } of this.#backlog.take()) this.#send(connection, subject, frame, records)
    for (const listening of this.#listening) this.#subscribe(connection, listening)
    this.#parts.onConnected(connection)
  }

  #detach(connection: NatsConnection, error: unknown): void {
    if (this.#connection !== connection || this.#isClosed) return
    this.#connection = null
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

  #send(connection: NatsConnection, subject: string, frame: Uint8Array, records: number, reply?: string): void {
    try {
      if (reply === undefined) connection.publish(subject, frame)
      else connection.publish(subject, frame, { reply })
    } catch (thrown) {
      // Longer than the server takes, or the connection is ending: the numbers show whoever listens that something is missing.
      this.#parts.onLost(records)
      this.#report(thrown)
      return
    }
    this.#unconfirmedBytes += frame.length
    this.#sinceConfirmBytes += frame.length
    if (this.#sinceConfirmBytes >= confirmEveryBytes) this.#confirm(connection)
  }

  #confirm(connection: NatsConnection): void {
    const bytes = this.#sinceConfirmBytes
    this.#sinceConfirmBytes = 0
    const onConfirmed = (): void => {
      if (this.#connection === connection) this.#unconfirmedBytes -= bytes
    }
    connection.flush().then(onConfirmed, () => {})
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
