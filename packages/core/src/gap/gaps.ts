import type { Timer } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import { traitsOf } from '../model/channel.js'
import type { GapEvent } from '../model/gap-event.js'
import type { Instrument } from '../model/instrument.js'
import type { OrderBook } from '../model/order-book.js'
import type { Stream, StreamState, TrackedStream } from '../model/stream.js'
import type { WholeUntil } from '../model/whole-until.js'
import type { BackfillChannel } from '../strategy/backfill.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { GapOutcome, GapOutcomeOf } from '../strategy/gap-outcome.js'
import type { LookOutcome } from '../stream/silence/look-outcome.js'
import type { Backfiller, KnownInstruments } from './backfiller.js'
import { DeliveryMemory, type Reach } from './delivery-memory.js'
import { GapCounters, type GapMetrics } from './gap-counters.js'
import { lost, wholeAgain } from './outcomes.js'
import { SentTimes } from './sent-times.js'
import { isAsked, isPresentState, settleGap, unfetched } from './settle-gap.js'
import { lookAtTrades } from './trades-look.js'

/** What gaps are noticed with, and who is told. */
export interface GapsParts {
  readonly exchange: string
  readonly env: StrategyEnv
  /** Null where nothing can be fetched, or is not to be. */
  readonly backfiller: Backfiller | null
  /** Null where the strategies never know how a gap ended. */
  readonly gapOutcome: GapOutcomeOf | null
  /** The stream's order book, with the times of its last update; null where the stream's status is not that of a book. */
  bookOf(stream: Stream): Pick<OrderBook, 'exchangeTime' | 'receivedAt'> | null
  tell(event: GapEvent): void
}

/** A gap that has not been told. */
interface OpenGap {
  from: number
  readonly reason: string
  /** From where on to fetch; null where nothing can be. */
  reach: Reach | null
  /** Whether more is missed as time goes on. */
  isOpen: boolean
  to: number | null
}

/** A stream that was accepted, or delivered: what it misses from then on is a gap. */
interface Watched {
  readonly stream: Stream
  readonly acceptedAt: number
  readonly memory: DeliveryMemory | null
  gap: OpenGap | null
  /** Where a gap would begin, while it is quiet and may have stalled; null where nobody doubts it. */
  doubt: Pick<OpenGap, 'from' | 'reach'> | null
  /** Until a gap that has ended is looked at: gaps in quick succession are one. */
  timer: Timer | null
  /** Ends what is under way to make up for a gap that has ended. */
  settling: AbortController | null
}

/** How long after its end a gap is looked at, ms: REST lags behind the stream, and gaps that follow one another are told as one. */
const settleMs = 1_000

/** A loss is noticed within minutes, by pings and by silence: what was missed is looked for no further back than this before, ms. */
const longestUnnoticedMs = 3_600_000

/** Notices from the states of streams what they miss, has it made up for where that can be, and tells of each gap once, at its end. */
export class Gaps {
  readonly #parts: GapsParts
  readonly #watched = new Map<Stream, Watched>()
  readonly #counters = new GapCounters()
  readonly #sentTimes = new SentTimes()
  #isClosed = false

  constructor(parts: GapsParts) {
    this.#parts = parts
  }

  get metrics(): GapMetrics {
    return this.#counters.metrics
  }

