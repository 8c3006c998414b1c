import { type Stream, type TrackedStream, unknownTime } from '../../model/stream.js'
import { type SampleTimes, type Span, sampleSlots } from '../windows/sample-times.js'
import type { StreamRates, TrafficOfStream } from './stream-traffic.js'

/** How many messages a stream had at each sample, since it is wanted. */
interface Series {
  readonly counts: Uint32Array
  readonly wantedAt: number
}

const noRates: StreamRates = { last1s: 0, last10s: 0, last1min: 0 }

/** The rates of streams, from their counts once a second: half a kB a stream. */
export class StreamSamples {
  readonly #times: SampleTimes
  #series = new Map<Stream, Series>()

  constructor(times: SampleTimes) {
    this.#times = times
  }

  /** Notes the counts of the streams that are wanted, and forgets the others. */
  take(slot: number, streams: readonly Stream[]): void {
    const series = new Map<Stream, Series>()
    for (const stream of streams) {
      const tracked = stream as TrackedStream
      const known = this.#series.get(stream)
      const of = known?.wantedAt === tracked.wantedAt ? known : beginSeries(tracked)
      of.counts[slot] = tracked.messages
      series.set(stream, of)
    }
    this.#series = series
  }

  traffic(streams: readonly Stream[]): readonly TrafficOfStream[] {
    const spans = [this.#times.span('last1s'), this.#times.span('last10s'), this.#times.span('last1min')] as const
    return streams.map((stream) => trafficOf(stream as TrackedStream, this.#ratesOf(stream as TrackedStream, spans)))
  }

  #ratesOf(stream: TrackedStream, [last1s, last10s, last1min]: readonly [Span, Span, Span]): StreamRates {
    const series = this.#series.get(stream)
    // Wanted anew since the last sample.
    if (series === undefined || series.wantedAt !== stream.wantedAt) return noRates
    return { last1s: rate(series, last1s), last10s: rate(series, last10s), last1min: rate(series, last1min) }
  }
}

/** Where nothing is sampled. */
export function trafficWithoutRates(streams: readonly Stream[]): readonly TrafficOfStream[] {
  return streams.map((stream) => trafficOf(stream as TrackedStream, noRates))
}

function beginSeries({ wantedAt, messagesBefore }: TrackedStream): Series {
  return { counts: new Uint32Array(sampleSlots).fill(messagesBefore), wantedAt }
}

function rate({ counts, wantedAt }: Series, { samples, begin, end, beganAt, endedAt }: Span): number {
  const seconds = (endedAt - Math.max(beganAt, wantedAt)) / 1000
  if (samples === 0 || seconds <= 0) return 0
  // Counts in 32 bits may begin anew: their difference is right all the same.
  return (((counts[end] as number) - (counts[begin] as number)) >>> 0) / seconds
}

function trafficOf(stream: TrackedStream, rates: StreamRates): TrafficOfStream {
  const { instrument: symbol, channel, status, reason, since } = stream
  const { messages, lastMessageAt, lastExchangeTime, gaps, backfilled } = stream
  // Field by field: to spread a state into it takes 25 µs, and there may be a thousand.
  return {
    stream,
    symbol,
    channel,
    status,
    reason,
    since,
    messages,
    messagesPerSecond: rates.last10s,
    rates,
    lastMessageAt: messages === 0 ? null : lastMessageAt,
    lastLagMs: lastExchangeTime === unknownTime ? null : lastMessageAt - lastExchangeTime,
    gaps,
    backfilled,
  }
}
