import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamOf, trackedOf } from '../../../test/support/streams.js'
import type { TrackedStream } from '../../model/stream.js'
import { SampleTimes } from '../windows/sample-times.js'
import { StreamSamples, trafficWithoutRates } from './stream-samples.js'

const start = 1_767_225_600_000

/** Streams that are wanted, with a sample each second. */
class Bench {
  readonly times = new SampleTimes()
  readonly samples = new StreamSamples(this.times)
  readonly wanted: TrackedStream[] = []
  now = start

  constructor() {
    this.samples.take(this.times.begin(this.now), [])
  }

  want(stream: TrackedStream, at = this.now): void {
    stream.wantedAt = at
    stream.messagesBefore = stream.messages
    this.wanted.push(stream)
  }

  giveBack(stream: TrackedStream): void {
    this.wanted.splice(this.wanted.indexOf(stream), 1)
  }

  second(): void {
    this.now += 1_000
    this.samples.take(this.times.take(this.now), this.wanted)
  }

  ratesOf(stream: TrackedStream): object | undefined {
    return this.samples.traffic(this.wanted).find((traffic) => traffic.stream === stream)?.rates
  }
}

describe('the rates of streams', () => {
  test('are those of the messages that came, whatever came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 90 }), fc.nat(2 ** 32), (counts, before) => {
        const bench = new Bench()
        const stream = trackedOf(streamOf('BTC/USDT'))
        stream.messages = before
        bench.want(stream)
        for (const count of counts) {
          stream.messages += count
          bench.second()
        }
        const rate = (seconds: number): number => {
          const last = counts.slice(-seconds)
          return last.reduce((sum, count) => sum + count, 0) / last.length
        }
        expect(bench.ratesOf(stream)).toEqual({ last1s: rate(1), last10s: rate(10), last1min: rate(60) })
      }),
    )
  })

  test('are since it was subscribed, also where it had been before', () => {
    const bench = new Bench()
    const stream = trackedOf(streamOf('BTC/USDT'))
    bench.want(stream)
    stream.messages += 600
    for (let second = 0; second < 6; second += 1) bench.second()
    expect(bench.ratesOf(stream)).toEqual({ last1s: 0, last10s: 100, last1min: 100 })
    bench.giveBack(stream)
    bench.second()
    expect(bench.ratesOf(stream)).toBeUndefined()
    bench.want(stream, bench.now + 500)
    stream.messages += 10
    expect(bench.ratesOf(stream)).toEqual({ last1s: 0, last10s: 0, last1min: 0 })
    bench.second()
    expect(bench.ratesOf(stream)).toEqual({ last1s: 20, last10s: 20, last1min: 20 })
  })

  test('are none where nothing is sampled, beside counts that are there', () => {
    const stream = trackedOf(streamOf('BTC/USDT'))
    Object.assign(stream, { messages: 3, lastMessageAt: start, lastExchangeTime: start - 40, gaps: 2, backfilled: 7 })
    expect(trafficWithoutRates([stream, trackedOf(streamOf('ETH/USDT'))])).toMatchObject([
      { stream, messages: 3, messagesPerSecond: 0, lastMessageAt: start, lastLagMs: 40, gaps: 2, backfilled: 7 },
      { messages: 0, messagesPerSecond: 0, lastMessageAt: null, lastLagMs: null, gaps: 0, backfilled: 0 },
    ])
  })
})
