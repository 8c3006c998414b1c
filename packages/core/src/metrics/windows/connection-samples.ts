import { MessageType } from '../../model/message-type.js'
import { sumOf } from '../add-up.js'
import type { MessageMeter } from '../message-meter.js'
import { RecorderSamples } from './recorder-samples.js'
import { type Span, sampleSlots } from './sample-times.js'

/** What is looked at of a connection. */
export interface Sampled {
  readonly meter: MessageMeter
  readonly reconnections: number
  readonly failures: number
}

/** Sums since the beginning: a window is the difference between two samples of them. */
const sums = {
  messages: ({ meter }: Sampled): number => meter.messages,
  bytes: ({ meter }: Sampled): number => meter.bytes,
  overBudget: ({ meter }: Sampled): number => meter.latency.overBudget,
  lagged: ({ meter }: Sampled): number => meter.lag.count,
  lagMs: ({ meter }: Sampled): number => meter.lag.sumMs,
  dropped: ({ meter }: Sampled): number => sumOf(meter.dropped.values()),
  superseded: ({ meter }: Sampled): number => sumOf(meter.superseded.values()),
  errors: ({ meter }: Sampled): number => meter.of(MessageType.Error),
  unknown: ({ meter }: Sampled): number => meter.of(MessageType.Unknown),
  reconnections: ({ reconnections }: Sampled): number => reconnections,
  failures: ({ failures }: Sampled): number => failures,
}

export type SampledSum = keyof typeof sums

const names = Object.keys(sums) as SampledSum[]

/** How the counters of one connection stood at each sample. 20 kB, and 4 bytes for each bucket of processing time that a second of the last minute has hit. */
export class ConnectionSamples {
  readonly processing: RecorderSamples = new RecorderSamples()
  readonly #sums = new Map(names.map((name) => [name, new Float64Array(sampleSlots)]))
  readonly #maxLagMs = new Float64Array(sampleSlots).fill(Number.NEGATIVE_INFINITY)

  take(slot: number, source: Sampled): void {
    this.processing.take(slot, source.meter.latency)
    this.#maxLagMs[slot] = source.meter.takeMaxLagMs()
    for (const [name, ring] of this.#sums) ring[slot] = sums[name](source)
  }

  /** Takes over the samples of a connection that has ended, whose counts were added to those that are sampled here. */
  absorb(other: ConnectionSamples): void {
    this.processing.absorb(other.processing)
    for (let slot = 0; slot < sampleSlots; slot += 1) {
      this.#maxLagMs[slot] = Math.max(this.#maxLagMs[slot] as number, other.#maxLagMs[slot] as number)
      for (const [name, ring] of this.#sums) ring[slot] = (ring[slot] as number) + at(other.#sums, name, slot)
    }
  }

  /** How much a sum has grown in a window. */
  grown(name: SampledSum, { begin, end }: Span): number {
    return at(this.#sums, name, end) - at(this.#sums, name, begin)
  }

  /** The greatest lag in a window, ms; minus infinity where there was none. */
  maxLagMs({ begin, samples }: Span): number {
    let maxMs = Number.NEGATIVE_INFINITY
    for (let index = 1; index <= samples; index += 1) {
      maxMs = Math.max(maxMs, this.#maxLagMs[(begin + index) % sampleSlots] as number)
    }
    return maxMs
  }
}

function at(rings: ReadonlyMap<SampledSum, Float64Array>, name: SampledSum, slot: number): number {
  return rings.get(name)?.[slot] ?? 0
}
