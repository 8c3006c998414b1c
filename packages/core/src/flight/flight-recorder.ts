import { join } from 'node:path'
import type { Clock, Timer } from '../clock/clock.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { OrderBook } from '../model/order-book.js'
import type { MessageParser } from '../strategy/message-parser.js'
import type { ResponseEvent } from '../transport/answer-tap.js'
import { removeAll, writeCapture } from './flight-files.js'
import type { FlightSettings } from './flight-options.js'
import { KeptAnswers } from './kept-answers.js'
import { KeptBooks } from './kept-books.js'
import { KeptFrames } from './kept-frames.js'

/** Why a dump was written: a stream lost something, a frame could not be read, needed the reference decoder or was of no known kind for the first time, an order book is wrong, an alert was raised, or somebody asked. */
export type FlightReason =
  | 'gap'
  | 'malformed-frame'
  | 'fallback'
  | 'unknown-message'
  | 'crossed-book'
  | 'divergence'
  | 'alert'
  | 'call'

/** A dump of the flight recorder: a capture that `tapewire replay` and `tapewire decode` read. */
export interface FlightEvent {
  readonly exchange: string
  /** The capture. */
  readonly path: string
  /** All files of it: REST answers and order books stand beside the frames. */
  readonly files: readonly string[]
  readonly reason: FlightReason
  /** What happened, for people. */
  readonly detail: string
  /** When it happened, epoch ms. */
  readonly at: number
  /** When the first frame in it was received or sent, epoch ms; null where it has none. */
  readonly from: number | null
  /** What happened since the last dump, and was not written down because that was too recent. */
  readonly suppressed: number
  /** What the capture lacks, for people; empty where it is whole. */
  readonly lacks: readonly string[]
}

/** What of a manager a flight recorder needs. */
export interface FlightSource {
  /** Those that updates follow on. */
  readonly books: () => readonly OrderBook[]
  /** Messages of no known kind so far, and by wire channel how often the reference decoder was needed. */
  readonly unread: () => { readonly unknown: number; readonly fallbacks: ReadonlyMap<string, number> }
  readonly tell: (flight: FlightEvent) => void
  readonly report: (error: StreamError) => void
}

/** How often it looks at what does not tell of itself, ms. */
const lookMs = 1_000
/** What follows on a fault is part of the story, and is waited for, ms. */
const aftermathMs = 1_000

/** Keeps the last seconds of what went over the wire, and writes them down when something goes wrong. */
export class FlightRecorder {
  readonly frames: KeptFrames
  readonly #exchange: string
  readonly #clock: Clock
  readonly #settings: FlightSettings
  readonly #answers: KeptAnswers
  readonly #books: KeptBooks
  /** Wire channels that needed the reference decoder once. */
  readonly #fellBack = new Set<string>()
  readonly #dumps: (readonly string[])[] = []
  #source: FlightSource | null = null
  #isUnknownKnown = false
  #look: Timer | null = null
  #pending: { readonly reason: FlightReason; readonly detail: string; readonly at: number; timer: Timer } | null = null
  #lastDumpAt = Number.NEGATIVE_INFINITY
  #suppressed = 0
  readonly #writing = new Set<Promise<unknown>>()

  constructor(exchange: string, clock: Clock, settings: FlightSettings, parser: MessageParser) {
    this.#exchange = exchange
    this.#clock = clock
    this.#settings = settings
    this.frames = new KeptFrames(settings.maxBytes, parser, clock)
    this.#answers = new KeptAnswers(settings.maxBytes / 4)
    this.#books = new KeptBooks(Math.max(lookMs, (settings.seconds * 1_000) / 2))
  }

  /** Begins to look for what goes wrong. Again does nothing. */
  begin(source: FlightSource): void {
    this.#source = source
    this.#look ??= this.#clock.setTimer(lookMs, () => this.#onLook())
  }

  keepAnswer(response: ResponseEvent): void {
    this.#answers.keep(response)
  }

