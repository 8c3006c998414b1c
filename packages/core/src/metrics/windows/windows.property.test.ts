import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import type { ParsedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import { composeMetrics } from '../compose-metrics.js'
import { PastConnections } from '../connection/past-connections.js'
import { RecoveryTimes } from '../connection/recovery-times.js'
import { LatencyRecorder } from '../latency/latency-recorder.js'
import { MessageMeter } from '../message-meter.js'
import type { MetricsSource } from '../metrics-source.js'
import { ConnectionSamples } from './connection-samples.js'
import { type MetricsWindow, Windows } from './metrics-window.js'
import { durationsIn, RecorderSamples } from './recorder-samples.js'
import { SampleTimes, windowSeconds } from './sample-times.js'
import { Sampler } from './sampler.js'

/** What happened, for somebody who counts it by hand. */
interface Event {
  readonly at: number
  readonly kind: 'message' | 'frame' | 'drop' | 'superseded' | 'reconnection' | 'failure'
  readonly value: number
  readonly type: MessageType
  readonly lagMs: number | null
}

const types = [MessageType.Orderbook, MessageType.Trades, MessageType.Error, MessageType.Unknown, MessageType.Other]

/** A connection with nothing behind it but its counters. */
class PaperConnection {
  readonly #clock: ManualClock
  readonly #meter = new MessageMeter()
  readonly #samples = new ConnectionSamples()
  readonly #startedAt: number
  #reconnections = 0
  #failures = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
    this.#startedAt = clock.now()
  }

  get source(): MetricsSource {
    return {
      meter: this.#meter,
      samples: this.#samples,
      pendingMessages: 0,
      pendingBytes: 0,
      reconnections: this.#reconnections,
      failures: this.#failures,
      recoveries: new RecoveryTimes(),
      startedAt: this.#startedAt,
      endedAt: null,
      askedMs: 0,
      connectedMs: 0,
    }
  }

  note({ kind, value, type, lagMs }: Event): void {
    const receivedAt = this.#clock.now() - value
    const message = { type, receivedAt, exchangeTime: lagMs === null ? null : receivedAt - lagMs }
    if (kind === 'message') {
      this.#meter.countType(message as unknown as ParsedMessage)
      this.#meter.countTime(message as unknown as ParsedMessage, this.#clock.now())
    } else if (kind === 'frame') this.#meter.countFrame(value)
    else if (kind === 'drop') this.#meter.countDrop('trades')
    else if (kind === 'superseded') this.#meter.countSuperseded('ticker')
    else if (kind === 'reconnection') this.#reconnections += 1
    else this.#failures += 1
  }
}

/** Connections that come and go, with their metrics, and everything that happened. */
class Bench {
  readonly clock = new ManualClock(1_767_225_600_250)
  readonly times = new SampleTimes()
  readonly events: Event[] = []
  connections: PaperConnection[] = [new PaperConnection(this.clock)]
  readonly startedAt = this.clock.now()
  readonly #past = new PastConnections(true)
  readonly sampler: Sampler = new Sampler({
    clock: this.clock,
    times: this.times,
    sample: (slot) => {
      for (const source of this.sources) source.samples?.take(slot, source)
    },
  })

  get sources(): readonly MetricsSource[] {
    return [...this.#past.sources, ...this.connections.map(({ source }) => source)]
  }

  happen(event: Omit<Event, 'at'>, connection: number): void {
    const known = { ...event, at: this.clock.now() }
    this.connections[connection % this.connections.length]?.note(known)
    this.events.push(known)
  }

  add(): void {
    this.connections.push(new PaperConnection(this.clock))
  }

  drop(): void {
    const [first, ...others] = this.connections
    if (first === undefined || others.length === 0) return
    this.connections = others
    this.#past.add(first.source)
  }

  /** By hand, from everything that happened. */
  recount(seconds: number): Partial<MetricsWindow> {
    const { startedAt } = this
    const end = startedAt + Math.floor((this.clock.now() - startedAt) / 1000) * 1000
    const begin = Math.max(startedAt, end - seconds * 1000)
    // What happened at the moment of a sample was there, or was not: here it comes behind it.
    return windowByHand(
      this.events.filter(({ at }) => at >= begin && at < end),
      (end - begin) / 1000,
    )
  }
}

function windowByHand(events: readonly Event[], seconds: number): Partial<MetricsWindow> {
  const of = (kind: Event['kind']): readonly Event[] => events.filter((event) => event.kind === kind)
  const messages = of('message')
  const durations = messages.map(({ value }) => value)
  const lags = messages.flatMap(({ lagMs }) => lagMs ?? [])
  const bytes = of('frame').reduce((sum, { value }) => sum + value, 0)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    seconds,
    messages: messages.length,
    messagesPerSecond: seconds === 0 ? 0 : messages.length / seconds,
    bytes,
    bytesPerSecond: seconds === 0 ? 0 : bytes / seconds,
    maxProcessingTimeMs: Math.max(0, ...durations),
    averageProcessingTimeMs: durations.length === 0 ? 0 : near(sum(durations) / durations.length),
    p50ProcessingTimeMs: near(percentile(durations, 0.5)),
    p99ProcessingTimeMs: near(percentile(durations, 0.99)),
    complianceRate: near(durations.length === 0 ? 1 : durations.filter((ms) => ms < 1).length / durations.length),
    averageLagMs: lags.length === 0 ? null : near(sum(lags) / lags.length),
    maxLagMs: lags.length === 0 ? null : Math.max(...lags),
    droppedMessages: of('drop').length,
    supersededMessages: of('superseded').length,
    errorMessages: messages.filter(({ type }) => type === MessageType.Error).length,
    unknownMessages: messages.filter(({ type }) => type === MessageType.Unknown).length,
    reconnectionCount: of('reconnection').length,
    connectionFailures: of('failure').length,
  }
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(share * values.length) - 1] ?? 0
}

