import { handlerError } from '../errors/handler-error.js'
import { StreamError } from '../errors/stream-error.js'
import { Arrivals } from '../metrics/connection/arrivals.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FeedMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { WholeUntil } from '../model/whole-until.js'
import type { SessionSettings } from '../session/session.js'
import type { SessionEvent } from '../session/session-events.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import type { ProbeOutcome } from '../stream/silence/silence-watch.js'
import { Coverage } from './coverage.js'
import { bestOf, startOverOnAll } from './joint-start-over.js'
import { JointSubscription } from './joint-subscription.js'
import { LackingStreams } from './lacking-streams.js'
import { Lane } from './lane.js'
import { FirstArrival } from './merge/first-arrival.js'
import { type LaneNumber, otherLane, type PerLane } from './merge/row.js'
import { QuietLanes } from './quiet-lanes.js'

/** When both lanes find fault with a stream within so long, ms, nobody has it whole. */
const doubtMs = 5_000

/** Who a pair reports to: as one lane, but that each event says which connection it is of. */
export interface LanePairOwner {
  readonly deliver: (message: FeedMessage, isLate: boolean) => unknown
  tell(event: SessionEvent, connectionId: string): void
}

/**
 * Two lanes that carry the same streams. What they bring is one row, by first arrival; what happens to one of them concerns its connection alone, as long as the
 * other brings the stream.
 */
export class LanePair {
  readonly lanes: PerLane<Lane>
  readonly arrivals: PerLane<Arrivals> = [new Arrivals(), new Arrivals()]
  readonly #owner: LanePairOwner
  readonly #clock: SessionSettings['env']['clock']
  readonly #merge: FirstArrival
  readonly #lacking: PerLane<LackingStreams>
  readonly #quiet: QuietLanes
  readonly #coverage = new Coverage()
  readonly #joint = new Set<JointSubscription>()
  /** How often each was lost, and whether it has come back since. */
  readonly #losses: [number, number] = [0, 0]
  readonly #isGone: [boolean, boolean] = [false, false]
  /** When what each has brought last was read, by the clock. */
  readonly #broughtAt: [number, number]
  /** Whether both were away at a time, and none has brought anything since. */
  #wereBothGone = false
  /** What each first attempt that failed is told to. */
  readonly #onFirstFailure: [(error: StreamError) => void, (error: StreamError) => void] = [ignore, ignore]
  /** Streams that one lane has found fault with, while the other brings them. */
  readonly #doubts = new Map<Stream, { readonly lane: LaneNumber; readonly at: number }>()

