import type { Clock } from '../clock/clock.js'
import type { OverflowPolicy } from '../config/manager-config.js'
import { StreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import { FrameRing } from '../ring/frame-ring.js'
import type { MessageParser } from '../strategy/message-parser.js'
import { waitAtMost } from './wait-at-most.js'

/** Who consumes what a pipeline reads. */
export interface PipelineConsumer {
  /** A message for the user. A promise holds back everything behind it. */
  deliver(message: FeedMessage): void | PromiseLike<void>
  /** An acknowledgement, heartbeat, error or notice: seen before the user, if the user sees it at all. Never throws. */
  control(message: ParsedMessage): void
  /** A message that the overflow policy dropped. */
  dropped(message: ParsedMessage): void
  /** The user's handler threw, rejected or took too long. */
  handlerFailed(error: StreamError): void
  /** Stop or resume reading the socket. */
  setPaused(paused: boolean): void
}

export interface PipelineOptions {
  readonly parser: MessageParser
  readonly consumer: PipelineConsumer
  readonly meter: MessageMeter
  readonly clock: Clock
  readonly maxPendingMessages: number
  readonly maxPendingBytes: number
  readonly overflowPolicy: OverflowPolicy
  readonly batchSize: number
  readonly messageTimeoutMs: number
  readonly measure: boolean
  readonly includeRaw: boolean
}

/** Types from here up to `lastDataType` are market and account data and go straight to the user. */
const firstDataType = 1
const lastDataType = 8
const confirmType = 0
const heartbeatType = 999

/**
 * From frame to handler, for one connection.
 *
 * A consumer that keeps up is served inline, in the tick in which the bytes arrived: no queue, no promise, no timer. When it returns a promise, frames wait
 * in a bounded ring, in order, and are drained in batches with a turn of the event loop between them, so that heartbeats and timers never starve.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #parser: MessageParser
  readonly #consumer: PipelineConsumer
  readonly #ring = new FrameRing()
  /** The window a waiting frame is read through. */
  readonly #window: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: false, receivedAt: 0 }
  #waiting = false
  #draining: Promise<void> = Promise.resolve()
  #paused = false
  #closed = false

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#parser = options.parser
    this.#consumer = options.consumer
  }

  /** Messages waiting in the ring. */
  get pending(): number {
    return this.#ring.length
  }

  get pendingBytes(): number {
    return this.#ring.byteLength
  }

  /** Takes one frame; its window is no longer needed afterwards. */
  accept(frame: InboundFrame): void {
    if (this.#waiting) {
      this.#enqueue(frame)
      return
    }
    const waiting = this.#process(frame)
    if (waiting !== undefined) this.#draining = this.#drain(waiting)
  }

  /** Resolves once nothing waits. */
  async whenIdle(): Promise<void> {
    while (this.#waiting) await this.#draining
  }

  /** Forgets what waits; nothing is delivered afterwards. */
  close(): void {
    this.#closed = true
    this.#ring.clear()
  }

  /** Parses and delivers one frame; a promise where the consumer holds us back. */
  #process(frame: InboundFrame): Promise<void> | undefined {
    const parsed = this.#parser.parse(frame)
    if (!isMany(parsed)) return this.#route(parsed, frame)
    for (let index = 0; index < parsed.length; index += 1) {
      const waiting = this.#route(parsed[index] as ParsedMessage, frame)
      if (waiting !== undefined) {
        const rest = parsed.slice(index + 1)
        return rest.length === 0 ? waiting : this.#routeRest(rest, frame, waiting)
      }
    }
    return undefined
  }

  async #routeRest(rest: readonly ParsedMessage[], frame: InboundFrame, first: Promise<void>): Promise<void> {
    // The window may be gone by the time the consumer is ready; only `raw` needs it.
    const kept = this.#options.includeRaw ? copyOf(frame) : frame
    await first
    for (const message of rest) await this.#route(message, kept)
  }

  #route(message: ParsedMessage, frame: InboundFrame): Promise<void> | undefined {
    const { meter, includeRaw, measure, clock } = this.#options
    if (this.#closed) return undefined
    meter.countType(message)
    const { type } = message
    if (type < firstDataType || type > lastDataType) {
      this.#consumer.control(message)
      if (type === confirmType || type === heartbeatType) return undefined
    }
    if (includeRaw) message.raw = rawOf(frame)
    let waiting: Promise<void> | undefined
    try {
      const returned = this.#consumer.deliver(message as FeedMessage)
      if (returned !== undefined) waiting = this.#wait(returned)
    } catch (thrown) {
      this.#consumer.handlerFailed(handlerError(thrown))
    }
    if (measure) meter.countTime(message, clock.now())
    return waiting
  }

  /** The consumer's promise, bounded in time and without its failure, which is reported instead. */
  async #wait(returned: PromiseLike<void>): Promise<void> {
    const { clock, messageTimeoutMs } = this.#options
    try {
      const inTime = await waitAtMost(returned, messageTimeoutMs, clock)
      if (inTime) return
      this.#consumer.handlerFailed(
        new StreamError(
          'ERR_HANDLER_TIMEOUT',
          `A message handler took longer than ${messageTimeoutMs} ms; the stream goes on without it.`,
          {
            hint: 'Do less in the handler, hand the work over, or raise messageTimeoutMs.',
          },
        ),
      )
    } catch (thrown) {
      this.#consumer.handlerFailed(handlerError(thrown))
    }
  }

  /** Serves what waits, until nothing does. */
  async #drain(first: Promise<void>): Promise<void> {
    const { batchSize } = this.#options
    this.#waiting = true
    await first
    let batch = 0
    while (!this.#closed && this.#ring.shiftInto(this.#window)) {
      this.#resumeWhenRoomy()
      const waiting = this.#process(this.#window)
      if (waiting !== undefined) await waiting
      batch += 1
      if (batch >= batchSize) {
        batch = 0
        await nextTurn()
      }
    }
    this.#waiting = false
    this.#resumeWhenRoomy()
  }

  #enqueue(frame: InboundFrame): void {
    if (this.#closed) return
    if (this.#parser.isControl(frame)) {
      // Control overtakes data, so that a handler may itself await subscribe(). Errors and notices reach the user in order below.
      for (const message of many(this.#parser.parse(frame))) {
        if (message.type === confirmType || message.type === heartbeatType) {
          this.#options.meter.countType(message)
          this.#consumer.control(message)
        } else {
          this.#push(frame)
          return
        }
      }
      return
    }
    this.#push(frame)
  }

  #push(frame: InboundFrame): void {
    const { overflowPolicy } = this.#options
    if (this.#isFull() && overflowPolicy !== 'pause') {
      if (overflowPolicy === 'drop-newest') {
        this.#drop(frame)
        return
      }
      while (this.#isFull() && this.#ring.shiftInto(this.#window)) this.#drop(this.#window)
    }
    this.#ring.push(frame)
    // The bound can be exceeded by the rest of the socket read in progress, at most one chunk.
    if (overflowPolicy === 'pause' && !this.#paused && this.#isFull()) {
      this.#paused = true
      this.#consumer.setPaused(true)
    }
  }

  /** Drops a frame, but never an acknowledgement or an error in it, and never without a word. */
  #drop(frame: InboundFrame): void {
    for (const message of many(this.#parser.parse(frame))) {
      if (message.type < firstDataType || message.type > lastDataType) {
        this.#options.meter.countType(message)
        this.#consumer.control(message)
      }
      if (message.type !== confirmType && message.type !== heartbeatType) {
        this.#options.meter.countDrop(message.channel ?? 'other')
        this.#consumer.dropped(message)
      }
    }
  }

  #isFull(): boolean {
    const { maxPendingMessages, maxPendingBytes } = this.#options
    return this.#ring.length >= maxPendingMessages || this.#ring.byteLength >= maxPendingBytes
  }

  /** Reads on once half of the ring is free: with less room the socket would stop and start for every message. */
  #resumeWhenRoomy(): void {
    if (!this.#paused || this.#closed) return
    const { maxPendingMessages, maxPendingBytes } = this.#options
    if (this.#ring.length > maxPendingMessages / 2 || this.#ring.byteLength > maxPendingBytes / 2) return
    this.#paused = false
    this.#consumer.setPaused(false)
  }
}

function isMany(parsed: ParsedMessage | readonly ParsedMessage[]): parsed is readonly ParsedMessage[] {
  return Array.isArray(parsed)
}

function many(parsed: ParsedMessage | readonly ParsedMessage[]): readonly ParsedMessage[] {
  return isMany(parsed) ? parsed : [parsed]
}

function rawOf(frame: InboundFrame): string | Uint8Array {
  return frame.isBinary
    ? new Uint8Array(frame.bytes.subarray(frame.start, frame.end))
    : frame.bytes.toString('utf8', frame.start, frame.end)
}

function copyOf(frame: InboundFrame): InboundFrame {
  const bytes = Buffer.from(frame.bytes.subarray(frame.start, frame.end))
  return { ...frame, bytes, start: 0, end: bytes.length }
}

function handlerError(thrown: unknown): StreamError {
  return new StreamError('ERR_HANDLER_FAILED', 'A message handler failed; the stream goes on.', {
    hint: 'The cause is what the handler threw.',
    cause: thrown,
  })
}

/** A turn of the event loop: timers, sockets and heartbeats run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
