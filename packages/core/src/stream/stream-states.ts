import type { Clock } from '../clock/clock.js'
import { bitsOf, type Channel, traitsOf } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import { isDataType } from '../model/message-type.js'
import type { CandleInterval } from '../model/payloads.js'
import {
  type Stream,
  type StreamState,
  type StreamStatus,
  stateOf,
  type TrackedStream,
  unknownTime,
} from '../model/stream.js'

/** What a user wants of a stream: one of its channels, for one of its instruments or for all. */
export interface Want {
  readonly stream: Stream
  readonly channel: Channel
  /** Null where it was asked for without naming one. */
  readonly instrument: Instrument | null
}

/** What is wanted of one stream: the instruments of each channel, null where it was asked for without naming one. */
type WantedOf = Map<Channel, Set<Instrument | null>>

/** What is asked of one instrument. */
export interface Ask {
  /** Null where none was named. */
  readonly instrument: Instrument | null
  /** Null where none was named. */
  readonly channels: readonly Channel[] | null
  /** The widths of its candles; null where none was named. */
  readonly candleIntervals: readonly CandleInterval[] | null
}

/** What of a stream is asked for: all it brings where no channel is named, and candles of any width where no width is. */
export function channelsMeant(stream: Stream, { channels, candleIntervals }: Ask): readonly Channel[] {
  const { interval } = stream.params
  return stream.channels
    .filter((channel) => channels === null || channels.includes(channel))
    .filter((channel) => channel !== 'candles' || (candleIntervals?.some((width) => width === interval) ?? true))
}

/** What the states are made from. */
export interface StreamStatesParts {
  readonly clock: Clock
  readonly onChange: (state: StreamState) => void
  /** Streams whose status is their order book's: left alone. */
  readonly isBook: (stream: Stream) => boolean
  /** Nothing is wanted of it any more; its state is told no further. */
  readonly onForgotten: (stream: Stream) => void
}

/** Which streams are wanted, by whom, and how each of them is. What a message costs here is a comparison or two: the state is on the stream itself. */
export class StreamStates {
  readonly #parts: StreamStatesParts
  readonly #wants = new Map<Stream, WantedOf>()
  /** Streams that were wanted and given back, and have not been wanted again. */
  readonly #givenBack = new WeakSet<Stream>()

  constructor(parts: StreamStatesParts) {
    this.#parts = parts
  }