  /** Something went wrong: it is written down with what follows in the next second, unless a dump is too recent. */
  trigger(reason: FlightReason, detail: string): void {
    const { directory, minIntervalMs } = this.#settings
    if (directory === null || this.#look === null || this.#pending !== null) return
    const at = this.#clock.now()
    if (at - this.#lastDumpAt < minIntervalMs) {
      this.#suppressed += 1
      return
    }
    const timer = this.#clock.setTimer(aftermathMs, () => this.#writePending())
    this.#pending = { reason, detail, at, timer }
  }

  /** Writes down what there is now, to `path` or into the folder. Rejects with `ERR_INVALID_CONFIG` where there is neither, and `ERR_FLIGHT_UNWRITABLE`. */
  async dump(path?: string): Promise<FlightEvent> {
    const at = this.#clock.now()
    const { directory } = this.#settings
    if (path !== undefined) return this.#write('call', 'it was asked for', at, path)
    if (directory !== null) return this.#write('call', 'it was asked for', at, this.#nextPath(directory, 'call', at))
    throw new StreamError('ERR_INVALID_CONFIG', 'The flight recorder has no folder, and no path was named.', {
      hint: 'Call dumpFlight(path), or set flightRecorder.directory.',
    })
  }

  /** Writes down what waits for that. Resolves when nothing is left to do. */
  async close(): Promise<void> {
    this.#writePending()
    this.#look?.cancel()
    this.#look = null
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing)
  }

  #onLook(): void {
    this.#look = this.#clock.setTimer(lookMs, () => this.#onLook())
    const source = this.#source
    if (source === null) return
    this.frames.tidy()
    this.#books.take(source.books(), this.#clock.now(), lookMs)
    const { unknown, fallbacks } = source.unread()
    for (const [wireChannel, count] of fallbacks) {
      if (count === 0 || this.#fellBack.has(wireChannel)) continue
      this.#fellBack.add(wireChannel)
      this.trigger('fallback', `a frame of ${wireChannel} needed the reference decoder`)
    }
    if (unknown === 0 || this.#isUnknownKnown) return
    this.#isUnknownKnown = true
    this.trigger('unknown-message', 'a message was of no known kind')
  }

  #writePending(): void {
    const pending = this.#pending
    const { directory } = this.#settings
    if (pending === null || directory === null) return
    pending.timer.cancel()
    this.#pending = null
    const { reason, detail, at } = pending
    this.#lastDumpAt = at
    this.#write(reason, detail, at, this.#nextPath(directory, reason, at)).then(
      ({ files }) => this.#keepNewest(files),
      (thrown) => this.#source?.report(toStreamError(thrown, 'ERR_FLIGHT_UNWRITABLE', 'A dump could not be written.')),
    )
  }

  async #write(reason: FlightReason, detail: string, at: number, path: string): Promise<FlightEvent> {
    const suppressed = this.#suppressed
    this.#suppressed = 0
    const windowStart = at - this.#settings.seconds * 1_000
    const books = this.#books.before(windowStart, this.frames.lostUntil)
    const start = Math.min(windowStart, ...books.map(({ t }) => t))
    const frames = this.frames.since(start)
    const lacks = [
      ...this.#lacks(
        windowStart,
        books.map(({ symbol }) => symbol),
      ),
    ]
    // Read once more for each file: the frames are a copy.
    const writing = writeCapture(path, {
      frames: { [Symbol.iterator]: () => frames.lines() },
      responses: this.#answers.since(start),
      books,
    })
    this.#writing.add(writing)
    try {
      const files = await writing
      const flight = { exchange: this.#exchange, path, files, reason, detail, at, from: frames.from, suppressed, lacks }
      this.#source?.tell(flight)
      return flight
    } finally {
      this.#writing.delete(writing)
    }
  }

  *#lacks(windowStart: number, imaged: readonly string[]): Generator<string> {
    const { lostUntil } = this.frames
    if (lostUntil !== null && lostUntil >= windowStart) {
      yield 'the first of its seconds: more bytes came than maxBytes'
    }
    const answersLost = this.#answers.lostUntil
    if (answersLost !== null && answersLost >= windowStart)
      yield 'some REST answers: there were more than a quarter of maxBytes'
    yield* this.frames.lacks()
    const without = (this.#source?.books() ?? [])
      .map(({ symbol }) => symbol.name)
      .filter((name) => !imaged.includes(name))
    if (without.length > 0)
      yield `the order books of ${without.join(', ')} as they began, but for what was fetched since`
  }

  /** `acme_spot-20261126T190500123Z-gap.jsonl`, with a number that no other dump of this process has. */
  #nextPath(directory: string, reason: FlightReason, at: number): string {
    dumpsOfProcess += 1
    const time = new Date(at).toISOString().replaceAll(/[-:.]/g, '')
    return join(directory, `${this.#exchange}-${time}-${reason}-${process.pid}-${dumpsOfProcess}.jsonl`)
  }

  async #keepNewest(files: readonly string[]): Promise<void> {
    this.#dumps.push(files)
    while (this.#dumps.length > this.#settings.maxDumps) await removeAll(this.#dumps.shift() ?? [])
  }
}

let dumpsOfProcess = 0
