import { ManualClock } from '../../clock/manual-clock.js'
import { Arrivals } from '../../metrics/connection/arrivals.js'
import { traitsOf } from '../../model/channel.js'
import type { FeedMessage } from '../../model/message.js'
import type { Stream, TrackedStream } from '../../model/stream.js'
import type { BookRules } from '../../strategy/book-rules.js'
import { FirstArrival } from './first-arrival.js'
import { type LaneNumber, otherLane, type PerLane } from './row.js'

/** A message of this stream's main channel. */
export function messageOn(stream: Stream, sequence: number | null, data: unknown, parts: object = {}): FeedMessage {
  return {
    type: traitsOf(stream.channel).type,
    stream,
    channel: stream.channel,
    symbol: stream.instrument,
    sequence,
    data,
    exchangeTime: null,
    receivedAt: 0,
    raw: null,
    ...parts,
  } as unknown as FeedMessage
}

/** A change of a book, or all of it, that covers these ids. */
export function bookOn(stream: Stream, first: number, last: number, kind: 'delta' | 'snapshot' = 'delta'): FeedMessage {
  return messageOn(stream, last, { kind, firstSequence: first, lastSequence: last, bids: [], asks: [] })
}

/** Two lanes by first arrival, what came of them, and which of them are up. */
export class TestLanes {
  readonly clock: ManualClock = new ManualClock()
  readonly arrivals: PerLane<Arrivals> = [new Arrivals(), new Arrivals()]
  readonly delivered: FeedMessage[] = []
  readonly behind: LaneNumber[] = []
  readonly failures: unknown[] = []
  /** Those of `delivered` that say nothing of how things stand. */
  readonly late: FeedMessage[] = []
  readonly isUp: [boolean, boolean] = [true, true]
  onDeliver: (message: FeedMessage) => unknown = () => undefined
  readonly merge: FirstArrival

  constructor(rules: BookRules | null = null) {
    this.merge = new FirstArrival({
      rules,
      arrivals: this.arrivals,
      clock: this.clock,
      deliver: (message, isLate) => {
        this.delivered.push(message)
        if (isLate) this.late.push(message)
        if (message.stream !== null) (message.stream as TrackedStream).status = 'live'
        return this.onDeliver(message)
      },
      covers: (lane) => this.isUp[lane],
      onBehind: (lane) => this.behind.push(lane),
      onFailed: (thrown) => this.failures.push(thrown),
    })
  }

  /** The lane brings these. Returns what was delivered meanwhile. */
  bring(lane: LaneNumber, ...messages: readonly FeedMessage[]): readonly FeedMessage[] {
    const before = this.delivered.length
    for (const message of messages) this.merge.offer(message, lane, false)
    return this.delivered.slice(before)
  }

  cut(lane: LaneNumber): void {
    this.isUp[lane] = false
    this.merge.leave(lane)
  }

  comeBack(lane: LaneNumber): void {
    this.isUp[lane] = true
    this.merge.begin(lane)
  }
}

/** What may happen to two connections between an exchange and us. */
export type Step =
  | { readonly kind: 'publish' }
  | { readonly kind: 'read' | 'cut' | 'return'; readonly lane: LaneNumber }

/**
 * Plays steps on two connections to one exchange: what is published is on its way on each that is up until it is read. A connection is cut only while the other has, or had, all that the
 * one has yet to bring: more cannot be asked for. In the end all are read.
 */
export function play(
  lanes: TestLanes,
  steps: readonly Step[],
  publish: (index: number, lane: LaneNumber) => FeedMessage,
  onReturn: (published: number, lane: LaneNumber) => readonly FeedMessage[] = () => [],
): number {
  const queues: [number[], number[]] = [[], []]
  const since: [number, number] = [0, 0]
  const greetings: [FeedMessage[], FeedMessage[]] = [[], []]
  let published = 0
  const read = (lane: LaneNumber): void => {
    const greeting = greetings[lane].shift()
    const next = greeting === undefined ? queues[lane].shift() : undefined
    if (greeting !== undefined) lanes.bring(lane, greeting)
    else if (next !== undefined) lanes.bring(lane, publish(next, lane))
  }
  for (const step of steps) {
    if (step.kind === 'publish') {
      for (const lane of [0, 1] as const) if (lanes.isUp[lane]) queues[lane].push(published)
      published += 1
    } else if (step.kind === 'read') read(step.lane)
    else if (step.kind === 'cut') {
      const other = otherLane(step.lane)
      const unread = queues[step.lane][0] ?? published
      if (!lanes.isUp[step.lane] || !lanes.isUp[other] || since[other] > unread) continue
      queues[step.lane] = []
      greetings[step.lane] = []
      lanes.cut(step.lane)
    } else if (!lanes.isUp[step.lane]) {
      lanes.comeBack(step.lane)
      since[step.lane] = published
      greetings[step.lane] = [...onReturn(published, step.lane)]
    }
  }
  for (const lane of [0, 1] as const) while (queues[lane].length + greetings[lane].length > 0) read(lane)
  return published
}