  /** Every stream that is wanted. */
  get wanted(): readonly Stream[] {
    return [...this.#wants.keys()]
  }

  has(stream: Stream): boolean {
    return this.#wants.has(stream)
  }

  /** Notes what a user wants. A stream that nothing was wanted of before begins anew. Returns what was not wanted before. */
  want(wants: readonly Want[]): readonly Want[] {
    const added: Want[] = []
    for (const want of wants) {
      const { stream, channel, instrument } = want
      const wanted: WantedOf = this.#wants.get(stream) ?? new Map()
      const isNew = wanted.size === 0
      const wasBook = this.#parts.isBook(stream)
      const instruments = wanted.get(channel) ?? new Set()
      if (!instruments.has(instrument)) added.push(want)
      wanted.set(channel, instruments.add(instrument))
      this.#wants.set(stream, wanted)
      noteWanted(stream as TrackedStream, wanted)
      // What came since it was given back was on its way before the exchange had heard of that.
      if (isNew) this.#beginCount(stream as TrackedStream)
      if (isNew && this.#givenBack.delete(stream)) this.#leaveOutUntilNow(stream)
      if (isNew && !this.#parts.isBook(stream)) this.#set(stream, 'syncing', waiting)
      // From here on its status is that of the book, which just began.
      else if (!isNew && !wasBook && this.#parts.isBook(stream)) this.#parts.onChange(stateOf(stream))
    }
    return added
  }

  /** What of this is wanted: where no channel is named everything of the instrument, and where no width of candles is, all of them. */
  wantsOf(asks: readonly Ask[]): readonly Want[] {
    const byInstrument = new Map<Instrument | null, Ask[]>()
    for (const ask of asks) byInstrument.set(ask.instrument, [...(byInstrument.get(ask.instrument) ?? []), ask])
    return this.wanted.flatMap((stream) => {
      const ofStream = stream.instrument === null ? asks : (byInstrument.get(stream.instrument) ?? [])
      return ofStream.flatMap((ask) => this.#wantsOfStream(stream, ask))
    })
  }

  /** Takes back what a user wanted. Returns the streams of which nothing is wanted any more; they are forgotten. */
  unwant(wants: readonly Want[]): readonly Stream[] {
    const ended = new Set<Stream>()
    for (const { stream, channel, instrument } of wants) {
      const wanted = this.#wants.get(stream)
      if (wanted === undefined) continue
      const wasBook = this.#parts.isBook(stream)
      const instruments = wanted.get(channel)
      instruments?.delete(instrument)
      if (instruments?.size === 0) wanted.delete(channel)
      noteWanted(stream as TrackedStream, wanted)
      if (wanted.size === 0) {
        ended.add(stream)
        this.#givenBack.add(stream)
        this.#leaveOutUntilNow(stream)
      }
      // The book is gone, and its status with it; what else the stream brings goes on.
      else if (wasBook && !this.#parts.isBook(stream)) this.#set(stream, 'syncing', waiting)
    }
    this.forget([...ended])
    return [...ended]
  }

  /** Nothing is wanted of these any more. */
  forget(streams: readonly Stream[]): void {
    for (const stream of streams) {
      if (!this.#wants.delete(stream)) continue
      const tracked = stream as TrackedStream
      noteWanted(tracked, new Map())
      // Not told: who holds the stream sees it, and nobody asks for it any more.
      tracked.status = 'syncing'
      tracked.reason = 'not subscribed'
      tracked.since = this.#parts.clock.now()
      this.#parts.onForgotten(stream)
    }
  }

  /** The wanted stream that carries a channel of an instrument: its own before one of many. With `params`, the one that has them. */
  find(symbol: Instrument | null, channel: Channel, params: Readonly<Record<string, string>> = {}): Stream | null {
    const fitting = this.wanted.filter(
      (stream) =>
        this.#isWanted(stream, channel, symbol) &&
        Object.entries(params).every(([name, value]) => stream.params[name] === value),
    )
    return fitting.find((stream) => stream.instrument === symbol) ?? fitting[0] ?? null
  }

  /** A message arrived: its stream delivers where it is data. An error or a notice about a stream says nothing of the kind. */
  touch(message: FeedMessage): void {
    const { stream, type } = message
    if (stream === null || !isDataType(type)) return
    const tracked = stream as TrackedStream
    tracked.silentChecks = 0
    count(tracked, message)
    if (tracked.status !== 'live' && tracked.wanted !== 0 && !this.#parts.isBook(stream)) {
      this.#set(stream, 'live', 'delivering')
    }
  }

  /** A message arrived that an earlier connection had read: it says nothing about how its stream is now, and counts. */
  touchLate(message: FeedMessage): void {
    const { stream, type } = message
    if (stream !== null && isDataType(type)) count(stream as TrackedStream, message)
  }

  /** Marks those of the streams that are wanted and whose status is not their book's. */
  mark(streams: readonly Stream[], status: StreamStatus, reason: string): void {
    for (const stream of streams) {
      if (!this.#wants.has(stream) || this.#parts.isBook(stream)) continue
      if (stream.status !== status || stream.reason !== reason) this.#set(stream, status, reason)
    }
  }

  /** Its rate is that of what comes from now on. */
  #beginCount(stream: TrackedStream): void {
    stream.messagesBefore = stream.messages
    stream.wantedAt = this.#parts.clock.now()
  }

  /** What was received by now and waits still is of a subscription that has ended. */
  #leaveOutUntilNow(stream: Stream): void {
    ;(stream as TrackedStream).endedAt = this.#parts.clock.now()
  }

  #wantsOfStream(stream: Stream, ask: Ask): readonly Want[] {
    const { instrument } = ask
    return channelsMeant(stream, ask)
      .filter((channel) => this.#wants.get(stream)?.get(channel)?.has(instrument) === true)
      .map((channel) => ({ stream, channel, instrument }))
  }

  #isWanted(stream: Stream, channel: Channel, symbol: Instrument | null): boolean {
    const instruments = this.#wants.get(stream)?.get(channel)
    const isOfSymbol = stream.instrument === null || stream.instrument === symbol
    return isOfSymbol && instruments !== undefined && (instruments.has(symbol) || instruments.has(null))
  }

  #set(stream: Stream, status: StreamStatus, reason: string): void {
    const tracked = stream as TrackedStream
    if (tracked.status !== status) tracked.since = this.#parts.clock.now()
    tracked.status = status
    tracked.reason = reason
    this.#parts.onChange(stateOf(stream))
  }
}

function count(stream: TrackedStream, { receivedAt, exchangeTime }: FeedMessage): void {
  stream.messages += 1
  stream.lastMessageAt = receivedAt
  stream.lastExchangeTime = exchangeTime ?? unknownTime
}

const waiting = 'waiting for the first message'

/** Puts what is wanted where the hot path sees it. */
function noteWanted(stream: TrackedStream, wanted: WantedOf): void {
  const isPartly = (channel: Channel): boolean =>
    stream.instrument === null && traitsOf(channel).perInstrument && wanted.get(channel)?.has(null) === false
  stream.wanted = bitsOf([...wanted.keys()])
  stream.named = new Map([...wanted].filter(([channel]) => isPartly(channel)))
  stream.muted =
    wanted.size === 0 ? 0 : bitsOf(stream.channels.filter((channel) => !wanted.has(channel) || isPartly(channel)))
}
