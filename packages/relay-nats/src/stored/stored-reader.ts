import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstreamManager,
} from '@nats-io/jetstream'
import { millis, type NatsConnection, nanos } from '@nats-io/nats-core'
import { type Clock, StreamError } from '@tapewire/core'
import { sleep } from '@tapewire/core/adapter'
import type { ReadMemory } from './read-memory.js'
import { type Place, placeOf } from './stored-place.js'
import type { StoredEnd, StoredStart } from './stored-range.js'
import { isNotStored } from './stored-streams.js'

/** One record as the server keeps it. */
export interface StoredRecord {
  readonly subject: string
  readonly payload: Uint8Array
  /** The record's place among all that its JetStream stream keeps, 1 and up: reading can begin there again. */
  readonly sequence: number
  /** When the server stored it, epoch ms. */
  readonly storedAt: number
}

/** What a reader tells. Nothing of it may throw. */
export interface StoredReaderListener {
  onRecord(record: StoredRecord): void
  /**
   * What was stored from sequence `from` to before `to` was removed before it was read; some of it may have been of the subject. Where `to` is not above `from`, the server has
   * started to count anew, and what was after `from` is not there any more.
   */
  onLost(from: number, to: number): void
  /**
   * Everything that was stored when reading began has been told, with the place of the last, or with an end everything before that; what follows is live, and with an end nothing follows. Told
   * once for each reader.
   */
  onCaughtUp(sequence: number): void
  /** Nothing more is told: the connection ended (null), or the server does not give it out any more. Not told of a reader that was closed. */
  onEnd(error: StreamError | null): void
}

/** What is read, and from where. */
export interface StoredReaderOptions {
  readonly connection: NatsConnection
  /** The name in JetStream. */
  readonly stream: string
  /** What of it is read; `*` and `>` stand for tokens as everywhere in NATS. */
  readonly subject: string
  /** Where reading begins the first time; later it goes on where `memory` is. */
  readonly start: StoredStart
  /** Where reading ends, as it was the first time; null where it goes on with what comes live. */
  readonly end: StoredEnd | null
  /** What was read before: the same over all readers of one subject. */
  readonly memory: ReadMemory
  readonly listener: StoredReaderListener
  readonly clock: Clock
}

/** How long the server may wait for something to give out before it is asked again, ms. It says twice in this time that it lives; one that does not for as long is given up. */
const expiresMs = 2_000

/** Messages on the way from the server at a time. */
const maxMessages = 500

/** How long the server may take to answer, ms: a cluster that has no leader does not answer at all, and will have one soon. */
const answerMs = 2_000

/** How soon the server is asked for a consumer again where it could not make one, ms: a cluster that has lost a server takes seconds to agree on another leader. */
const askAgainMs = 250

/**
 * Reads a subject's stored records in order, each once, and goes over into what comes live: both come from the same place, so there is no hole and no double between them.
 * What has been read is in the memory; after the end of a connection, a new reader with the same memory goes on there.
 *
 * It makes its consumers itself: the client's own ordered one waits for ever where the server of a cluster that had it is gone.
 */
export class StoredReader {
  readonly #options: StoredReaderOptions
  readonly #manager: JetStreamManager
  #giving: Giving
  #tellFrom = 0
  #isCaughtUp = false
  #isClosed = false
  #resume: (() => void) | null = null
  #gate: Promise<void> | null = null

  private constructor(options: StoredReaderOptions, manager: JetStreamManager, giving: Giving) {
    this.#options = options
    this.#manager = manager
    this.#giving = giving
  }

  /**
   * Makes a reader, which tells nothing before `begin()`. Resolves once the server has said from where. Rejects with `ERR_SUBSCRIPTION_REJECTED` where nothing of the kind is stored, and with `ERR_CONNECTION_CLOSED` where the
   * connection has ended or the server does not answer.
   */
  static async open(options: StoredReaderOptions): Promise<StoredReader> {
    try {
      const manager = await jetstreamManager(options.connection, { checkAPI: false, timeout: answerMs })
      return new StoredReader(options, manager, await startGiving(manager, options))
    } catch (thrown) {
      throw readingFailure(thrown, options.stream)
    }
  }

  /** Tells from here on; called once. */
  begin(): void {
    void this.#run()
  }

  /** Nothing is told until `resume()`, and soon the server sends nothing any more. */
  pause(): void {
    this.#gate ??= new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  resume(): void {
    this.#resume?.()
    this.#resume = null
    this.#gate = null
  }

