import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstreamManager,
} from '@nats-io/jetstream'
import { millis, type NatsConnection } from '@nats-io/nats-core'
import { StreamError } from '@tapewire/core'
import type { ReadMemory } from './read-memory.js'
import { isNotStored } from './stored-streams.js'

/** Where reading begins: with what comes from now on, with what was stored at a time (epoch ms) or later, or with the record of a sequence number or later. */
export type StoredStart = 'new' | { readonly time: number } | { readonly sequence: number }

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
  /** Everything that was stored when reading began has been told, with the place of the last; what follows is live. Told once for each reader. */
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
  /** What was read before: the same over all readers of one subject. */
  readonly memory: ReadMemory
  readonly listener: StoredReaderListener
}

/** Records that are read before the start for their ids alone: what was told before a restart of this process is not told again, where it is stored twice. */
const lookBackRecords = 2_048

/** A server that gives nothing out and does not say either that it has nothing, for twice as long as half of this, is asked anew, ms. */
const expiresMs = 2_000

/** Messages on the way from the server at a time. */
const maxMessages = 500

/**
 * Reads a subject's stored records in order, each once, and goes over into what comes live: both come from the same place, so there is no hole and no double between them.
 * What has been read is in the memory; after the end of a connection, a new reader with the same memory goes on there.
 */
export class StoredReader {
  readonly #options: StoredReaderOptions
  readonly #messages: ConsumerMessages
  readonly #release: () => void
  #tellFrom: number
  #caughtUpAt: number
  #isCaughtUp = false
  #isClosed = false
  #resume: (() => void) | null = null
  #gate: Promise<void> | null = null

  private constructor(options: StoredReaderOptions, messages: ConsumerMessages, place: Place, release: () => void) {
    this.#options = options
    this.#messages = messages
    this.#tellFrom = place.tellFrom
    this.#caughtUpAt = place.lastSequence
    this.#release = release
  }

  /**
   * Begins to read. Resolves once the server has said from where. Rejects with `ERR_SUBSCRIPTION_REJECTED` where nothing of the kind is stored, and with `ERR_CONNECTION_CLOSED` where the
   * connection has ended or the server does not answer.
   */
  static async open(options: StoredReaderOptions): Promise<StoredReader> {
    const { connection, stream, subject, memory, listener } = options
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false })
      const place = await placeOf(manager, options)
      const client = manager.jetstream()
      const consumer = await client.consumers.get(stream, {
        filter_subjects: subject,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: place.readFrom,
      })
      const messages = await consumer.consume({ max_messages: maxMessages, expires: expiresMs })
      const release = (): void => void consumer.delete().catch(() => {})
      const reader = new StoredReader(options, messages, place, release)
      if (place.lostFrom !== null) listener.onLost(place.lostFrom, place.firstSequence)
      memory.next = place.tellFrom
      const pending = (await consumer.info(true)).num_pending
      if (pending === 0) reader.#tellCaughtUp(place.lastSequence)
      void reader.#run()
      return reader
    } catch (thrown) {
      throw openingFailure(thrown, stream)
    }
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
    this.#messages.stop()
    this.resume()
    this.#release()
  }

  async #run(): Promise<void> {
    let error: StreamError | null = null
    try {
      for await (const message of this.#messages) {
        while (this.#gate !== null) await this.#gate
        if (this.#isClosed) return
        this.#take(message)
      }
    } catch (thrown) {
      error = openingFailure(thrown, this.#options.stream)
    }
    if (!this.#isClosed) this.#options.listener.onEnd(error)
  }

  #take(message: JsMsg): void {
    const { memory, listener } = this.#options
    const { streamSequence: sequence, timestampNanos, pending } = message.info
    const id = message.headers?.get('Nats-Msg-Id') ?? ''
    const isNew = id === '' || memory.ids.add(id)
    if (sequence >= this.#tellFrom && sequence >= (memory.next ?? 0)) {
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
    if (pending === 0 || sequence >= this.#caughtUpAt) this.#tellCaughtUp(sequence)
  }

  #tellCaughtUp(sequence: number): void {
    if (this.#isCaughtUp) return
    this.#isCaughtUp = true
    this.#options.listener.onCaughtUp(sequence)
  }
}

/** Sequence numbers of what is stored. */
interface Place {
  /** The oldest that is stored, and the newest. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** From where the server gives out, and from where of it is told. */
  readonly readFrom: number
  readonly tellFrom: number
  /** From where on records should have been told that are removed; null where there are none. */
  readonly lostFrom: number | null
}

async function placeOf(manager: JetStreamManager, options: StoredReaderOptions): Promise<Place> {
  const { stream, memory, start } = options
  const { created, state } = await manager.streams.info(stream)
  const { first_seq: firstSequence, last_seq: lastSequence } = state
  // What was made anew, or has lost its end with a disk, counts from the start again: all of it is new.
  const isOther = memory.created !== null && memory.created !== created
  const isShorter = memory.next !== null && memory.next > lastSequence + 1
  memory.created = created
  if (memory.next !== null && (isOther || isShorter)) {
    const readFrom = Math.max(1, firstSequence)
    return { firstSequence, lastSequence, readFrom, tellFrom: readFrom, lostFrom: memory.next }
  }
  const known = memory.next
  const wanted = known ?? (await startSequence(manager, options, lastSequence))
  const tellFrom = Math.max(1, firstSequence, wanted)
  // Of a time, nobody knows whether something of it was removed: that is its user's to know.
  const isPlace = known !== null || (typeof start === 'object' && 'sequence' in start)
  const lostFrom = isPlace && wanted < firstSequence ? wanted : null
  const readFrom = known ?? tellFrom - lookBackRecords
  return { firstSequence, lastSequence, readFrom: Math.max(1, firstSequence, readFrom), tellFrom, lostFrom }
}

async function startSequence(
  manager: JetStreamManager,
  { stream, start }: StoredReaderOptions,
  lastSequence: number,
): Promise<number> {
  if (start === 'new') return lastSequence + 1
  if ('sequence' in start) return start.sequence
  // A consumer that begins at a time says by itself which sequence that is.
  const { name, delivered } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(start.time).toISOString(),
    mem_storage: true,
  })
  await manager.consumers.delete(stream, name)
  return delivered.stream_seq + 1
}

function openingFailure(thrown: unknown, stream: string): StreamError {
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