/** Within what percentiles promise. */
function near(value: number): number {
  return {
    asymmetricMatch: (other: number): boolean => Math.abs(other - value) <= Math.abs(value) / 64 + 1e-9,
    toString: () => `near ${value}`,
  } as unknown as number
}

const event = fc.record({
  kind: fc.constantFrom<Event['kind']>('message', 'message', 'frame', 'drop', 'superseded', 'reconnection', 'failure'),
  // Binary fractions, that the clock can tell apart.
  value: fc.integer({ min: 0, max: 40_960 }).map((whole) => whole / 4_096),
  type: fc.constantFrom(...types),
  lagMs: fc.option(fc.integer({ min: -50, max: 5_000 })),
})

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ event, on: fc.nat(9), times: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 6, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 2_500 }) }) },
  { weight: 1, arbitrary: fc.record({ waitMs: fc.integer({ min: 2_500, max: 90_000 }) }) },
  { weight: 2, arbitrary: fc.constantFrom('add' as const, 'drop' as const) },
)

describe('windows', () => {
  test('are right to the message, whatever happens, however connections come and go', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bench = new Bench()
        const windows = new Windows(bench.times)
        bench.sampler.start()
        for (const one of steps) {
          if (one === 'add' || one === 'drop') bench[one]()
          else if ('waitMs' in one) bench.clock.advance(one.waitMs)
          else for (let time = 0; time < one.times; time += 1) bench.happen(one.event, one.on)
          const { last1s, last10s, last1min } = windows.of(bench.sources)
          expect(last1s).toMatchObject(bench.recount(windowSeconds.last1s))
          expect(last10s).toMatchObject(bench.recount(windowSeconds.last10s))
          expect(last1min).toMatchObject(bench.recount(windowSeconds.last1min))
        }
        const totals = composeMetrics(bench.sources, windows.of(bench.sources), bench.clock.now())
        const all = windowByHand(bench.events, 0)
        expect(totals).toMatchObject({
          messagesProcessed: all.messages,
          bytesReceived: all.bytes,
          droppedMessages: all.droppedMessages,
          supersededMessages: all.supersededMessages,
          errorMessages: all.errorMessages,
          maxProcessingTimeMs: all.maxProcessingTimeMs,
          averageLagMs: all.averageLagMs,
          maxLagMs: all.maxLagMs,
          reconnectionCount: all.reconnectionCount,
          connectionFailures: all.connectionFailures,
        })
        expect(totals.processingTimes.counts.reduce((sum, count) => sum + count, 0)).toBe(all.messages)
      }),
      { numRuns: 30 },
    )
  })

  test('of a connection begin with it', () => {
    const bench = new Bench()
    bench.sampler.start()
    bench.clock.advance(5_400)
    bench.add()
    bench.happen({ kind: 'message', value: 0, type: MessageType.Trades, lagMs: null }, 1)
    bench.clock.advance(600)
    const [, second] = bench.connections
    const windows = new Windows(bench.times).of([(second as PaperConnection).source])
    expect(windows.last10s).toMatchObject({ seconds: 0.6, messages: 1, messagesPerSecond: 1 / 0.6 })
  })

  test('cover what they do where the event loop stood still, and the next ones are a second again', () => {
    const times = new SampleTimes()
    let now = 0
    let fire = (): void => {}
    const delays: number[] = []
    const setTimer = (delayMs: number, callback: () => void): { cancel: () => void } => {
      delays.push(delayMs)
      fire = callback
      return { cancel: () => {} }
    }
    const clock = { now: () => now, wallTime: () => now, setTimer }
    new Sampler({ clock, times, sample: () => {} }).start()
    const covered = [1_000, 1_999, 3_010, 8_400, 9_000, 10_000].map((at) => {
      now = at
      fire()
      return [times.span('last1s'), times.span('last10s')].map(({ beganAt, endedAt }) => endedAt - beganAt)
    })
    expect(delays).toEqual([1_000, 1_000, 1_001, 990, 600, 1_000, 1_000])
    expect(covered).toEqual([
      [1_000, 1_000],
      [999, 1_999],
      [1_011, 3_010],
      [5_390, 8_400],
      [600, 9_000],
      [1_000, 10_000],
    ])
  })

  test('are empty without samples, and once they have ended', () => {
    const bench = new Bench()
    expect(new Windows(null).of(bench.sources).last10s).toMatchObject({ seconds: 0, messagesPerSecond: 0 })
    const windows = new Windows(bench.times)
    bench.sampler.start()
    bench.happen({ kind: 'message', value: 2, type: MessageType.Trades, lagMs: 3 }, 0)
    bench.clock.advance(1_000)
    expect(windows.of(bench.sources).last1s.messages).toBe(1)
    bench.sampler.stop()
    expect(bench.clock.pendingTimers).toBe(0)
    expect(windows.of(bench.sources).last1s).toEqual(new Windows(null).of([]).last1s)
  })
})

describe('samples of a recorder', () => {
  test('lose none of what came more than 65,535 times in a second', () => {
    const recorder = new LatencyRecorder()
    const samples = new RecorderSamples()
    const times = new SampleTimes()
    samples.take(times.begin(0), recorder)
    for (let time = 0; time < 200_000; time += 1) recorder.record(0.25)
    samples.take(times.take(1_000), recorder)
    const { buckets, count, sumMs, maxMs } = durationsIn(times.span('last1s'), [samples])
    expect([buckets.reduce((sum, one) => sum + one, 0), count, sumMs, maxMs]).toEqual([200_000, 200_000, 50_000, 0.25])
  })
})