  /** Tells nothing more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#giving.end()
    this.resume()
  }

  async #run(): Promise<void> {
    const { connection, stream, listener } = this.#options
    try {
      for (;;) {
        while (this.#gate !== null) await this.#gate
        if (this.#isClosed) return
        this.#tellPlace()
        if (this.#isClosed) return
        await this.#takeAll()
        this.#giving.end()
        if (this.#isClosed) return
        if (connection.isClosed()) break
        this.#giving = await this.#giveAgain()
      }
      listener.onEnd(null)
    } catch (thrown) {
      if (!this.#isClosed) listener.onEnd(connection.isClosed() ? null : readingFailure(thrown, stream))
    }
  }

  /** What is to be told before anything else of what the server gives out from here on. */
  #tellPlace(): void {
    const { listener } = this.#options
    const { place, pending } = this.#giving
    this.#tellFrom = place.tellFrom
    if (place.lostFrom !== null) listener.onLost(place.lostFrom, place.firstSequence)
    if (pending === 0 || place.tellFrom >= this.#end) this.#tellCaughtUp(place.lastSequence)
  }

  /** Until the server gives nothing out any more, or something else than what comes next. */
  async #takeAll(): Promise<void> {
    let delivered = 0
    for await (const message of this.#giving.messages) {
      while (this.#gate !== null) await this.#gate
      delivered += 1
      if (this.#isClosed || message.info.deliverySequence !== delivered) return
      this.#take(message)
    }
  }

  /** Rejects where there is nothing to be given out any more, and where the connection has ended. */
  async #giveAgain(): Promise<Giving> {
    const { connection, clock } = this.#options
    for (;;) {
      try {
        return await startGiving(this.#manager, this.#options)
      } catch (thrown) {
        if (this.#isClosed || connection.isClosed() || isNotStored(thrown)) throw thrown
      }
      await sleep(clock, askAgainMs)
    }
  }

  #take(message: JsMsg): void {
    const { memory, listener } = this.#options
    const { streamSequence: sequence, timestampNanos, pending } = message.info
    if (sequence >= this.#end) {
      this.#tellCaughtUp(sequence)
      return
    }
    const id = message.headers?.get('Nats-Msg-Id') ?? ''
    const isNew = id === '' || memory.ids.add(id)
    if (sequence >= this.#tellFrom) {
      memory.next = sequence + 1
      if (isNew) {
        listener.onRecord({
          subject: message.subject,
          payload: message.data,
          sequence,
          storedAt: millis(timestampNanos),
        })
      } else memory.repeated += 1
    }
    if (pending === 0) this.#tellCaughtUp(sequence)
  }

  #tellCaughtUp(sequence: number): void {
    if (this.#isCaughtUp) return
    this.#isCaughtUp = true
    this.#options.listener.onCaughtUp(Math.min(sequence, this.#end - 1))
    if (this.#options.end !== null) this.close()
  }

  /** The place of the first record that is not told any more. */
  get #end(): number {
    return this.#options.memory.end ?? Number.POSITIVE_INFINITY
  }
}

/** A consumer at the server, and what comes of it. */
interface Giving {
  readonly place: Place
  /** Records that the server had to give out when it began. */
  readonly pending: number
  readonly messages: ConsumerMessages
  end(): void
}

/** Has the server give out from where the memory is, or from the start. */
async function startGiving(manager: JetStreamManager, options: StoredReaderOptions): Promise<Giving> {
  const { stream, subject, memory } = options
  const place = await placeOf(manager, options)
  const info = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: place.readFrom,
    filter_subject: subject,
    inactive_threshold: nanos(unusedMs),
    mem_storage: true,
    num_replicas: 1,
  })
  const consumer = manager.jetstream().consumers.getConsumerFromInfo(info)
  const messages = await consumer.consume({ max_messages: maxMessages, expires: expiresMs })
  void endWhenSilent(messages)
  memory.next = place.tellFrom
  const end = (): void => {
    messages.stop()
    manager.consumers.delete(stream, info.name).catch(() => {})
  }
  return { place, pending: info.num_pending, messages, end }
}

/** After how long the server forgets a consumer that nobody asks, ms. */
const unusedMs = 30_000

/** The client goes on asking where the server that had the consumer is gone, which nobody answers. */
async function endWhenSilent(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) {
    if (type === 'heartbeats_missed' || type === 'consumer_not_found' || type === 'consumer_deleted') messages.stop()
  }
}

function readingFailure(thrown: unknown, stream: string): StreamError {
  if (thrown instanceof StreamError) return thrown
  if (isNotStored(thrown)) {
    return new StreamError('ERR_SUBSCRIPTION_REJECTED', `NATS stores nothing called ${stream}.`, {
      hint: 'A relay that stores it makes it: is one running, with that exchange and prefix?',
    })
  }
  return new StreamError('ERR_CONNECTION_CLOSED', `NATS does not give out ${stream} any more.`, {
    context: { Reason: thrown instanceof Error ? thrown.message : String(thrown) },
    cause: thrown,
  })
}