  constructor(id: string, settings: SessionSettings, owner: LanePairOwner) {
    const { clock, random } = settings.env
    this.#owner = owner
    this.#clock = clock
    this.#broughtAt = [clock.now(), clock.now()]
    const makeLane = (number: LaneNumber): Lane =>
      new Lane({ id: `${id}.${number + 1}`, number }, settings, {
        deliver: (message, isLate) => this.#deliver(number, message, isLate),
        tell: (event) => this.#tell(number, event),
      })
    this.lanes = [makeLane(0), makeLane(1)]
    const lackingOn = (number: LaneNumber): LackingStreams =>
      new LackingStreams({
        clock,
        random,
        lane: this.lanes[number],
        isCarriedBeside: (stream) => this.lanes[otherLane(number)].has(stream),
        onAsk: (streams) => this.#merge.begin(number, streams),
        onRefused: (refused) => this.#onLacking(number, refused),
        onLacking: (error) => this.#tellOwner(number, { kind: 'error', error }),
      })
    this.#lacking = [lackingOn(0), lackingOn(1)]
    this.#merge = new FirstArrival({
      rules: settings.strategies.bookRules,
      arrivals: this.arrivals,
      clock,
      deliver: owner.deliver,
      covers: (lane, stream) => this.lanes[lane].isActive(stream),
      onBehind: (lane, stream) => this.#onBehind(lane, stream),
      onFailed: (thrown) => this.#tellOwner(0, { kind: 'error', error: handlerError(thrown) }),
    })
    this.#quiet = new QuietLanes({
      clock,
      lanes: this.lanes,
      arrivals: this.arrivals,
      onQuiet: (lane, quietMs, messages) =>
        this.#replace(lane, `brought nothing for ${quietMs} ms, and the other one ${messages} messages`),
    })
  }

  /**
   * Resolves once one is up and the other is up too or has failed once: then that is tried again, as a lost one is. Where both have failed and neither is up meanwhile, rejects with the first one's error; with `retry` waits for
   * either.
   */
  async open(retry: boolean): Promise<void> {
    this.#quiet.start()
    const opening = this.lanes.map((lane) => lane.open(true))
    const failures = await Promise.all(
      opening.map((opened, index) => this.#firstFailureOf(index as LaneNumber, opened)),
    )
    // One that failed at first may be up by the time the other fails.
    const isUp = this.lanes.some(({ state }) => state === ConnectionState.Connected)
    if (isUp || failures.includes(null)) return
    if (!retry) throw failures[0]
    await Promise.any(opening).catch(() => opening[0])
  }

  async subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    const joint = new JointSubscription({
      lanes: this.lanes,
      streams,
      onLacking: (lane, refused) => this.#onLacking(this.#numberOf(lane), refused),
    })
    this.#joint.add(joint)
    try {
      return await joint.promise
    } finally {
      this.#joint.delete(joint)
    }
  }

  async unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    for (const lacking of this.#lacking) lacking.settle(streams)
    for (const stream of streams) this.#doubts.delete(stream)
    this.#coverage.end(0, streams)
    this.#coverage.end(1, streams)
    const outcomes = await Promise.all(this.lanes.map((lane) => lane.unsubscribe(streams)))
    this.#merge.forget(streams.filter((stream) => !this.lanes.some((lane) => lane.has(stream))))
    const [one, other] = outcomes as [SubscriptionOutcome, SubscriptionOutcome]
    return { refused: union(one.refused, other.refused), unanswered: union(one.unanswered, other.unanswered) }
  }

  /** One of the lanes starts them over: one that has them, if there is such. */
  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    const up = this.lanes.filter(({ state }) => state === ConnectionState.Connected)
    const lane = up.find((one) => streams.every((stream) => one.isActive(stream))) ?? up[0] ?? this.lanes[0]
    const number = this.#numberOf(lane)
    const outcome = await lane.resubscribe(streams, () => {
      this.#coverage.end(number, streams)
      this.#merge.lead(number, streams)
      onEnded()
    })
    this.#lacking[number].note([...outcome.refused, ...outcome.unanswered])
    return outcome
  }

  /** Each that has the stream is asked for it once more. */
  async probe(stream: Stream): Promise<ProbeOutcome> {
    return bestOf(await Promise.all(this.#carriersOf(stream).map((lane) => lane.probe(stream))))
  }

  /** Both end it, and begin it anew: nothing that one of them missed is made good by the other. */
  startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    // What was asked for and not answered is not active any more, and wanted all the same.
    const lanes = this.lanes.filter((lane) => lane.has(stream))
    return startOverOnAll(stream, lanes, {
      onEndedOn: (lane) => {
        const number = this.#numberOf(lane)
        this.#coverage.end(number, [stream])
        this.#merge.begin(number, [stream])
      },
      onEnded,
      onAccepted: (lane) => this.#tellOwner(this.#numberOf(lane), { kind: 'accepted', streams: [stream] }),
    })
  }

  async close(): Promise<void> {
    this.#quiet.stop()
    this.#merge.close()
    for (const lacking of this.#lacking) lacking.close()
    await Promise.all(this.lanes.map((lane) => lane.close()))
  }

  #deliver(lane: LaneNumber, message: FeedMessage, isLate: boolean): unknown {
    if (!isLate && this.#wereBothGone) {
      this.#wereBothGone = false
      this.#merge.startOver()
    }
    this.#broughtAt[lane] = message.receivedAt
    // As long as the other goes on, what comes late is a part of the row like any.
    const isLateForAll = isLate && !this.#isCoveredBeside(lane, message.stream)
    return this.#merge.offer(message, lane, isLateForAll)
  }

  #tell(lane: LaneNumber, event: SessionEvent): void {
    switch (event.kind) {
      case 'state':
        this.#onState(lane, event)
        return
      case 'lost':
        this.#onLost(lane, event)
        return
      case 'accepted':
        this.#lacking[lane].settle(event.streams)
        this.#coverage.begin(lane, event.streams, this.#clock.now())
        this.#tellUncovered(lane, event)
        return
      case 'restoring':
      case 'postponed':
        this.#tellUncovered(lane, event)
        return
      case 'refused':
        this.#onRefused(lane, event.refused)
        return
      case 'wrong':
        this.#onWrong(lane, event)
        return
      default:
        this.#tellOwner(lane, event)
    }
  }

  #tellOwner(lane: LaneNumber, event: SessionEvent): void {
    this.#owner.tell(event, this.lanes[lane].id)
  }

  /** What happens to streams that the other lane brings is nobody's concern, but for these. */
  #tellUncovered(lane: LaneNumber, event: Extract<SessionEvent, { streams: readonly Stream[] }>): void {
    const streams = event.streams.filter((stream) => !this.#isCoveredBeside(lane, stream))
    if (streams.length > 0) this.#tellOwner(lane, { ...event, streams })
  }

  #onState(lane: LaneNumber, event: Extract<SessionEvent, { kind: 'state' }>): void {
    if (event.error !== null && !this.lanes[lane].wasUp) this.#onFirstFailure[lane](event.error)
    if (event.state === ConnectionState.Connected && event.previous !== ConnectionState.Connected) {
      this.#isGone[lane] = false
      this.#merge.begin(lane)
    }
    this.#tellOwner(lane, event)
    for (const joint of this.#joint) joint.check()
  }

  #onLost(lane: LaneNumber, event: Extract<SessionEvent, { kind: 'lost' }>): void {
    this.#isGone[lane] = true
    this.#losses[lane] += 1
    const loss = this.#losses[lane]
    if (this.lanes[otherLane(lane)].state !== ConnectionState.Connected) this.#wereBothGone = true
    this.#coverage.end(lane, event.streams)
    this.#tellUncovered(lane, event)
    // One that was silent had answered pings all the time, and brought nothing.
    const isSilent = event.failure.error.code === 'ERR_CONNECTION_SILENT'
    const { received, sent } = event.wholeUntil
    const heardUntil = isSilent ? Math.min(received, this.#broughtAt[lane]) : received
    this.#tellHole(lane, event.streams, { received: heardUntil, sent: Math.min(sent, heardUntil) })
    const led = event.streams.filter((stream) => this.#isCoveredBeside(lane, stream) && this.#merge.isLedByOne(stream))
    if (led.length > 0)
      this.#tellOwner(lane, {
        kind: 'wrong',
        streams: led,
        reason: 'the connection that brought it is lost',
        wholeUntil: { received: null, sent },
      })
    // What it had read and nobody has taken yet still comes, and so does what the next of a take-over holds: it has to be told from what the other brings.
    const { pendingMessages, isTakingOver } = this.lanes[lane]
    if (isTakingOver) return
    if (pendingMessages === 0) this.#merge.leave(lane)
    else void this.lanes[lane].whenDelivered().then(() => this.#leaveIfGone(lane, loss))
  }

  /**
   * Of what this lane missed since it was last heard, what the other, which brings it now, was not there for either. Books see a hole by themselves, but those that one lane leads.
   */
  #tellHole(
    lane: LaneNumber,
    streams: readonly Stream[],
    wholeUntil: WholeUntil & { readonly received: number },
  ): void {
    const holed = streams.filter(
      (stream) =>
        this.#isCoveredBeside(lane, stream) &&
        !stream.channels.includes('orderbook') &&
        !this.#coverage.isBeside(lane, stream, wholeUntil.received),
    )
    if (holed.length > 0) this.#tellOwner(lane, { kind: 'wrong', streams: holed, reason: neitherThere, wholeUntil })
  }

  #leaveIfGone(lane: LaneNumber, loss: number): void {
    if (this.#isGone[lane] && this.#losses[lane] === loss) this.#merge.leave(lane)
  }

  /** The lane was refused these, for which a call waited that the other had answered, or which it had asked for again. What the other has lost meanwhile nobody has. */
  #onLacking(lane: LaneNumber, refused: readonly RefusedStream[]): void {
    this.#lacking[lane].note(refused)
    const final = refused.filter(({ stream }) => !this.lanes[otherLane(lane)].has(stream))
    if (final.length > 0) this.#onRefused(lane, final)
  }

  /** What an earlier connection of the lane had read, and nobody has taken yet, still comes: it has to be told from what the other brings. */
  #leaveRefused(lane: LaneNumber, streams: readonly Stream[]): void {
    const one = this.lanes[lane]
    if (one.pendingMessages === 0) this.#merge.leave(lane, streams)
    else {
      void one.whenDelivered().then(() => {
        const refused = streams.filter((stream) => !one.has(stream))
        if (refused.length > 0) this.#merge.leave(lane, refused)
      })
    }
  }

  #onRefused(lane: LaneNumber, refused: readonly RefusedStream[]): void {
    const streams = refused.map(({ stream }) => stream)
    this.#leaveRefused(lane, streams)
    this.#coverage.end(lane, streams)
    this.#lacking[lane].note(refused)
    const final = refused.filter(({ stream }) => !this.lanes[otherLane(lane)].has(stream))
    if (final.length === 0) return
    for (const lacking of this.#lacking) lacking.settle(final.map(({ stream }) => stream))
    this.#tellOwner(lane, { kind: 'refused', refused: final })
  }

  /** The other lane has what this one could not read, unless it found fault with the same a moment ago. */
  #onWrong(lane: LaneNumber, event: Extract<SessionEvent, { kind: 'wrong' }>): void {
    const now = this.#clock.now()
    const { received, sent } = event.wholeUntil
    if (received !== null) {
      // What it brings from here on is whole again.
      this.#coverage.end(lane, event.streams)
      this.#coverage.begin(
        lane,
        event.streams.filter((stream) => this.lanes[lane].isActive(stream)),
        now,
      )
      this.#tellHole(lane, event.streams, { received, sent })
    }
    const streams = event.streams.filter((stream) => {
      const doubt = this.#doubts.get(stream)
      this.#doubts.delete(stream)
      if (!this.#isCoveredBeside(lane, stream) || this.#merge.isLedByOne(stream)) return true
      if (doubt !== undefined && doubt.lane !== lane && now - doubt.at < doubtMs) return true
      this.#doubts.set(stream, { lane, at: now })
      return false
    })
    if (streams.length > 0) this.#tellOwner(lane, { ...event, streams })
  }

  #onBehind(lane: LaneNumber, stream: Stream | null): void {
    if (stream === null || !this.lanes[lane].isActive(stream)) return
    // Not from within the delivery of a message.
    queueMicrotask(() => this.#replace(lane, `is too far behind the other one on ${stream.id}`))
  }

  #replace(lane: LaneNumber, why: string): void {
    this.lanes[lane].replace(
      new StreamError('ERR_CONNECTION_SILENT', `A connection ${why}: it is replaced.`, {
        context: { Connection: this.lanes[lane].id },
      }),
    )
  }

  #isCoveredBeside(lane: LaneNumber, stream: Stream | null): boolean {
    return stream !== null && this.lanes[otherLane(lane)].isActive(stream)
  }

  #carriersOf(stream: Stream): readonly Lane[] {
    return this.lanes.filter((lane) => lane.isActive(stream))
  }

  #numberOf(lane: Lane): LaneNumber {
    return lane === this.lanes[0] ? 0 : 1
  }

  /** Why the first attempt of a lane failed; null once it is up. */
  #firstFailureOf(lane: LaneNumber, opened: Promise<void>): Promise<unknown> {
    return new Promise((resolve) => {
      this.#onFirstFailure[lane] = resolve
      opened.then(() => resolve(null), resolve)
    })
  }
}

const neitherThere = 'both of its connections were away at a time'

function ignore(): void {}

function union(one: readonly RefusedStream[], other: readonly RefusedStream[]): readonly RefusedStream[] {
  return [...one, ...other.filter(({ stream }) => !one.some((each) => each.stream === stream))]
}
