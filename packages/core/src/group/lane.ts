import type { Timer } from '../clock/clock.js'
import { obeyRetryAfter } from '../connection/attempts/retry-delay.js'
import { noAttempt } from '../connection/connection-options.js'
import { StreamError } from '../errors/stream-error.js'
import { composeMetrics } from '../metrics/compose-metrics.js'
import { ConnectionTimes } from '../metrics/connection/connection-times.js'
import { MessageMeter } from '../metrics/message-meter.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import type { ConnectionMetrics } from '../metrics/performance-metrics.js'
import { ConnectionSamples } from '../metrics/windows/connection-samples.js'
import { Windows } from '../metrics/windows/metrics-window.js'
import type { BreakerState } from '../model/breaker-state.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage, ReplyData } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { ReplyOptions } from '../session/replies.js'
import { Session, type SessionSettings } from '../session/session.js'
import type { SessionEvent } from '../session/session-events.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import { type MergePolicy, single, TakeOver } from './merge/take-over.js'

/** How long after a take-over a message may still arrive a second time, and no further take-over begins, ms. */
const settlingMs = 5_000

/** Whether a connection in this state has been ended by us, or is about to be. */
export function isOver(state: ConnectionState): boolean {
  return state === ConnectionState.Closing || state === ConnectionState.Closed
}

/** Who a lane reports to. Nothing is told of a session that is not, or no longer, the present one. */
export interface LaneOwner {
  readonly deliver: (message: FeedMessage, isLate: boolean) => unknown
  tell(event: SessionEvent): void
}

/** Which of a group's lanes one is. */
export interface LanePlace {
  /** What users know its connection by: `acme_spot#1`. Stable over reconnects and take-overs. */
  readonly id: string
  /** 0 and up within its group. */
  readonly number: number
}

/**
 * One lasting connection of a group: a session, and after a take-over the next. The new one is up and acknowledged before the old one
 * closes; a merge policy makes one row of what they deliver meanwhile.
 */
export class Lane {
  readonly id: string
  readonly #number: number
  readonly #settings: SessionSettings
  readonly #owner: LaneOwner
  readonly #log: SessionSettings['env']['log']
  readonly #meter = new MessageMeter()
  readonly #times: ConnectionTimes
  readonly #samples: ConnectionSamples | null
  readonly #windows: Windows
  #session: Session
  /** The session that is to take over, until it has, and the one it took over from, until that has ended. */
  #next: Session | null = null
  #old: Session | null = null
  #merge: MergePolicy = single
  /** The part of a take-over before the sessions change places, and all of it. */
  #changingPlaces: Promise<boolean> | null = null
  #takingOver: Promise<boolean> | null = null
  /** Has the session that is to take over given up, while it is not in its place yet. */
  #giveUpNext: (error: StreamError) => void = () => {}
  /** Streams to be subscribed once the sessions have changed places; their room is taken. */
  readonly #reserved = new Set<Stream>()
  #settling: Timer | null = null
  /** Why another take-over was asked for so soon. */
  #wantedAgain: string | null = null
  /** Before then no new connection is asked for, by the clock: the exchange said so to one that was to take over. */
  #putOffUntil = 0
  /** What earlier sessions of this lane amounted to. */
  #pastReconnections = 0
  #pastFailures = 0
  #closed = false

  constructor({ id, number }: LanePlace, settings: SessionSettings, owner: LaneOwner) {
    this.id = id
    this.#number = number
    this.#settings = settings
    this.#owner = owner
    this.#log = settings.env.log.child({ connectionId: id })
    this.#times = new ConnectionTimes(settings.env.clock.now())
    const { measurement } = settings
    this.#samples = measurement === null ? null : new ConnectionSamples()
    this.#windows = new Windows(measurement?.times ?? null)
    this.#session = this.#makeSession(false)
  }

  get state(): ConnectionState {
    return this.#session.state
  }

