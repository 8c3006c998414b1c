import type { Clock } from '../clock/clock.js'
import { isPromise } from '../clock/is-promise.js'
import type { OverflowPolicy } from '../config/manager-config.js'
import { handlerError } from '../errors/handler-error.js'
import { StreamError } from '../errors/stream-error.js'
import type { MessageMeter } from '../metrics/message-meter.js'
import type { StageMeter } from '../metrics/stages/stage-meter.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { FeedMessage, ParsedMessage } from '../model/message.js'
import { isDataType, MessageType } from '../model/message-type.js'
import { isOfEnded, type Stream, type TrackedStream } from '../model/stream.js'
import { FrameRing } from '../ring/frame-ring.js'
import type { MessageParser, Peek } from '../strategy/message-parser.js'
import { isMany, many, type Parsed, readFrame } from '../strategy/read-frame.js'
import { Deadline } from './deadline.js'

/** What is known of a frame that waits: the stream whose data it holds, or null; of control, which is read on arrival, the messages for the user. */
type Note = Stream | null | readonly ParsedMessage[]

/** Who consumes what a pipeline reads. */
export interface PipelineConsumer {
  /** A message for the user. A promise holds back everything behind it. `isLate` says that it was read from a connection that is gone meanwhile. */
  deliver(message: FeedMessage, isLate: boolean): unknown
  /** An acknowledgement, reply, heartbeat, error or notice: seen before the user, if the user sees it at all. Never throws. */
  control(message: ParsedMessage): void
  /** The overflow policy dropped what came on this stream at that time, epoch ms; null where it was nobody's data. */
  dropped(stream: Stream | null, receivedAt: number): void
  /** The user's handler threw, rejected or took too long. */
  handlerFailed(error: StreamError): void
  /** Nothing that this parser has to read is left. */
  readToEnd(parser: MessageParser): void
  /** Stop or resume reading the socket. */
  setPaused(paused: boolean): void
  /** As many bytes as may wait are held: the socket is not read any more until `release()`. */
  holdIsFull(): void
}

export interface PipelineOptions {
  readonly consumer: PipelineConsumer
  readonly meter: MessageMeter
  readonly clock: Clock
  readonly maxPendingMessages: number
  readonly maxPendingBytes: number
  readonly overflowPolicy: OverflowPolicy
  readonly batchSize: number
  readonly messageTimeoutMs: number
  /** Times some frames; null where nothing is measured, no message's time either. */
  readonly stages: StageMeter | null
  readonly includeRaw: boolean
}

