import type { Clock } from '../clock/clock.js'
import type { OverflowPolicy } from '../config/manager-config.js'
import { malformedFrame } from '../decode/compose-message.js'
import type { StreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import { FrameRing } from '../ring/frame-ring.js'
import type { MessageParser } from '../strategy/message-parser.js'
import { Deadline } from './deadline.js'
import { handlerError, handlerTimeout } from './handler-error.js'
import { isPromise } from './is-promise.js'
import { isData, isForUser, isMany, many } from './message-kind.js'
import { copyOf, rawOf } from './raw-frame.js'

/** Who consumes what a pipeline reads. */
export interface PipelineConsumer {
  /** A message for the user. A promise holds back everything behind it. `isLate` says that it was read from a connection that is gone meanwhile. */
  deliver(message: FeedMessage, isLate: boolean): void | PromiseLike<void>
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
  readonly #deadline: Deadline
  readonly #ring = new FrameRing()
  /** The window a waiting frame is read through. */
  readonly #window: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: false, receivedAt: 0 }
  #waiting = false
  /** Frames at the head of the ring that an earlier connection read, and whether the one being served is such. */
  #lateFrames = 0
  #isLate = false
  #draining: Promise<void> = Promise.resolve()
  /** Ends a hold; null where nothing is held. */
  #endHold: (() => void) | null = null
  #expectsControl = false
  #paused = false
  #closed = false
  #endIdleWaits: () => void = () => {}
  readonly #whenClosed: Promise<void> = new Promise((resolve) => {
    this.#endIdleWaits = resolve
  })

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#parser = options.parser
    this.#consumer = options.consumer
    this.#deadline = new Deadline(options.messageTimeoutMs, options.clock)
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
    const waiting = this.#process(frame, false)
    if (waiting !== undefined) this.#draining = this.#drain(waiting)
  }

  /** From now on data waits in the ring, bounded by bytes alone, until `release()`. Control goes on. To be called before the first frame. */
  hold(): void {
    const held = new Promise<void>((resolve) => {
      this.#endHold = resolve
    })
    this.#draining = this.#drain(held)
  }

  release(): void {
    this.#endHold?.()
    this.#endHold = null
  }

  /**
   * Whether an answer of the exchange is awaited. It comes behind the data, so as long as it is, `pause` lets more wait than `maxPendingMessages`:
   * a handler that itself awaits the answer would otherwise wait for ever. The bound in bytes holds.
   */
  expectControl(expected: boolean): void {
    this.#expectsControl = expected
    if (expected && this.#paused && !this.#isFull()) this.#setPaused(false)
  }

  /** The connection is gone: what waits is still delivered, as late. */
  endConnection(): void {
    this.#lateFrames = this.#ring.length
  }

  /** Resolves once nothing waits, or it is closed. */
  async whenIdle(): Promise<void> {
    while (this.#waiting && !this.#closed) await Promise.race([this.#draining, this.#whenClosed])
  }

  /** Forgets what waits; nothing is delivered afterwards. */
  close(): void {
    this.#closed = true
    this.#ring.clear()
    this.#deadline.cancel()
    this.release()
    this.#endIdleWaits()
  }

  /** Parses and delivers one frame; a promise where the consumer holds us back. `seen` says that its control messages have had their effect. */
  #process(frame: InboundFrame, seen: boolean): Promise<void> | undefined {
    const parsed = this.#parse(frame)
    if (!isMany(parsed)) return this.#route(parsed, frame, seen)
    for (let index = 0; index < parsed.length; index += 1) {
      const waiting = this.#route(parsed[index] as ParsedMessage, frame, seen)
      if (waiting !== undefined) {
        const rest = parsed.slice(index + 1)
        return rest.length === 0 ? waiting : this.#routeRest(rest, frame, seen, waiting)
      }
    }
    return undefined
  }

  async #routeRest(
    rest: readonly ParsedMessage[],
    frame: InboundFrame,
    seen: boolean,
    first: Promise<void>,
  ): Promise<void> {
    // The window may be gone by the time the consumer is ready; only `raw` needs it.
    const kept = this.#options.includeRaw ? copyOf(frame) : frame
    await first
    for (const message of rest) await this.#route(message, kept, seen)
  }

  #route(message: ParsedMessage, frame: InboundFrame, seen: boolean): Promise<void> | undefined {
    const { meter, includeRaw, measure, clock } = this.#options
    if (this.#closed) return undefined
    if (isData(message)) {
      meter.countType(message)
    } else {
      if (!seen) this.#control(message)
      if (!isForUser(message)) return undefined
    }
    if (includeRaw) message.raw = rawOf(frame)
    let waiting: Promise<void> | undefined
    try {
      const returned = this.#consumer.deliver(message as FeedMessage, this.#isLate)
      if (returned !== undefined && isPromise(returned)) waiting = this.#wait(returned)
    } catch (thrown) {
      this.#consumer.handlerFailed(handlerError(thrown))
    }
    if (measure) meter.countTime(message, clock.now())
    return waiting
  }

  #control(message: ParsedMessage): void {
    this.#options.meter.countType(message)
    this.#consumer.control(message)
  }

  /** The consumer's promise, bounded in time and without its failure, which is reported instead. */
  async #wait(returned: PromiseLike<void>): Promise<void> {
    try {
      if (await this.#deadline.wait(returned)) return
      this.#consumer.handlerFailed(handlerTimeout(this.#options.messageTimeoutMs))
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
      this.#isLate = this.#takeLate()
      const waiting = this.#process(this.#window, this.#isControl(this.#window))
      if (waiting !== undefined) await waiting
      batch += 1
      if (batch >= batchSize) {
        batch = 0
        await nextTurn()
      }
    }
    this.#isLate = false
    this.#waiting = false
    this.#deadline.cancel()
    this.#resumeWhenRoomy()
  }

  /** Whether the frame just taken from the ring is one of a connection that is gone. */
  #takeLate(): boolean {
    if (this.#lateFrames === 0) return false
    this.#lateFrames -= 1
    return true
  }

  /** Control overtakes data, so that a handler may itself await subscribe(). What the user sees of it (errors, notices) follows in order. */
  #enqueue(frame: InboundFrame): void {
    if (this.#closed) return
    if (!this.#isControl(frame)) {
      this.#push(frame)
      return
    }
    const messages = many(this.#parse(frame))
    for (const message of messages) if (!isData(message)) this.#control(message)
    if (messages.some(isForUser)) this.#push(frame)
  }

  #push(frame: InboundFrame): void {
    const { overflowPolicy } = this.#options
    if (this.#isFull() && overflowPolicy !== 'pause') {
      if (overflowPolicy === 'drop-newest') {
        this.#drop(frame)
        return
      }
      while (this.#isFull() && this.#ring.shiftInto(this.#window)) {
        this.#takeLate()
        this.#drop(this.#window)
      }
    }
    this.#ring.push(frame)
    // The bound can be exceeded by the rest of the socket read in progress, at most one chunk.
    if (overflowPolicy === 'pause' && !this.#paused && this.#isFull()) this.#setPaused(true)
  }

  /** Drops a frame, but never an acknowledgement or an error in it, and never without a word. */
  #drop(frame: InboundFrame): void {
    const seen = this.#isControl(frame)
    for (const message of many(this.#parse(frame))) {
      if (!seen && !isData(message)) this.#control(message)
      if (!isForUser(message)) continue
      this.#options.meter.countDrop(message.channel ?? 'other')
      this.#consumer.dropped(message)
    }
  }

  #isFull(): boolean {
    const { maxPendingMessages, maxPendingBytes, overflowPolicy } = this.#options
    if (this.#ring.byteLength >= maxPendingBytes) return true
    if (this.#endHold !== null || (this.#expectsControl && overflowPolicy === 'pause')) return false
    return this.#ring.length >= maxPendingMessages
  }

  /** Reads on once half of the ring is free: with less room the socket would stop and start for every message. */
  #resumeWhenRoomy(): void {
    if (!this.#paused || this.#closed) return
    const { maxPendingMessages, maxPendingBytes } = this.#options
    if (this.#ring.length > maxPendingMessages / 2 || this.#ring.byteLength > maxPendingBytes / 2) return
    this.#setPaused(false)
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused
    this.#consumer.setPaused(paused)
  }

  /** A parser must not throw; one that does costs a frame, not the process. */
  #parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    try {
      return this.#parser.parse(frame)
    } catch (thrown) {
      const fault = thrown instanceof Error ? thrown.message : String(thrown)
      return malformedFrame(frame.receivedAt, `the parser failed on it (${fault})`)
    }
  }

  #isControl(frame: InboundFrame): boolean {
    try {
      return this.#parser.isControl(frame)
    } catch {
      return false
    }
  }
}

/** A turn of the event loop: timers, sockets and heartbeats run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