  /** Since when its present connection is up, by the clock; null while it is not. */
  get connectedSince(): number | null {
    return this.#session.counters.connectedSince
  }

  get wanted(): readonly Stream[] {
    return this.#session.wanted
  }

  get size(): number {
    return this.#session.size + this.#reserved.size
  }

  /** Whether the exchange has acknowledged everything it should carry, which is something. */
  get isComplete(): boolean {
    const { size, activeCount } = this.#session
    return size > 0 && activeCount === size
  }

  /** Whether a new connection is about to take over, which may hold what the present one will not bring any more. */
  get isTakingOver(): boolean {
    return this.#changingPlaces !== null
  }

  /** The circuit breaker of its connection. */
  get breaker(): BreakerState {
    return this.#session.breaker
  }

  /** When the next attempt to restore it begins, epoch ms; null while none waits. */
  get nextAttemptAt(): number | null {
    return this.#session.nextAttemptAt
  }

  /** Messages that it has read and nobody has taken yet. */
  get pendingMessages(): number {
    return this.#session.pending.messages
  }

  /** Why the connection was given up; null where it was not. */
  get givenUp(): StreamError | null {
    return this.#session.givenUp
  }

  /** Whether its connection has ever been up, with everything subscribed. */
  get wasUp(): boolean {
    return this.#session.wasUp
  }

  has(stream: Stream): boolean {
    return this.#session.has(stream) || this.#reserved.has(stream)
  }

  /** Whether the exchange has acknowledged it, on a connection that is up. */
  isActive(stream: Stream): boolean {
    return this.#session.state === ConnectionState.Connected && this.#session.isActive(stream)
  }

