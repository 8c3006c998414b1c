import type { Clock, DataMessage, Instrument, Stream, StreamState, Timer } from '@tapewire/core'
import { traitsOf } from '@tapewire/core/adapter'
import type { Ownership } from '../ownership.js'
import type { RelayedStream, Subjects } from '../subjects.js'
import { Outlet } from './outlet.js'

/** What the outlets of one relay share. */
export interface OutletsParts {
  readonly exchange: string
  readonly subjects: Subjects
  readonly account: string
  readonly relay: number
  readonly ownership: Ownership
  readonly clock: Clock
  readonly gatherMs: number
  readonly maxFrameBytes: number
  publish(subject: string, frame: Uint8Array, records: number, relayed: RelayedStream): void
  /** Listens for whoever asks for it, where it is this relay's, and no longer where it is not. */
  answerFor(outlet: Outlet): void
  /** There is one more, or it is this relay's to publish from now on, or not any more. */
  onOwnership(outlet: Outlet, isNew: boolean): void
}

/** The outlets of one stream: nearly always one. */
interface OfStream {
  readonly main: Outlet
  readonly symbol: Instrument | null
  /** Of further channels that it feeds, and of the instruments of a stream of many. */
  readonly others: Map<string, Outlet>
}

/** What gathers the records of each stream, and the one timer that sends them on. */
export class Outlets {
  readonly #parts: OutletsParts
  readonly #ofStreams = new Map<Stream, OfStream>()
  readonly #all: Outlet[] = []
  readonly #bySubject = new Map<string, Outlet>()
  #waiting: Outlet[] = []
  #timer: Timer | null = null

  constructor(parts: OutletsParts) {
    this.#parts = parts
  }

  /** Every outlet there is, in the order made. */
  get all(): readonly Outlet[] {
    return this.#all
  }

  /** What is published on a subject; null where nothing is. */
  at(subject: string): Outlet | null {
    return this.#bySubject.get(subject) ?? null
  }

  add(message: DataMessage): void {
    const { stream } = message
    const of = this.#ofStreams.get(stream) ?? this.#open(stream)
    const isMain = message.channel === stream.channel && message.symbol === of.symbol
    const outlet = isMain ? of.main : this.#other(of, message)
    outlet.addMessage(message)
  }

  /** Tells the stream's state on every subject that it feeds. */
  addState(state: StreamState): void {
    for (const outlet of this.of(state.stream)) outlet.addState(state)
  }

  /** The outlets of a stream, opened where there are none yet. */
  of(stream: Stream): readonly Outlet[] {
    const of = this.#ofStreams.get(stream) ?? this.#open(stream)
    return [of.main, ...of.others.values()]
  }

  /** Asks anew whose each stream is, and publishes accordingly before it returns. */
  ownershipChanged(): void {
    for (const outlet of this.#all) {
      const owned = this.#parts.ownership.of(outlet.relayed)
      if ((owned?.epoch ?? 0) === outlet.epoch) continue
      if (owned === null) outlet.letGo()
      else outlet.own(owned)
      // Whoever hears of a new owner asks it at once: it listens before it is heard.
      this.#parts.answerFor(outlet)
      if (owned !== null) outlet.overlap()
      this.#parts.onOwnership(outlet, false)
    }
  }

  /** Sends on everything that waits. */
  flush(): void {
    this.#timer?.cancel()
    this.#timer = null
    const waiting = this.#waiting
    this.#waiting = []
    // One for all: with hundreds of streams the clock would be a good part of what a frame costs.
    const now = this.#parts.clock.now()
    for (const outlet of waiting) outlet.flush(now)
  }

  #open(stream: Stream): OfStream {
    const { instrument: symbol, channel } = stream
    const main = this.#make(stream, { channel, symbol, interval: stream.params.interval ?? null })
    const of: OfStream = { main, symbol, others: new Map() }
    this.#ofStreams.set(stream, of)
    for (const other of stream.channels) {
      if (other === channel) continue
      of.others.set(`${other} ${symbol?.name}`, this.#make(stream, { channel: other, symbol, interval: null }))
    }
    return of
  }

  #other(of: OfStream, { stream, channel, symbol, data }: DataMessage): Outlet {
    // Account streams are published whole, whichever instrument a message is about.
    if (channel === stream.channel && traitsOf(channel).scope === 'private') return of.main
    const key = `${channel} ${symbol?.name}`
    const known = of.others.get(key)
    if (known !== undefined) return known
    const interval = channel === 'candles' ? data.interval : null
    const outlet = this.#make(stream, { channel, symbol, interval })
    of.others.set(key, outlet)
    return outlet
  }

  #make(
    stream: Stream,
    of: Pick<RelayedStream, 'channel' | 'interval'> & { readonly symbol: Instrument | null },
  ): Outlet {
    const { exchange, subjects, account, relay, ownership, clock, maxFrameBytes, publish, answerFor, onOwnership } =
      this.#parts
    const { channel } = of
    const interval = channel === 'candles' ? of.interval : null
    const symbol = traitsOf(channel).scope === 'private' ? account : (of.symbol?.name ?? '')
    const relayed = { exchange, channel, symbol, interval }
    const subject = subjects.data(relayed)
    const outlet = new Outlet({
      subject,
      relayed,
      stream,
      relay,
      owned: ownership.of(relayed),
      maxFrameBytes,
      now: () => clock.now(),
      publish: (frame, records) => publish(subject, frame, records, relayed),
      onWaiting: (waiting) => this.#wait(waiting),
    })
    this.#all.push(outlet)
    this.#bySubject.set(subject, outlet)
    answerFor(outlet)
    onOwnership(outlet, true)
    return outlet
  }

  #wait(outlet: Outlet): void {
    this.#waiting.push(outlet)
    this.#timer ??= this.#parts.clock.setTimer(this.#parts.gatherMs, () => this.flush())
  }
}