/**
 * From frame to handler, for one connection and those that replace it.
 *
 * A consumer that keeps up is served inline, in the tick in which the bytes arrived: no queue, no promise, no timer. When it returns a promise, frames wait
 * in a bounded ring, in order, and are drained in batches with a turn of the event loop between them, so that heartbeats and timers never starve.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #consumer: PipelineConsumer
  readonly #deadline: Deadline
  readonly #ring = new FrameRing<Note>()
  /** Under `latest-by-stream`: the place in the ring, by its ticket, of each stream of which only the newest frame waits. */
  readonly #places = new Map<Stream, number>()
  /** The window a waiting frame is read through. */
  readonly #window: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: false, receivedAt: 0 }
  #waiting = false
  /** The ticket of the last frame that an earlier connection read, and whether the one being served is such. */
  #lateUntil = 0
  #isLate = false
  /** Reads what arrives; null before the first connection. */
  #parser: MessageParser | null = null
  /** Parsers of earlier connections, the oldest first, each with the ticket of the last frame that is its to read. */
  #earlier: readonly { readonly parser: MessageParser; readonly until: number }[] = []
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
    this.#options.meter.countFrame(frame.end - frame.start)
    if (this.#waiting) {
      this.#enqueue(frame)
      return
    }
    const waiting = this.#serve(frame, this.#present, false)
    if (waiting !== undefined) this.#draining = this.#drain(waiting)
  }

  /** Takes one frame that was read already, by the parser of this connection. */
  acceptRead(frame: InboundFrame, messages: readonly ParsedMessage[]): void {
    this.#options.meter.countFrame(frame.end - frame.start)
    if (this.#waiting) {
      this.#enqueueRead(frame, messages)
      return
    }
    const waiting = this.#route(messages, frame, false)
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

  /** From now on frames are those of a new connection. What waits of the one before is left to that one's parser. */
  beginConnection(parser: MessageParser): void {
    this.endConnection()
    const before = this.#parser
    this.#parser = parser
    if (before === null) return
    // So that there are never more of them than frames, however often the connection is lost before it brings any.
    if (this.#earlier.at(-1)?.until === this.#lateUntil) this.#consumer.readToEnd(before)
    else this.#earlier = [...this.#earlier, { parser: before, until: this.#lateUntil }]
    this.#dismissEarlier()
  }

  /** The connection is gone: what waits is still delivered, as late. */
  endConnection(): void {
    this.#lateUntil = this.#ring.lastTicket
  }

  /** Resolves once nothing waits, or it is closed. */
  async whenIdle(): Promise<void> {
    while (this.#waiting && !this.#closed) await Promise.race([this.#draining, this.#whenClosed])
  }

  /** Forgets what waits; nothing is delivered afterwards. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#ring.clear()
    this.#places.clear()
    this.#dismissEarlier()
    if (this.#parser !== null) this.#consumer.readToEnd(this.#parser)
    this.#deadline.cancel()
    this.release()
    this.#endIdleWaits()
  }

  /** Reads a frame and delivers what it held; a promise where the consumer holds us back. Of one that waited, what is of a subscription that ended meanwhile is left out. */
  #serve(frame: InboundFrame, parser: MessageParser, hasWaited: boolean): Promise<void> | undefined {
    const { stages } = this.#options
    if (stages?.isDue()) return this.#serveTimed(frame, parser, hasWaited, stages)
    const parsed = readFrame(parser, frame)
    return this.#route(hasWaited ? withoutEnded(parsed) : parsed, frame, false)
  }

  #serveTimed(
    frame: InboundFrame,
    parser: MessageParser,
    hasWaited: boolean,
    stages: StageMeter,
  ): Promise<void> | undefined {
    const { clock } = this.#options
    const { receivedAt } = frame
    const parsingAt = clock.now()
    const parsed = readFrame(parser, frame)
    const parsedAt = clock.now()
    const waiting = this.#route(hasWaited ? withoutEnded(parsed) : parsed, frame, false)
    stages.note({ receivedAt, parsingAt, parsedAt, handledAt: clock.now() })
    return waiting
  }

  /** Delivers what one frame held; a promise where the consumer holds us back. `seen` says that its control messages have had their effect. */
  #route(parsed: Parsed, frame: InboundFrame, seen: boolean): Promise<void> | undefined {
    if (!isMany(parsed)) return this.#routeOne(parsed, frame, seen)
    for (let index = 0; index < parsed.length; index += 1) {
      const waiting = this.#routeOne(parsed[index] as ParsedMessage, frame, seen)
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
    for (const message of rest) if (!isLeftOut(message)) await this.#routeOne(message, kept, seen)
  }

  #routeOne(message: ParsedMessage, frame: InboundFrame, seen: boolean): Promise<void> | undefined {
    const { meter, includeRaw, stages, clock } = this.#options
    if (this.#closed) return undefined
    if (isDataType(message.type)) {
      if (isMuted(message)) {
        // Nobody sees it, but its stream is not silent.
        if (!this.#isLate) (message.stream as TrackedStream).silentChecks = 0
        return undefined
      }
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
    if (stages !== null) meter.countTime(message, clock.now())
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
      this.#isLate = this.#ring.takenTicket <= this.#lateUntil
      const { takenNote: note } = this.#ring
      const waiting = isRead(note)
        ? this.#route(withoutEnded(note), this.#window, true)
        : this.#serve(this.#window, this.#parserOf(this.#ring.takenTicket), true)
      if (waiting !== undefined) await waiting
      batch += 1
      if (batch >= batchSize) {
        batch = 0
        await nextTurn()
      }
    }
    this.#isLate = false
    this.#waiting = false
    this.#places.clear()
    this.#dismissEarlier()
    this.#deadline.cancel()
    this.#resumeWhenRoomy()
  }

  #enqueue(frame: InboundFrame): void {
    if (this.#closed) return
    const peek = this.#peek(frame)
    if (peek === 'control') this.#enqueueRead(frame, many(readFrame(this.#present, frame)))
    else this.#push(frame, peek)
  }

  /** Control overtakes data, so that a handler may itself await subscribe(). What the user sees of it (errors, notices) follows in order, and is not read again. */
  #enqueueRead(frame: InboundFrame, messages: readonly ParsedMessage[]): void {
    for (const message of messages) if (!isDataType(message.type)) this.#control(message)
    const forUser = messages.filter(isForUser)
    if (forUser.length > 0 && !this.#closed) this.#push(frame, forUser)
  }

  #push(frame: InboundFrame, note: Note): void {
    const { overflowPolicy } = this.#options
    if (!this.#pauses && this.#isFull()) {
      if (overflowPolicy === 'drop-newest') {
        this.#drop(frame, note, this.#present)
        return
      }
      while (this.#isFull() && this.#ring.shiftInto(this.#window)) {
        this.#drop(this.#window, this.#ring.takenNote, this.#parserOf(this.#ring.takenTicket))
      }
    }
    if (overflowPolicy === 'latest-by-stream' && isReplaceable(note)) this.#pushNewest(frame, note)
    else this.#ring.push(frame, note)
    // The bound can be exceeded by the rest of the socket read in progress, at most one chunk.
    if (!this.#pauses || this.#paused || !this.#isFull()) return
    this.#setPaused(true)
    if (this.#endHold !== null) this.#consumer.holdIsFull()
  }

  /** What waits of a stream of which only the newest counts gives its place to what is newer. */
  #pushNewest(frame: InboundFrame, stream: Stream): void {
    const place = this.#places.get(stream)
    if (place !== undefined && this.#ring.replace(place, frame, stream)) {
      this.#options.meter.countSuperseded(stream.channel)
    } else this.#places.set(stream, this.#ring.push(frame, stream))
  }

  /** Drops a frame, but never an acknowledgement or an error in it, and never without a word. Where its stream is known it need not be parsed. */
  #drop(frame: InboundFrame, note: Note, parser: MessageParser): void {
    if (isRead(note)) {
      for (const { stream } of note) this.#countDrop(stream, frame)
    } else if (note !== null) {
      this.#countDrop(note, frame)
    } else {
      for (const message of many(readFrame(parser, frame))) {
        if (!isDataType(message.type)) this.#control(message)
        if (isForUser(message)) this.#countDrop(message.stream, frame)
      }
    }
  }

  #countDrop(stream: Stream | null, { receivedAt }: InboundFrame): void {
    if (isOfEnded(stream, receivedAt)) return
    this.#options.meter.countDrop(stream?.channel ?? 'other')
    this.#consumer.dropped(stream, receivedAt)
  }

  /** Whether a full ring stops the reading of the socket. What is held has nobody who could be too slow for it: none of it is dropped. */
  get #pauses(): boolean {
    const { overflowPolicy } = this.#options
    return this.#endHold !== null || overflowPolicy === 'pause' || overflowPolicy === 'latest-by-stream'
  }

  #isFull(): boolean {
    const { maxPendingMessages, maxPendingBytes } = this.#options
    if (this.#ring.byteLength >= maxPendingBytes) return true
    if (this.#endHold !== null || (this.#expectsControl && this.#pauses)) return false
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

  /** No frame comes before `beginConnection`. */
  get #present(): MessageParser {
    return this.#parser as MessageParser
  }

  /** Who reads the frame with this ticket, which waited. */
  #parserOf(ticket: number): MessageParser {
    if (ticket <= this.#lateUntil) for (const { parser, until } of this.#earlier) if (ticket <= until) return parser
    return this.#present
  }

  /** Lets go of the parsers of which no frame waits any more. */
  #dismissEarlier(): void {
    const { firstTicket } = this.#ring
    const ended = this.#earlier.filter(({ until }) => until < firstTicket)
    if (ended.length === 0) return
    this.#earlier = this.#earlier.slice(ended.length)
    for (const { parser } of ended) this.#consumer.readToEnd(parser)
  }

  #peek(frame: InboundFrame): Peek {
    try {
      return this.#present.peek(frame) ?? null
    } catch {
      return null
    }
  }
}