  hasExclusive(key: string): boolean {
    return [...this.wanted, ...this.#reserved].some((stream) => stream.exclusive === key)
  }

  /** With `retry` a first connection that cannot be made is tried again, as often as a lost one. */
  async open(retry = false): Promise<void> {
    const first = this.#session
    try {
      await first.open(retry)
    } catch (thrown) {
      // Another may have taken over, with everything acknowledged, before the first was: that one ends then, and the lane is open.
      if (this.#session === first || this.#closed) throw thrown
    }
  }

  /** Resolves once everything that was read has been delivered. */
  whenDelivered(): Promise<void> {
    return this.#session.whenDelivered()
  }

  send(payload: string | Uint8Array): Promise<void> {
    return this.#session.send(payload)
  }

  request(requestId: number, payload: string, options: ReplyOptions): Promise<ReplyData> {
    return this.#session.request(requestId, payload, options)
  }

  async subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    if (this.#changingPlaces !== null) {
      const reserved = streams.filter((stream) => !this.#session.has(stream))
      for (const stream of reserved) this.#reserved.add(stream)
      await this.#changingPlaces
      for (const stream of reserved) this.#reserved.delete(stream)
    }
    return this.#session.subscribe(streams)
  }

  async unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    if (this.#changingPlaces !== null) await this.#changingPlaces
    return this.#session.unsubscribe(streams.filter((stream) => this.#session.has(stream)))
  }

  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    if (this.#changingPlaces !== null) await this.#changingPlaces
    return this.#session.resubscribe(streams, onEnded)
  }

  probe(stream: Stream): Promise<ProbeOutcome> {
    return this.#session.probe(stream)
  }

  async startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    if (this.#changingPlaces !== null) await this.#changingPlaces
    return this.#session.startOver(stream, onEnded)
  }

  /** Gives the present connection up for a new one, as after a loss. */
  replace(error: StreamError): void {
    this.#session.replace(error)
  }

  /**
   * A new connection takes over without losing a message or delivering one twice; resolves to whether one has, now or a moment ago. A failure leaves the old one in place and
   * is reported.
   */
  takeOver(reason: string): Promise<boolean> {
    if (this.#settling !== null) {
      this.#wantedAgain = reason
      return Promise.resolve(true)
    }
    if (this.#settings.env.clock.now() < this.#putOffUntil) return Promise.resolve(false)
    this.#takingOver ??= this.#runTakeOver(reason).finally(() => {
      this.#takingOver = null
    })
    return this.#takingOver
  }

  metricsSource(nowMs: number): MetricsSource {
    const { counters, pending } = this.#session
    const { recoveries, startedAt, endedAt } = this.#times
    return {
      meter: this.#meter,
      samples: this.#samples,
      pendingMessages: pending.messages,
      pendingBytes: pending.bytes,
      reconnections: this.#pastReconnections + counters.reconnections,
      failures: this.#pastFailures + counters.failures,
      recoveries,
      startedAt,
      endedAt,
      askedMs: this.#times.askedMs(nowMs),
      connectedMs: this.#times.connectedMs(nowMs),
    }
  }

  metrics(nowMs: number): Omit<ConnectionMetrics, 'arrivals'> {
    const sources = [this.metricsSource(nowMs)]
    return {
      connectionId: this.id,
      state: this.state,
      breaker: this.breaker,
      nextAttemptAt: this.nextAttemptAt,
      streams: this.size,
      activeStreams: this.#session.activeCount,
      ...composeMetrics(sources, this.#windows.of(sources), nowMs),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#times.end(this.#settings.env.clock.now())
    this.#settling?.cancel()
    await Promise.all([this.#session, this.#next, this.#old].map((session) => session?.close()))
    await this.#takingOver
  }

  async #runTakeOver(reason: string): Promise<boolean> {
    if (this.#closed || this.#session.state !== ConnectionState.Connected) return false
    this.#log.info({ event: 'take-over', reason })
    const old = this.#session
    this.#merge = new TakeOver(() => this.#giveUpNext(tooLong('more was delivered meanwhile than can be remembered')))
    this.#changingPlaces = this.#changePlaces(old).finally(() => {
      this.#changingPlaces = null
    })
    if (!(await this.#changingPlaces)) return false
    const shortfall = await old.retire()
    this.#old = null
    const streams = this.#session.wanted
    if (shortfall !== null && !this.#closed) this.#owner.tell({ kind: 'wrong', streams, ...shortfall })
    this.#session.release()
    if (!this.#closed) this.#settle()
    return true
  }

  /** Puts a new session that carries the same streams into the old one's place; false where that cannot be had. */
  async #changePlaces(old: Session): Promise<boolean> {
    let next: Session | null = null
    try {
      next = this.#makeSession(true)
      this.#next = next
      const givenUp = new Promise<never>((_resolve, reject) => {
        this.#giveUpNext = reject
      })
      next.hold()
      await Promise.race([openFor(next, old.wanted), givenUp])
      if (this.#closed) return false
    } catch (thrown) {
      this.#merge = single
      await next?.close()
      const error = thrown as StreamError
      this.#putOff(error)
      if (!this.#closed) this.#owner.tell({ kind: 'error', error })
      return false
    } finally {
      this.#next = null
      this.#giveUpNext = () => {}
    }
    this.#pastReconnections += old.counters.reconnections + 1
    this.#pastFailures += old.counters.failures
    this.#session = next
    this.#old = old
    old.yieldTo(next)
    endUnwanted(next, old)
    if (old.state !== ConnectionState.Connected) {
      // It was lost meanwhile, and its owner told so.
      const owner = this.#owner
      owner.tell({
        kind: 'state',
        state: ConnectionState.Connected,
        previous: old.state,
        error: null,
        breaker: next.breaker,
        ...noAttempt,
      })
      owner.tell({ kind: 'restoring', streams: next.wanted })
      owner.tell({ kind: 'accepted', streams: next.wanted })
    }
    return true
  }

  /** Where the exchange wants to be left alone for a while, the present connection is not made anew sooner either. */
  #putOff(error: StreamError): void {
    const { clock, random } = this.#settings.env
    const waitMs = obeyRetryAfter(0, error, random)
    if (waitMs === 0) return
    this.#putOffUntil = clock.now() + waitMs
    this.#session.putOff(this.#putOffUntil)
  }

  /** For a while, what the old connection delivered may come from the new one again; and an exchange that wants a take-over from each new one has to wait. */
  #settle(): void {
    this.#settling = this.#settings.env.clock.setTimer(settlingMs, () => {
      this.#settling = null
      this.#merge = single
      const reason = this.#wantedAgain
      this.#wantedAgain = null
      if (reason !== null) void this.takeOver(reason)
    })
  }

  #makeSession(isTakeOver: boolean): Session {
    const session: Session = new Session(
      this.#settings,
      {
        deliver: (message, isLate) => this.#deliver(session, message, isLate),
        tell: (event) => this.#tell(session, event),
      },
      {
        lane: this.#number,
        isTakeOver,
        tap: this.#settings.tap.of(this.id),
        meter: this.#meter,
        times: this.#times,
        log: this.#log,
      },
    )
    return session
  }

  /** Before the sessions change places the present one is the old one, and nothing comes from the next, which is held. */
  #deliver(session: Session, message: FeedMessage, isLate: boolean): unknown {
    if (this.#merge === single) return this.#owner.deliver(message, isLate)
    const fromOld = session === this.#old || this.#changingPlaces !== null
    const admitted = this.#merge.admit(message, fromOld)
    // The present connection is lost: what the old one still reads says nothing about how things stand now.
    const isOutlived = session === this.#old && this.#session.state !== ConnectionState.Connected
    return admitted === null ? undefined : this.#owner.deliver(admitted, isLate || isOutlived)
  }

  #tell(session: Session, event: SessionEvent): void {
    const isCurrent = this.#session === session
    switch (event.kind) {
      case 'hold-full':
        if (session === this.#next) this.#giveUpNext(tooLong('more came on it than may wait'))
        return
      case 'take-over-wanted':
        if (isCurrent) void this.takeOver(event.reason)
        return
      case 'accepted':
        // What is there on one that is not in its place yet, and may never be, says nothing to the streams' books.
        if (session === this.#next) return
        break
      case 'lost':
        // What it held is not whole any more, and attempts to restore it could go on for ever.
        if (session === this.#next) this.#giveUpNext(event.failure.error)
        if (!isCurrent) return
        this.#wantedAgain = null
        break
      case 'state':
      case 'restoring':
      case 'refused':
      case 'postponed':
        // What is not answered on a connection that another takes over from, or is about to, is there on the other.
        if (!isCurrent) return
        break
    }
    this.#owner.tell(event)
  }
}

/** Opens a session that carries all of these; rejects where it cannot. */
async function openFor(next: Session, streams: readonly Stream[]): Promise<void> {
  await next.open()
  const { refused, unanswered } = await next.subscribe(streams)
  if (refused.length + unanswered.length > 0) throw notTakenOver([...refused, ...unanswered])
}

/** What was given up on the old one meanwhile, being refused or not answered, nobody wants of the new one either. */
function endUnwanted(next: Session, old: Session): void {
  const unwanted = next.wanted.filter((stream) => !old.has(stream))
  // Where that fails its session sees to it, for as long as it lasts.
  next.unsubscribe(unwanted).catch(() => {})
}

const oldGoesOn = 'The old connection goes on for as long as the exchange lets it.'

function tooLong(why: string): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `A new connection took too long to take over: ${why}.`, {
    hint: oldGoesOn,
  })
}

function notTakenOver(refused: readonly RefusedStream[]): StreamError {
  const [first] = refused
  return new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `A new connection could not take over: ${refused.length} of its streams were not accepted.`,
    {
      context: { Stream: first?.stream.id ?? '', Reason: first?.refusal.reason ?? '' },
      hint: oldGoesOn,
    },
  )
}