  get #now(): number {
    return this.#parts.env.clock.now()
  }

  /** The state of a stream, or of its book, changed. */
  onState({ stream, status, reason, since }: StreamState): void {
    if (this.#isClosed) return
    if (status === 'live') this.#end(this.#watch(stream, since), since)
    else if (status === 'gapped') this.#begin(this.#watched.get(stream), reason, since, null)
  }

  /** The exchange accepted these: from here on they bring what happens. A book, and what is whole only with its next message, is not there yet. */
  onAccepted(streams: readonly Stream[]): void {
    if (this.#isClosed) return
    const now = this.#now
    for (const stream of streams) {
      if (this.#parts.bookOf(stream) !== null) continue
      const watched = this.#watch(stream, now)
      if (!isPresentState(stream)) this.#end(watched, now)
    }
  }

  /** Those of which nothing is missed as time goes on: the others miss more until they are accepted again, whatever else is lost of them. */
  notAway(streams: readonly Stream[]): readonly Stream[] {
    return streams.filter((stream) => this.#watched.get(stream)?.gap?.isOpen !== true)
  }

  /** These are away. */
  onLost(streams: readonly Stream[], reason: string, wholeUntil: WholeUntil): void {
    const now = this.#now
    for (const stream of streams) {
      if (stream.status === 'gapped') this.#begin(this.#watched.get(stream), reason, now, wholeUntil)
    }
  }

  /** More of it is missed as time goes on, until it is accepted or delivered again: whoever brings it has lost it. */
  onAway(stream: Stream): void {
    const gap = this.#watched.get(stream)?.gap ?? null
    if (gap === null) return
    gap.isOpen = true
    gap.to = null
  }

  /** Something of these was lost, once: the subscriptions go on. A stream that has told nothing since its last loss changes no state by the next, which is a gap all the same. */
  onLostOnce(streams: readonly Stream[], reason: string, wholeUntil: WholeUntil): void {
    if (this.#isClosed) return
    const now = this.#now
    for (const stream of streams) {
      const watched = this.#watched.get(stream)
      if (watched === undefined || this.#parts.bookOf(stream) !== null) continue
      if (isPresentState(stream)) {
        // Its state has begun the gap, without knowing until when the stream was whole; it ends with the next message.
        if (watched.gap?.isOpen === true) this.#begin(watched, reason, now, wholeUntil)
        continue
      }
      this.#begin(watched, reason, now, wholeUntil)
      this.#end(watched, now)
    }
  }

  /** It is quiet, and may have stalled: should that be so, what happened since its last message is missing, however long ago that was and whatever comes until it is known. */
  doubt(stream: Stream): void {
    const watched = this.#watched.get(stream)
    const { memory, gap, doubt } = watched ?? {}
    if (watched === undefined || !memory || gap !== null || doubt !== null) return
    watched.doubt = { from: this.#wholeUntil(watched, stream.since, null), reach: memory.beginMerge(this.#now, null) }
  }

  /** It has not stalled, as far as anybody can tell. */
  doubtNoMore(stream: Stream): void {
    const watched = this.#watched.get(stream)
    if (watched === undefined || watched.doubt === null) return
    watched.doubt = null
    this.#endMerge(watched)
  }

  /** Whether the exchange has trades that a silent stream did not tell, as it says over REST. Never rejects. */
  async lookOver(stream: Stream): Promise<LookOutcome> {
    const { backfiller, env } = this.#parts
    const memory = this.#watched.get(stream)?.memory ?? null
    if (backfiller === null || memory === null) return 'unknown'
    return lookAtTrades(stream, memory, { backfiller, env })
  }

  /** Nothing more comes of these, for this reason. */
  abandon(streams: Iterable<Stream>, fault: string): void {
    for (const stream of streams) {
      const watched = this.#watched.get(stream)
      if (watched === undefined) continue
      this.#watched.delete(stream)
      ;(stream as TrackedStream).memory = null
      watched.timer?.cancel()
      watched.settling?.abort(new StreamError('ERR_CLOSED', `What ${stream.id} missed is not wanted any more.`))
      const { gap } = watched
      if (gap !== null) this.#tell(stream, gap, lost(fault))
    }
  }

  /** Gaps that are not made up for are told as lost; what comes afterwards is none. */
  close(): void {
    this.#isClosed = true
    this.abandon([...this.#watched.keys()], 'closed before it was made up for')
    this.#parts.backfiller?.close()
  }

  #watch(stream: Stream, acceptedAt: number): Watched {
    const known = this.#watched.get(stream)
    if (known !== undefined) return known
    const memory = this.#remember(stream)
    const watched = { stream, acceptedAt, memory, gap: null, doubt: null, timer: null, settling: null }
    this.#watched.set(stream, watched)
    return watched
  }

  #remember(stream: Stream): DeliveryMemory | null {
    const { backfiller, env } = this.#parts
    const channel = backfiller?.channelOf(stream) ?? null
    if (backfiller === null || channel === null) return null
    const memory = new DeliveryMemory(channel, traitsOf(channel).type, {
      identity: backfiller.identity,
      acceptedAt: env.clock.wallTime(),
      sentTimes: this.#sentTimes,
    })
    ;(stream as TrackedStream).memory = memory
    return memory
  }

  #begin(watched: Watched | undefined, reason: string, since: number, wholeUntil: WholeUntil | null): void {
    if (watched === undefined) return
    const received = wholeUntil?.received ?? null
    const { gap, memory } = watched
    const from = this.#wholeUntil(watched, since, wholeUntil)
    if (gap !== null) {
      gap.isOpen = true
      gap.to = null
      if (from >= gap.from) return
      gap.from = from
      gap.reach = memory === null ? null : this.#bounded(memory.beginMerge(this.#now, received))
      return
    }
    const { doubt } = watched
    watched.doubt = null
    const begun = doubt === null || doubt.from > from ? null : doubt
    const reach = begun?.reach ?? (memory === null ? null : this.#bounded(memory.beginMerge(this.#now, received)))
    watched.gap = { from: begun?.from ?? from, reason, reach, isOpen: true, to: null }
  }

  /** Unless there is something that the stream may yet bring again. */
  #endMerge({ memory, gap, doubt, settling }: Watched): void {
    if (gap === null && doubt === null && settling === null) memory?.endMerge(this.#now)
  }

  #bounded(reach: Reach): Reach {
    return { ...reach, from: Math.max(reach.from, this.#parts.env.clock.wallTime() - longestUnnoticedMs) }
  }

  /** Nothing that was sent before is missing, epoch ms: of what tells when it happened, its last message, and of what does not, all that the connection surely brought. */
  #wholeUntil({ stream, acceptedAt, memory }: Watched, since: number, wholeUntil: WholeUntil | null): number {
    const book = this.#parts.bookOf(stream)
    if (book !== null)
      return book.receivedAt === null ? since : this.#sentTimes.sentAt(book.exchangeTime, book.receivedAt)
    const sent = wholeUntil === null ? null : Math.max(acceptedAt, wholeUntil.sent, this.#now - longestUnnoticedMs)
    if (memory === null) return sent === null ? since : Math.min(since, sent)
    return memory.sentUntil(wholeUntil?.received ?? null) ?? sent ?? acceptedAt
  }

  #end(watched: Watched, to: number): void {
    const { stream, gap } = watched
    if (gap === null || !gap.isOpen) return
    gap.isOpen = false
    gap.to = to
    if (this.#parts.bookOf(stream) !== null) this.#conclude(watched, gap, wholeAgain)
    else this.#settleLater(watched)
  }

  #settleLater(watched: Watched): void {
    if (watched.timer !== null || watched.settling !== null) return
    watched.timer = this.#parts.env.clock.setTimer(settleMs, () => {
      watched.timer = null
      const { gap } = watched
      // One that began again meanwhile is looked at when that has ended.
      if (gap !== null && !gap.isOpen) this.#settle(watched, gap)
    })
  }

  #settle(watched: Watched, gap: OpenGap): void {
    if (isAsked(watched, gap, this.#parts)) void this.#makeUp(watched, gap)
    else this.#conclude(watched, gap, unfetched(watched.stream))
  }

  async #makeUp(watched: Watched, gap: OpenGap): Promise<void> {
    const settling = new AbortController()
    const { signal } = settling
    watched.settling = settling
    // What is missed from here on is the next gap.
    watched.gap = null
    const { stream, memory } = watched
    const { from, to, reason, reach } = gap
    const ended = { stream, from, to: to ?? this.#now, reason, memory, reach }
    const outcome = await settleGap(ended, (channel) => this.#instrumentsOf(stream, channel), this.#parts, signal)
    watched.settling = null
    if (signal.aborted) {
      this.#tell(stream, gap, outcome)
      return
    }
    const next = watched.gap as OpenGap | null
    this.#endMerge(watched)
    this.#tell(stream, gap, outcome)
    if (next !== null && !next.isOpen) this.#settleLater(watched)
  }

  /** The instruments that an account is known to trade: those that were named, or else all that its streams have brought. */
  #instrumentsOf(stream: Stream, channel: BackfillChannel): KnownInstruments {
    const named = (stream as TrackedStream).named.get(channel)
    if (named !== undefined) return { instruments: [...named].filter((symbol) => symbol !== null), areAll: true }
    const seen = new Set<Instrument>()
    for (const { memory } of this.#watched.values()) {
      for (const { symbol, stream } of memory?.messages ?? []) {
        if (symbol !== null && stream?.instrument === null) seen.add(symbol)
      }
    }
    return { instruments: [...seen], areAll: this.#parts.backfiller?.asksForAll === true }
  }

  #conclude(watched: Watched, gap: OpenGap, outcome: GapOutcome): void {
    watched.gap = null
    this.#tell(watched.stream, gap, outcome)
  }

  #tell(stream: Stream, { from, to, reason }: OpenGap, { action, backfilled, fault }: GapOutcome): void {
    const { exchange, env, tell } = this.#parts
    const { channel, instrument: symbol } = stream
    const event: GapEvent = {
      exchange,
      stream,
      channel,
      symbol,
      from,
      to,
      reason,
      action,
      backfilled,
      fault,
    }
    this.#counters.count(event)
    const line = { event: 'gap', stream: stream.id, from, to, reason, action, backfilled, fault }
    if (fault === null) env.log.info(line)
    else env.log.warn(line)
    tell(event)
  }
}