/** Everything but acknowledgements, replies and heartbeats. */
function isForUser({ type }: ParsedMessage): boolean {
  return type !== MessageType.SubscriptionConfirm && type !== MessageType.Reply && type !== MessageType.Heartbeat
}

/** Whether it came along on a stream of which the user wants another channel only, or other instruments. */
export function isMuted(message: ParsedMessage): boolean {
  const { stream, type } = message
  return stream !== null && ((stream as TrackedStream).muted & (1 << type)) !== 0 && !isNamed(stream, message)
}

/** Whether it is data that waited while its subscription ended. */
function isLeftOut({ stream, receivedAt, type }: ParsedMessage): boolean {
  return isOfEnded(stream, receivedAt) && isDataType(type)
}

function withoutEnded(parsed: Parsed): Parsed {
  if (!isMany(parsed)) return isLeftOut(parsed) ? [] : parsed
  return parsed.some(isLeftOut) ? parsed.filter((message) => !isLeftOut(message)) : parsed
}

/** Whether the user wants this of a stream of many instruments, not all of which are wanted. */
function isNamed(stream: Stream, { channel, symbol }: ParsedMessage): boolean {
  return channel !== null && (stream as TrackedStream).named.get(channel)?.has(symbol) === true
}

/** Whether it is of a stream of which only the newest counts. */
function isReplaceable(note: Note): note is Stream {
  return (note as Partial<TrackedStream> | null)?.onlyNewestCounts === true
}

function isRead(note: Note): note is readonly ParsedMessage[] {
  return Array.isArray(note)
}

/** The frame's content as `ParsedMessage.raw` holds it: text, or bytes of its own. */
function rawOf(frame: InboundFrame): string | Uint8Array {
  return frame.isBinary
    ? new Uint8Array(frame.bytes.subarray(frame.start, frame.end))
    : frame.bytes.toString('utf8', frame.start, frame.end)
}

/** The frame over memory of its own, for after the window is gone. */
function copyOf(frame: InboundFrame): InboundFrame {
  const bytes = Buffer.from(frame.bytes.subarray(frame.start, frame.end))
  return { ...frame, bytes, start: 0, end: bytes.length }
}

/** The user's handler did not come back in time. */
export function handlerTimeout(messageTimeoutMs: number): StreamError {
  return new StreamError(
    'ERR_HANDLER_TIMEOUT',
    `A message handler took longer than ${messageTimeoutMs} ms; the stream goes on without it.`,
    { hint: 'Do less in the handler, hand the work over, or raise messageTimeoutMs.' },
  )
}

/** A turn of the event loop: timers, sockets and heartbeats run. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
